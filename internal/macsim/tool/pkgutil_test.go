package tool

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestPkgutil(t *testing.T) {
	packages := func(m *state.Mac) {
		m.Packages = []state.Package{
			{ID: "com.example.agent", Version: "1.2.3", Installed: time.Unix(1760000000, 0)},
			{ID: "com.example.dialog", Version: "2", Volume: "/Volumes/X", Location: "Library/<A>", Installed: time.Unix(1, 0)},
		}
	}
	left := func(want ...string) func(*testing.T, *state.Mac) {
		return func(t *testing.T, m *state.Mac) {
			t.Helper()
			if got := len(packageIDs(m)); got != len(want) || got > 0 && packageIDs(m)[0] != want[0] {
				t.Errorf("packages left: %q, want %q", packageIDs(m), want)
			}
			if changed := m.Revision > 0; changed != (len(want) == 1) {
				t.Errorf("revision %d with %d packages", m.Revision, len(want))
			}
		}
	}
	const missing = "No receipt for 'com.example' found at '/'.\n"
	testAnswers(t, "/usr/sbin/pkgutil", []answerCase{
		{name: "all", args: "--pkgs", change: packages, want: out("com.example.agent\ncom.example.dialog\n")},
		{name: "none at all", args: "--packages", want: Reply{}},
		{name: "one", args: "--pkgs=com.example.agent", change: packages, want: out("com.example.agent\n")},
		{name: "part of a name", args: "--pkgs=agent", change: packages, want: Reply{Exit: 1}},
		{name: "dots and stars", args: `--pkgs=.*example\..+`, change: packages, want: out("com.example.agent\ncom.example.dialog\n")},
		{name: "more than a dot", args: "--pkgs=com.[ab]", change: packages, want: errText(125, "macsim: pkgutil --pkgs=com.[ab] is not simulated\n")},
		{
			name: "info", args: "--pkg-info|com.example.agent", change: packages,
			want: out("package-id: com.example.agent\nversion: 1.2.3\nvolume: /\nlocation: /\ninstall-time: 1760000000\n"),
		},
		{
			name: "info of another place", args: "--pkg-info=com.example.dialog", change: packages,
			want: out("package-id: com.example.dialog\nversion: 2\nvolume: /Volumes/X\nlocation: Library/<A>\ninstall-time: 1\n"),
		},
		{name: "info for programs", args: "--pkg-info-plist|com.example.dialog", change: packages, want: out(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>install-location</key>
	<string>Library/&lt;A&gt;</string>
	<key>install-time</key>
	<integer>1</integer>
	<key>pkg-version</key>
	<string>2</string>
	<key>pkgid</key>
	<string>com.example.dialog</string>
	<key>receipt-plist-version</key>
	<real>1</real>
	<key>volume</key>
	<string>/Volumes/X</string>
</dict>
</plist>
`)},
		{name: "not installed", args: "--pkg-info|com.example", change: packages, want: errText(1, missing)},
		{name: "forget", args: "--forget|com.example.agent", change: packages, want: out("Forgot package 'com.example.agent' on '/'.\n"), after: left("com.example.dialog")},
		{name: "forget what is not there", args: "--forget=com.example", change: packages, want: errText(1, missing), after: left("com.example.agent", "com.example.dialog")},
		{
			name: "forget as a user", args: "--forget|com.example.agent", user: "boss", change: packages,
			want:  errText(1, "macsim: pkgutil --forget com.example.agent fails for everybody but root, in words that nobody has published\n"),
			after: left("com.example.agent", "com.example.dialog"),
		},
		{name: "unknown", args: "--files|com.example.agent", change: packages, want: errText(125, "macsim: pkgutil --files com.example.agent is not simulated\n")},
		{name: "too much", args: "--pkg-info|a|b", want: errText(125, "macsim: pkgutil --pkg-info a b is not simulated\n")},
		{name: "nothing", want: errText(125, "macsim: pkgutil is not simulated\n")},
	})
}

func TestMatchesWhole(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern, text string
		want          bool
	}{
		{"abc", "abc", true},
		{"abc", "abcd", false},
		{"^abc$", "abc", true},
		{"a.c", "axc", true},
		{`a\.c`, "axc", false},
		{`a\.c`, "a.c", true},
		{"ab*c", "ac", true},
		{"ab*c", "abbbc", true},
		{"ab+c", "ac", false},
		{"ab+c", "abbc", true},
		{".*", "", true},
		{".+", "", false},
		{".*b.*", "aabaa", true},
	} {
		if got := matchesWhole(tc.pattern, tc.text); got != tc.want {
			t.Errorf("matchesWhole(%q, %q) = %t", tc.pattern, tc.text, got)
		}
	}
}
