package rootfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// What is below the private folder is read whatever the folders above it are, and
// only if it and what lies between are as they should be.
func TestPrivate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		change  func(above string) error
		file    string // of above, where the private folder is own
		read    error
		exposed error
	}{
		{"as it should be", func(string) error { return nil }, "own/sub/f", nil, nil},
		{"in the folder itself", func(string) error { return nil }, "own/f", nil, nil},
		{"others may write above it", mode("", 0o775), "own/sub/f", nil, rootfile.ErrUntrusted},
		{"others may write to it", mode("own", 0o770), "own/sub/f", rootfile.ErrUntrusted, nil},
		{"others may write to it, and remove nothing", mode("own", 0o770|os.ModeSticky), "own/f", rootfile.ErrUntrusted, nil},
		{"others may write below it", mode("own/sub", 0o777), "own/sub/f", rootfile.ErrUntrusted, nil},
		{"others may write the file", mode("own/sub/f", 0o666), "own/sub/f", rootfile.ErrUntrusted, nil},
		{"it is a link", swap, "own/sub/f", rootfile.ErrUntrusted, nil},
		{"a file elsewhere", mode("", 0o775), "f", rootfile.ErrUntrusted, rootfile.ErrUntrusted},
		{"a name that begins the same", mode("", 0o775), "owner/f", rootfile.ErrUntrusted, rootfile.ErrUntrusted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			above := t.TempDir()
			for _, dir := range []string{"own/sub", "owner"} {
				if err := os.MkdirAll(filepath.Join(above, dir), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			for _, path := range []string{"own/sub/f", "own/f", "owner/f", "f"} {
				file(0o600)(t, filepath.Join(above, path))
			}
			if err := tc.change(above); err != nil {
				t.Fatal(err)
			}
			files := rootfile.Files{Private: filepath.Join(above, "own") + "/"}
			if _, err := files.ReadSecret(filepath.Join(above, tc.file), 100); !errors.Is(err, tc.read) {
				t.Errorf("Read = %v, want %v", err, tc.read)
			}
			if err := files.Exposed(); !errors.Is(err, tc.exposed) {
				t.Errorf("Exposed = %v, want %v", err, tc.exposed)
			}
		})
	}
}

func mode(name string, to os.FileMode) func(above string) error {
	return func(above string) error { return os.Chmod(filepath.Join(above, name), to) }
}

func swap(above string) error {
	own := filepath.Join(above, "own")
	return errors.Join(os.Rename(own, own+".moved"), os.Symlink(own+".moved", own))
}

func TestNothingPrivateIsNotExposed(t *testing.T) {
	t.Parallel()
	if err := (rootfile.Files{}).Exposed(); err != nil {
		t.Error(err)
	}
}
