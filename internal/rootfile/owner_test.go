package rootfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// stranger is a user who is neither root nor whoever runs the tests.
const stranger = 54321

// give gives a file or folder to a stranger, which root alone can do.
func give(t *testing.T, path string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	if err := os.Lchown(path, stranger, stranger); err != nil {
		t.Fatal(err)
	}
}

// What belongs to another user is not trusted, whatever its mode: the owner can
// change that.
func TestOfAStranger(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		give string // of above/dir/f
		use  func(dir, path string) error
	}{
		{"a file to read", "above/dir/f", func(_, path string) error { return second(rootfile.Read(path, 100)) }},
		{"a secret", "above/dir/f", func(_, path string) error { return second(rootfile.ReadSecret(path, 100)) }},
		{"a file to write over", "above/dir/f", func(_, path string) error { return rootfile.Files{}.Overwrite(path, 0, []byte("x")) }},
		{"the folder of a file", "above/dir", func(_, path string) error { return second(rootfile.Read(path, 100)) }},
		{"a folder above it", "above", func(_, path string) error { return second(rootfile.Read(path, 100)) }},
		{"a private folder", "above/dir", func(dir, _ string) error { return rootfile.PrivateFolder(dir) }},
		{"a public folder", "above/dir", func(dir, _ string) error { return rootfile.PublicFolder(dir) }},
		{"a private folder that is read from", "above/dir", func(dir, path string) error {
			return second(rootfile.Files{Private: dir}.Read(path, 100))
		}},
		{"a folder above the private one", "above", func(dir, _ string) error { return rootfile.Files{Private: dir}.Exposed() }},
		{"a file to be looked at", "above/dir/f", func(_, path string) error {
			info, err := os.Lstat(path)
			if err == nil && !rootfile.Trusted(info) {
				err = rootfile.ErrUntrusted
			}
			return err
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			dir := filepath.Join(root, "above", "dir")
			path := filepath.Join(dir, "f")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			file(0o600)(t, path)
			if err := tc.use(dir, path); err != nil {
				t.Fatalf("of nobody else: %v", err)
			}
			file(0o600)(t, path)
			give(t, filepath.Join(root, tc.give))
			if err := tc.use(dir, path); !errors.Is(err, rootfile.ErrUntrusted) {
				t.Errorf("it was trusted: %v", err)
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }
