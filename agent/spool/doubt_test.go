package spool_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/simdisk"
)

// unwritable lets every write to the ledger fail.
func unwritable(disk *simdisk.Disk) {
	disk.Before(func(op simdisk.Op, name string) error {
		if op == simdisk.Write && name == "/db/ledger" {
			return syscall.EIO
		}
		return nil
	})
}

// A ledger that may not be on the disk is no proof that a report was counted: its
// file stays until it is one.
func TestDroppedFileStaysWhileTheLedgerIsInDoubt(t *testing.T) {
	t.Parallel()
	disk := simdisk.New("/db")
	limits := spool.Limits{Reports: 1, Bytes: everything}
	s := openOn(t, disk, limits)
	putMany(t, s, 1)
	disk.Before(func(op simdisk.Op, name string) error {
		if op == simdisk.Remove && name == fileOf("/db", 1) {
			return syscall.EIO
		}
		return nil
	})
	if _, err := tryPut(s, "in vain", 0); err == nil {
		t.Fatal("Put: no error")
	}
	for _, doubt := range []bool{true, false} {
		disk.Before(nil)
		if doubt {
			unwritable(disk)
		}
		s = openOn(t, disk, limits)
		wantCounts(t, s, 0, 0, 1)
		if there := disk.Content(fileOf("/db", 1)) != nil; there != doubt {
			t.Errorf("ledger in doubt %t: the file is there %t", doubt, there)
		}
	}
}

// The same of a number that was acknowledged: the file goes when the ledger that
// says so is on the disk.
func TestAcknowledgedFileStaysWhileTheLedgerIsInDoubt(t *testing.T) {
	t.Parallel()
	disk := simdisk.New("/db")
	s := openOn(t, disk, roomy)
	putMany(t, s, 2)
	done(t, s, next(t, s)[1])
	unwritable(disk)
	s = openOn(t, disk, roomy)
	batch := next(t, s)
	wantSeqs(t, batch, 1)
	if err := s.Done(batch); err == nil {
		t.Error("Done: no error")
	}
	wantCounts(t, s, 1, 0, 0)
	if disk.Content(fileOf("/db", 1)) == nil {
		t.Error("the file is gone")
	}
	disk.Before(nil)
	done(t, s, batch...)
	wantCounts(t, s, 0, 0, 0)
}

// A ledger that lost pages at its end is as long again after a start.
func TestLedgerThatBecameShorter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := put(t, open(t, dir, roomy), "old", 0)
	text := read(t, ledgerOf(dir))
	for _, left := range []int{len(text) / 3, len(text) - 1} {
		fresh := t.TempDir()
		write(t, ledgerOf(fresh), text[:left])
		write(t, filepath.Join(fresh, filepath.Base(fileOf(dir, 1))), read(t, fileOf(dir, 1)))
		s := open(t, fresh, roomy)
		made := put(t, s, "new", 0)
		if made.Epoch != old.Epoch || made.Seq != 2 {
			t.Errorf("%d bytes left: got %+v after %+v", left, made, old)
		}
		for range 2 {
			if batch := next(t, s); len(batch) > 0 {
				done(t, s, batch[0])
			}
		}
		if info, err := os.Stat(ledgerOf(fresh)); err != nil || info.Size() != int64(len(text)) {
			t.Errorf("%d bytes left: it is %v (%v)", left, info.Size(), err)
		}
	}
}
