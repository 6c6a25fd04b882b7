package rootfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
)

func TestReadRefusesWhatOthersCouldHaveWritten(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		make func(t *testing.T, path string)
		want error
	}{
		{"missing", func(*testing.T, string) {}, fs.ErrNotExist},
		{"group-writable", file(0o664), rootfile.ErrUntrusted},
		{"world-writable", file(0o646), rootfile.ErrUntrusted},
		{"a link", link, rootfile.ErrUntrusted},
		{"a pipe", pipe, rootfile.ErrUntrusted},
		{"a folder", folder, rootfile.ErrUntrusted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "f")
			tc.make(t, path)
			if _, err := rootfile.Read(path, 100); !errors.Is(err, tc.want) {
				t.Errorf("Read = %v, want %v", err, tc.want)
			}
		})
	}
}

func TestReadRefusesAFolderThatOthersMayWriteTo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	file(0o600)(t, path)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := rootfile.Read(path, 100); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("Read = %v, want ErrUntrusted", err)
	}
}

func TestReadSecretRefusesWhatOthersCanRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	file(0o644)(t, path)
	if _, err := rootfile.Read(path, 100); err != nil {
		t.Errorf("Read = %v", err)
	}
	if _, err := rootfile.ReadSecret(path, 100); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("ReadSecret = %v, want ErrUntrusted", err)
	}
}

func TestReadHasALimit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	file(0o600)(t, path)
	if _, err := rootfile.Read(path, 3); err == nil || !strings.Contains(err.Error(), "larger than 3") {
		t.Errorf("Read = %v", err)
	}
	if data, err := rootfile.Read(path, 4); err != nil || string(data) != "data" {
		t.Errorf("Read = %q, %v", data, err)
	}
}

// A file may grow between the look at it and the reading.
func TestLimitOfAFileThatGrows(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	file(0o600)(t, path)
	files := rootfile.Files{Disk: growing{}}
	if data, err := files.Read(path, 5); err == nil || !strings.Contains(err.Error(), "larger than 5") {
		t.Errorf("Read = %q, %v", data, err)
	}
	if data, err := files.Read(path, 8); err != nil || string(data) != "datadata" {
		t.Errorf("Read = %q, %v", data, err)
	}
}

// growing is a disk on which each file is written to once more as soon as somebody
// has looked at it.
type growing struct{ rootfile.OS }

func (growing) Open(name string) (rootfile.File, error) {
	f, err := rootfile.OS{}.Open(name)
	return growingFile{f}, err
}

type growingFile struct{ rootfile.File }

func (f growingFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	if err != nil {
		return nil, err
	}
	return info, os.WriteFile(f.Name(), []byte("datadata"), 0o600)
}

// Only a regular file that nobody else may write is written over.
func TestOverwriteRefusesWhatOthersCouldHaveWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	file(0o622)(t, path)
	if err := (rootfile.Files{}).Overwrite(path, 0, []byte("x")); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("Overwrite = %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "data" {
		t.Errorf("it became %q, %v", data, err)
	}
}

func TestWriteReplacesWholeAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, content := range []string{"one", "two, longer", ""} {
		if err := rootfile.Write(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if data, err := rootfile.ReadSecret(path, 100); err != nil || string(data) != content {
			t.Errorf("read back %q, %v; want %q", data, err, content)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := rootfile.Write(filepath.Join(dir, "no", "f"), nil, 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Write into a missing folder = %v", err)
	}
}

func TestRemoveAndRename(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "sub", "b")
	file(0o600)(t, a)
	if err := rootfile.PrivateFolder(filepath.Dir(b)); err != nil {
		t.Fatal(err)
	}
	if err := rootfile.Rename(a, b); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to remove
		if err := rootfile.Remove(b); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFoldersRepairTheirMode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		make   func(string) error
		before fs.FileMode
		want   fs.FileMode
	}{
		{"private", rootfile.PrivateFolder, 0o755, 0o700},
		{"public, too wide", rootfile.PublicFolder, 0o777, 0o755},
		{"public, too narrow", rootfile.PublicFolder, 0o700, 0o755},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "d")
			if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, tc.before)); err != nil {
				t.Fatal(err)
			}
			if err := tc.make(dir); err != nil {
				t.Fatal(err)
			}
			if info, _ := os.Stat(dir); info.Mode().Perm() != tc.want {
				t.Errorf("mode %#o, want %#o", info.Mode().Perm(), tc.want)
			}
		})
	}
}

func TestAFolderIsNoLink(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "d")
	if err := os.Symlink(t.TempDir(), path); err != nil {
		t.Fatal(err)
	}
	if err := rootfile.PublicFolder(path); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("PublicFolder = %v, want ErrUntrusted", err)
	}
}

func file(mode fs.FileMode) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("data"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
}

func link(t *testing.T, path string) {
	t.Helper()
	file(0o600)(t, path+".target")
	if err := os.Symlink(path+".target", path); err != nil {
		t.Fatal(err)
	}
}

func pipe(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

func folder(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}
