package rootfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
)

func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{rootfile.TempPrefix + "1", rootfile.TempPrefix + "2", "status.json", "writing-3"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := rootfile.Sweep(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != "status.json" || left[1].Name() != "writing-3" {
		t.Errorf("left: %v, %v", left, err)
	}
	if err := rootfile.Sweep(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("there is no such folder")
	}
}
