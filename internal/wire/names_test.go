package wire_test

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

const (
	evil = "a` or `sudo dseditgroup -o edit -a evil -t user admin` b"
	dark = "lea\u202e\x1b[2J"
)

func TestTypeable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"lea": true, "o'neil": true, "Léa Rossi": true, "$(x)": true, evil: false, dark: false, "a\nb": false, "a\u200bb": false, "a\u2028b": false, "a\xff": false,
	} {
		if got := wire.Typeable(name); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
}

// A name never becomes a command, and no command names another account than the one
// that is meant.
func TestNeutral(t *testing.T) {
	t.Parallel()
	r := wire.Report{Accounts: []wire.Account{{Name: "lea"}, {Name: evil}, {Name: dark}, {Name: "a\x00b", RealName: "\x00"}}}
	names := wire.NamesOf(r)
	for _, tc := range []struct{ name, text, want string }{
		{"nothing of it", "Run `id lea` now.", "Run `id lea` now."},
		{"a name in prose", "Ask " + evil + ", then run `id lea`.", "Ask " + strings.ReplaceAll(evil, "`", "'") + ", then run `id lea`."},
		{"a name in a command", "Run `id " + health.ShellWord(evil) + "`, then `id lea`.", "Run " + wire.Withheld + ", then `id lea`."},
		{"without quotes", "Run `id " + evil + "`.", "Run " + wire.Withheld + "."},
		{"a name that steers the terminal", "Run `id " + health.ShellWord(dark) + "`.", "Run " + wire.Withheld + "."},
		{"one that looks like a mark", "Run `id 'a\x00b'`, not `id 0`.", "Run " + wire.Withheld + ", not `id 0`."},
		{"one backquote too many", evil + " `id", strings.ReplaceAll(evil, "`", "'") + " id"},
	} {
		if got := names.Neutral(tc.text); got != tc.want {
			t.Errorf("%s:\n%q\nwant\n%q", tc.name, got, tc.want)
		}
	}
	if names.In("lea") || !names.In("password:"+health.ShellWord(evil)) {
		t.Error("it is not known where a name stands")
	}
	m := health.Model{Accounts: []health.Account{{Name: "lea"}, {Name: evil}}}
	if on := wire.NamesOn(m); len(on) != 1 || on[0] != evil {
		t.Errorf("on a Mac: %q", on)
	}
}
