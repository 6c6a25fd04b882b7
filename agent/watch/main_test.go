package watch

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	never   = time.Hour        // longer than any test
	atOnce  = time.Millisecond // an event and its look
	patient = 20 * time.Second // with a busy machine
	admins  = "/private/var/db/dslocal/nodes/Default/groups/admin.plist"
	prefs   = "/Library/Managed Preferences"
	known   = "/private/var/db/ConfigurationProfiles"
	sealed  = "/private/var/db/FileVaultPRK.dat"
	logins  = "/private/var/run/utmpx"
	device  = "/dev/console"
)

// laidOut is a root folder with all that is watched.
func laidOut(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, path := range []string{admins, sealed, logins, device} {
		write(t, filepath.Join(root, path), "")
	}
	write(t, filepath.Join(root, prefs, "some.plist"), "")
	write(t, filepath.Join(root, prefs, "ann", "some.plist"), "")
	write(t, filepath.Join(root, known, "Settings", "some"), "")
	return root
}

// ears are what a watch tells.
type ears chan Cause

func (e ears) want(t *testing.T, want Cause) {
	t.Helper()
	select {
	case got := <-e:
		if got != want {
			t.Errorf("told of %s, want %s", got, want)
		}
	case <-time.After(patient):
		t.Fatalf("not told of %s", want)
	}
}

// tell leaves out what the network of this machine may say at any time.
func (e ears) tell(c Cause) {
	if c != Network {
		e <- c
	}
}

// watching runs a watch until the test ends, and it must end then.
func watching(t *testing.T, root string, beat, gather time.Duration) (*Watch, ears) {
	t.Helper()
	heard := make(ears, 20_000)
	w := New(root, []string{filepath.Join(root, "Library/Tokenward/config.yaml")}, heard.tell)
	w.beat, w.gather = beat, gather
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { w.Run(ctx); close(ended) }()
	t.Cleanup(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(patient):
			t.Error("Run goes on although its context ended")
		}
	})
	eventually(t, "the first look", func() bool { return len(w.State()) > 0 })
	return w, heard
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	late := time.After(patient)
	for !is() {
		select {
		case <-late:
			t.Fatalf("no %s", what)
		case <-time.After(time.Millisecond):
		}
	}
}

// adminGroup says how its file is watched now.
func adminGroup(w *Watch) How {
	sources := w.State()
	i := slices.IndexFunc(sources, func(s Source) bool { return s.Cause == AdminGroup })
	if i < 0 {
		return ""
	}
	return sources[i].How
}
