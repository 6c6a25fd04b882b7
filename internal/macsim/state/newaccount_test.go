package state

import "testing"

// What an account gets that nobody has chosen, by its kind.
func TestShellAndHome(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, version string
		made          Create
		shell, home   string
	}{
		{"a person", "15.7.1", Create{User: "new"}, "/bin/zsh", "/Users/new"},
		{"a person, before zsh", "10.14.6", Create{User: "new"}, "/bin/bash", "/Users/new"},
		{"for management software", "15.7.1", Create{User: "new", Kind: Service}, "/bin/zsh", "/private/var/new"},
		{"for file sharing alone", "15.7.1", Create{User: "new", Kind: Sharing}, "/usr/bin/false", "/dev/null"},
		{"for file sharing, with a shell that somebody chose", "15.7.1", Create{User: "new", Kind: Sharing, Shell: "/bin/sh"}, "/bin/sh", "/dev/null"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := passwords(tc.version)
			if why, err := m.Do(m.Clock, &tc.made); err != nil || why != NotRefused {
				t.Fatal(why, err)
			}
			if a, _ := m.Account("new"); a.Shell != tc.shell || a.Home != tc.home {
				t.Errorf("shell %s, home %s, want %s and %s", a.Shell, a.Home, tc.shell, tc.home)
			}
		})
	}
}
