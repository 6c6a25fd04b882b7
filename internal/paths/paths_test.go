package paths_test

import (
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/paths"
)

// places are where things are, and where they are on a Mac: other programs and
// the installer know these by heart.
func places(p paths.Paths) map[string]string {
	return map[string]string{
		p.Program(): "/Library/Tokenward/tokenward",
		p.Job():     "/Library/LaunchDaemons/dev.tokenward.agent.plist",
		p.Logs():    "/var/log/tokenward",
		p.Stderr():  "/var/log/tokenward/stderr.log",

		p.Config(): "/Library/Tokenward/config.yaml",
		p.State():  "/var/db/tokenward",
		p.Spool():  "/var/db/tokenward/spool",
		p.Ledger(): "/var/db/tokenward/ledger.json",
		p.Socket(): "/var/run/tokenward.sock",
		p.Lock():   "/var/run/tokenward.lock",

		p.Public():       "/var/db/tokenward-public",
		p.PublicStatus(): "/var/db/tokenward-public/status.json",
	}
}

// The zero value is the real Mac.
func TestPlaces(t *testing.T) {
	t.Parallel()
	var p paths.Paths
	if p.Root() != "/" || paths.Label != "dev.tokenward.agent" {
		t.Errorf("root %s, label %s", p.Root(), paths.Label)
	}
	if got := places(p); len(got) != 12 {
		t.Errorf("two things are in one place: %v", got)
	}
	for got, want := range places(p) {
		if got != want || !filepath.IsAbs(got) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
