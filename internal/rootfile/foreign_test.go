package rootfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
)

const stranger = 4711

// given makes what is under a name another user's.
func given(t *testing.T, path string) {
	t.Helper()
	if err := os.Chown(path, stranger, stranger); err != nil {
		t.Skipf("only root can give a file away: %v", err)
	}
}

// What another user owns he can change at any time, whatever its mode says now.
func TestWhatAnotherUserOwns(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		of    func(dir, path string) string // what is given away
		op    func(dir, path string) error
		stays fs.FileMode // of what was given away
	}{
		{"a file is not read", ofFile, func(_, path string) error { _, err := rootfile.Read(path, 100); return err }, 0o600},
		{"a secret is not read", ofFile, func(_, path string) error { _, err := rootfile.ReadSecret(path, 100); return err }, 0o600},
		{"a file in his folder is not read", ofFolder, func(_, path string) error { _, err := rootfile.Read(path, 100); return err }, 0o755},
		{"his folder is none of ours", ofFolder, func(dir, _ string) error { return rootfile.PrivateFolder(dir) }, 0o755},
		{"his folder is not made public", ofFolder, func(dir, _ string) error { return rootfile.PublicFolder(dir) }, 0o755},
		{"his folder is not safe", ofFolder, func(dir, _ string) error { return rootfile.CheckFolder(dir) }, 0o755},
		{"his file is not overwritten", ofFile, func(_, path string) error { return rootfile.Files{}.Overwrite(path, 0, []byte("more")) }, 0o600},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "d")
			path := filepath.Join(dir, "f")
			if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o755)); err != nil {
				t.Fatal(err)
			}
			file(0o600)(t, path)
			if err := tc.op(dir, path); err != nil {
				t.Fatalf("while it is ours: %v", err)
			}
			if err := os.Chmod(dir, 0o755); err != nil { // PrivateFolder has closed it
				t.Fatal(err)
			}
			was, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			given(t, tc.of(dir, path))
			if err := tc.op(dir, path); !errors.Is(err, rootfile.ErrUntrusted) {
				t.Errorf("%v, want ErrUntrusted", err)
			}
			if info, err := os.Stat(tc.of(dir, path)); err != nil || info.Mode().Perm() != tc.stays {
				t.Errorf("its mode is %v, %v", info.Mode(), err)
			}
			if now, err := os.ReadFile(path); err != nil || string(now) != string(was) {
				t.Errorf("it holds %q, %v", now, err)
			}
		})
	}
}

func ofFile(_, path string) string  { return path }
func ofFolder(dir, _ string) string { return dir }

// What others may write to is not written over either: they would choose what it
// becomes part of.
func TestOverwriteRefusesWhatOthersMayWriteTo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	file(0o666)(t, path)
	if err := (rootfile.Files{}).Overwrite(path, 0, []byte("more")); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("Overwrite = %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "data" {
		t.Errorf("it holds %q, %v", data, err)
	}
}

// grown is a disk on which a file grows between the look at it and the reading.
type grown struct{ rootfile.OS }

func (g grown) Open(name string) (rootfile.File, error) {
	f, err := g.OS.Open(name)
	return growing{f}, err
}

type growing struct{ rootfile.File }

func (f growing) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return before{info}, err
}

type before struct{ fs.FileInfo }

func (before) Size() int64 { return 1 }

func TestReadHasALimitForWhatGrows(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	file(0o600)(t, path)
	files := rootfile.Files{Disk: grown{}}
	if data, err := files.Read(path, 3); err == nil || !strings.Contains(err.Error(), "larger than 3") {
		t.Errorf("Read = %q, %v", data, err)
	}
	if data, err := files.Read(path, 4); err != nil || string(data) != "data" {
		t.Errorf("Read = %q, %v", data, err)
	}
}
