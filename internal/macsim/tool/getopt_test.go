package tool

import (
	"fmt"
	"strings"
	"testing"
)

func TestGetopt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ args, want string }{
		{"", "[] [] true"},
		{"-a", "[a] [] true"},
		{"-ab", "[a b] [] true"},
		{"-c|x|y", "[cx] [y] true"},
		{"-cx|-a", "[cx a] [] true"},
		{"-acx|y", "[a cx] [y] true"},
		{"x|-a", "[] [x -a] true"},
		{"-a|--|-b", "[a] [-b] true"},
		{"-a|-", "[a] [-] true"},
		{"-c", "[] [] false"},
		{"-d", "[] [] false"},
		{"-:", "[] [] false"},
	} {
		var args []string
		if tc.args != "" {
			args = strings.Split(tc.args, "|")
		}
		options, operands, ok := getopt(args, "abc:")
		read := []string{}
		for _, o := range options {
			read = append(read, string(o.letter)+o.value)
		}
		if got := fmt.Sprint(read, operands, ok); got != tc.want {
			t.Errorf("%q: got %s, want %s", tc.args, got, tc.want)
		}
	}
}
