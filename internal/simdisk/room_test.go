package simdisk_test

import (
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/simdisk"
)

func TestFullDiskWritesWhatFits(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	d.Plant("/d/a", []byte("0123"))
	d.Room(2, -1)
	f, err := d.CreateTemp("/d", "x")
	ok(t, err)
	n, err := f.Write([]byte("abc"))
	if failed(t, err, syscall.ENOSPC); n != 2 {
		t.Errorf("%d bytes written, want 2", n)
	}
	overwrite := rootfile.Files{Disk: d}.Overwrite
	ok(t, overwrite("/d/a", 1, []byte("xy"))) // needs no room
	d.CopyOnWrite()
	failed(t, overwrite("/d/a", 1, []byte("zz")), rootfile.ErrNoSpace)
	want(t, d, "/d/a", "0xy3")
	ok(t, d.Remove(f.Name()))
	ok(t, overwrite("/d/a", 1, []byte("zz")))
	want(t, d, "/d/a", "0zz3")
}

func TestWithoutInodesWhatIsThereStillWorks(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	d.Plant("/d/a", []byte("0123"))
	d.Room(-1, 0)
	failed(t, d.MakeFolder("/d/f", 0o700), syscall.ENOSPC)
	files := rootfile.Files{Disk: d}
	failed(t, files.Write("/d/b", nil, 0o600), rootfile.ErrNoSpace)
	ok(t, files.Overwrite("/d/a", 0, []byte("x")))
	ok(t, files.Rename("/d/a", "/d/c"))
	ok(t, files.Remove("/d/c"))
	ok(t, files.Write("/d/b", nil, 0o600))
}

// What the disk's own errors mean is told by the kind.
func TestKindsOfFailures(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err   error
		want  error
		other bool // of no kind
	}{
		{syscall.ENOSPC, rootfile.ErrNoSpace, false},
		{syscall.EDQUOT, rootfile.ErrNoSpace, false},
		{syscall.EROFS, rootfile.ErrReadOnly, false},
		{syscall.EIO, syscall.EIO, true},
	} {
		t.Run(tc.err.Error(), func(t *testing.T) {
			t.Parallel()
			d := simdisk.New("/d")
			d.Plant("/d/a", []byte("0123"))
			files := rootfile.Files{Disk: d}
			d.Before(func(simdisk.Op, string) error { return tc.err })
			for _, err := range []error{
				files.Write("/d/b", []byte("x"), 0o600), files.Remove("/d/a"), files.RemoveAll("/d/a"), files.Rename("/d/a", "/d/b"),
				files.Overwrite("/d/a", 0, []byte("x")), files.PrivateFolder("/d/f"), files.Remove("/d/a", "/d/none"),
			} {
				failed(t, err, tc.want)
				failed(t, err, tc.err)
				if tc.other && (errors.Is(err, rootfile.ErrNoSpace) || errors.Is(err, rootfile.ErrReadOnly)) {
					t.Errorf("%v", err)
				}
			}
			want(t, d, "/d/a", "0123")
		})
	}
}

func TestSlowDiskTakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := simdisk.New("/d")
		d.Before(func(op simdisk.Op, _ string) error {
			if op == simdisk.Sync {
				time.Sleep(time.Minute)
			}
			return nil
		})
		began := time.Now()
		ok(t, rootfile.Files{Disk: d}.Write("/d/a", nil, 0o600))
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}

func TestFlip(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	d.Plant("/d/a", []byte("a"))
	d.Flip("/d/a", 1)
	d.Flip("/d/a", 100) // there is no such bit
	want(t, d, "/d/a", "c")
	for after := range d.Futures(1, 1) {
		want(t, after, "/d/a", "c")
	}
}
