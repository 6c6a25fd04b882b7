//go:build !darwin

package launchd_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// A folder of jobs that others may write to stops an install before anything is
// changed, also where the job runs already.
func TestFolderThatOthersWriteTo(t *testing.T) {
	t.Parallel()
	m := newMac(t, "")
	done(t, m.service(t, 0).Install())
	if err := os.Chmod(filepath.Dir(m.paths.Job()), 0o777); err != nil {
		t.Fatal(err)
	}
	before := len(m.changed())
	if err := m.service(t, 0).Install(); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("Install = %v", err)
	}
	m.is(t, true, true, true)
	if after := m.changed(); len(after) != before {
		t.Errorf("ran %v", after[before:])
	}
}
