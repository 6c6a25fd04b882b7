package simdisk_test

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/simdisk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestContract asks both disks for the same: what a test shows on the simulated
// one is of no worth where the two differ.
func TestContract(t *testing.T) {
	t.Parallel()
	disks := map[string]func(*testing.T) (rootfile.Disk, string){
		"the machine's": func(t *testing.T) (rootfile.Disk, string) { t.Helper(); return rootfile.OS{}, t.TempDir() },
		"simulated":     func(*testing.T) (rootfile.Disk, string) { return simdisk.New("/var/db"), "/var/db" },
	}
	for name, disk := range disks {
		for _, tc := range contract() {
			t.Run(name+"/"+tc.name, func(t *testing.T) {
				t.Parallel()
				d, dir := disk(t)
				tc.holds(t, d, func(name string) string { return filepath.Join(dir, name) })
			})
		}
	}
}

type clause struct {
	name  string
	holds func(t *testing.T, d rootfile.Disk, at func(string) string)
}

func contract() []clause {
	return []clause{
		{"what is written is read", func(t *testing.T, d rootfile.Disk, at func(string) string) {
			fill(t, d, at("a"), "content")
			want(t, d, at("a"), "content")
			info, err := d.Lstat(at("a"))
			ok(t, err)
			if info.Size() != 7 || info.Mode() != 0o600 || !rootfile.Trusted(info) || info.Name() != "a" {
				t.Errorf("%s: %d bytes, %v", info.Name(), info.Size(), info.Mode())
			}
		}},
		{"nothing there", func(t *testing.T, d rootfile.Disk, at func(string) string) {
			_, open := d.Open(at("a"))
			_, edit := d.Edit(at("a"))
			_, stat := d.Stat(at("a"))
			_, list := d.List(at("a"))
			_, temp := d.CreateTemp(at("a"), "x")
			for _, err := range []error{open, edit, stat, list, temp, d.Remove(at("a")), d.Rename(at("a"), at("b")), d.Chmod(at("a"), 0o600), d.SyncFolder(at("a")), d.MakeFolder(at("a/b"), 0o700)} {
				failed(t, err, fs.ErrNotExist)
			}
			ok(t, d.RemoveAll(at("a")))
		}},
		{"a file is no folder", func(t *testing.T, d rootfile.Disk, at func(string) string) {
			fill(t, d, at("a"), "")
			_, list := d.List(at("a"))
			_, stat := d.Stat(at("a/b"))
			_, temp := d.CreateTemp(at("a"), "x")
			for _, err := range []error{list, stat, temp, d.MakeFolder(at("a/b"), 0o700), d.Rename(at("a"), at("a/b"))} {
				failed(t, err, syscall.ENOTDIR)
			}
		}},
		{"a rename replaces", func(t *testing.T, d rootfile.Disk, at func(string) string) {
			fill(t, d, at("a"), "new")
			fill(t, d, at("b"), "older")
			ok(t, d.Rename(at("a"), at("b")))
			want(t, d, at("b"), "new")
			_, err := d.Stat(at("a"))
			failed(t, err, fs.ErrNotExist)
		}},
		{"folders", func(t *testing.T, d rootfile.Disk, at func(string) string) {
			ok(t, d.MakeFolder(at("f"), 0o700))
			failed(t, d.MakeFolder(at("f"), 0o700), fs.ErrExist)
			fill(t, d, at("f/a"), "in it")
			fill(t, d, at("b"), "")
			failed(t, d.Remove(at("f")), syscall.ENOTEMPTY)
			failed(t, d.Rename(at("b"), at("f")), fs.ErrExist, syscall.EISDIR)
			ok(t, d.Rename(at("f"), at("g")))
			want(t, d, at("g/a"), "in it")
			ok(t, d.SyncFolder(at("g")))
			ok(t, d.Chmod(at("g"), 0o755))
			listed(t, d, at("."), "b", "g")
			ok(t, d.RemoveAll(at("g")))
			listed(t, d, at("."), "b")
		}},
		{"writing over what is there", func(t *testing.T, d rootfile.Disk, at func(string) string) {
			fill(t, d, at("a"), "0123456789")
			f, err := d.Edit(at("a"))
			ok(t, err)
			_, err = f.WriteAt([]byte("xyz"), 4)
			ok(t, errors.Join(err, f.Sync(), f.Chmod(0o644), f.Close()))
			want(t, d, at("a"), "0123xyz789")
		}},
		{"who opened it to read cannot write", func(t *testing.T, d rootfile.Disk, at func(string) string) {
			fill(t, d, at("a"), "0123")
			f, err := d.Open(at("a"))
			ok(t, err)
			_, err = f.Write([]byte("x"))
			failed(t, err, syscall.EBADF)
			ok(t, f.Close())
			want(t, d, at("a"), "0123")
		}},
		{"a file without a name is still read", func(t *testing.T, d rootfile.Disk, at func(string) string) {
			fill(t, d, at("a"), "0123")
			f, err := d.Open(at("a"))
			ok(t, err)
			ok(t, d.Remove(at("a")))
			data, err := io.ReadAll(f)
			ok(t, errors.Join(err, f.Close()))
			if string(data) != "0123" {
				t.Errorf("read %q", data)
			}
		}},
	}
}

func fill(t *testing.T, d rootfile.Disk, name, content string) {
	t.Helper()
	f, err := d.CreateTemp(filepath.Dir(name), "new-")
	ok(t, err)
	_, err = f.Write([]byte(content))
	ok(t, errors.Join(err, f.Sync(), f.Close(), d.Rename(f.Name(), name)))
}

func want(t *testing.T, d rootfile.Disk, name, content string) {
	t.Helper()
	f, err := d.Open(name)
	ok(t, err)
	data, err := io.ReadAll(f)
	ok(t, errors.Join(err, f.Close()))
	if string(data) != content {
		t.Errorf("%s holds %q, want %q", name, data, content)
	}
}

func listed(t *testing.T, d rootfile.Disk, dir string, names ...string) {
	t.Helper()
	all, err := d.List(dir)
	ok(t, err)
	if len(all) != len(names) {
		t.Fatalf("%d names, want %q", len(all), names)
	}
	for i, e := range all {
		if e.Name() != names[i] {
			t.Errorf("name %d is %s, want %s", i, e.Name(), names[i])
		}
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// failed wants one of these errors.
func failed(t *testing.T, err error, want ...error) {
	t.Helper()
	for _, w := range want {
		if errors.Is(err, w) {
			return
		}
	}
	t.Errorf("failed with %v, want %v", err, want)
}
