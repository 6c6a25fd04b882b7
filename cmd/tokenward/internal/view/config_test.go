package view_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
)

// Values and problems come from files: what could steer a terminal does not reach it.
func TestWriteConfig(t *testing.T) {
	t.Parallel()
	settings := []view.Setting{
		{Key: "device.name", Value: hostileText, Layer: "file"},
		{Key: "interval", Value: "15m", Layer: "default"},
		{Key: "server.ca", Value: strings.Repeat("x", 500), Layer: "managed", Forced: true},
		{Key: "service_accounts", Value: "[]", Layer: "default"},
	}
	var out bytes.Buffer
	if err := view.WriteConfig(&out, view.Screen{Width: 60}, "Something else is in force.", []string{"f:1: " + hostileText}, settings); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if strings.ContainsAny(out.String(), "\x1b\x07\r\u202e") || len(lines) != 8 || !strings.HasPrefix(lines[0], "Something else") || !strings.HasPrefix(lines[1], "* f:1: ") {
		t.Errorf("%q", lines)
	}
	for i, want := range map[int]string{3: "file ", 4: "default ", 5: "managed, forced", 6: "–"} {
		if !strings.Contains(lines[i], want) || len([]rune(lines[i])) > 60 {
			t.Errorf("line %d: %q, want %q", i, lines[i], want)
		}
	}
}

func TestWriteCheckedConfig(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		keys     int
		problems []string
		want     string
	}{
		{"one", 1, nil, "f: YAML, 1 key set, nothing wrong\n"},
		{"two", 2, nil, "f: YAML, 2 keys set, nothing wrong\n"},
		{"mistakes", 2, []string{"f:1: a", "f:2: b\x1b[2J"}, "f:1: a\nf:2: b\ufffd[2J\n"},
	} {
		var out bytes.Buffer
		if err := view.WriteCheckedConfig(&out, view.Screen{}, "f: YAML", tc.keys, tc.problems); err != nil || out.String() != tc.want {
			t.Errorf("%s: %v, %q", tc.name, err, out.String())
		}
	}
}
