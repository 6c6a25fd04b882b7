package spool_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/simdisk"
)

// fill puts files into quarantine, each an hour younger than the one before.
func fill(t *testing.T, dir string, n, size int, prefix string) {
	t.Helper()
	for i := range n {
		path := filepath.Join(dir, "quarantine", fmt.Sprintf("%s%03d.json", prefix, n-i))
		write(t, path, string(make([]byte, size)))
		at := start.Add(time.Duration(i) * time.Hour)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestQuarantineIsBounded(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		prefix  string
		n, size int
		want    int
		dropped uint64
	}{
		{"as many as may be", "a", 100, 1, 100, 0},
		{"too many", "a", 103, 1, 100, 3},
		{"as much as may be", "a", 4, 500, 4, 0},
		{"too much", "a", 6, 500, 4, 2},
		{"too large alone", "a", 1, 2001, 0, 1},
		{"counted before", "lost-epoch-", 103, 1, 100, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			limits := spool.Limits{Reports: 10, Bytes: 2000}
			open(t, dir, limits)
			fill(t, dir, tc.n, tc.size, tc.prefix)
			all := names(t, filepath.Join(dir, "quarantine"))
			slices.Reverse(all) // the oldest has the highest number
			for range 2 {       // the second start counts nothing again
				wantCounts(t, open(t, dir, limits), 0, tc.want, tc.dropped)
			}
			left := names(t, filepath.Join(dir, "quarantine"))
			want := all[len(all)-tc.want:]
			if slices.Sort(want); !slices.Equal(left, want) {
				t.Errorf("left: %q, want %q", left, want)
			}
		})
	}
}

// One that cannot be removed does not protect those that came after it.
func TestObstacleInQuarantine(t *testing.T) {
	t.Parallel()
	disk := simdisk.New("/db")
	s := openOn(t, disk, roomy)
	for i := range 103 {
		disk.Plant(fmt.Sprintf("/db/quarantine/%03d.json", i), nil)
	}
	disk.Before(func(op simdisk.Op, name string) error {
		if op == simdisk.Remove && name == "/db/quarantine/000.json" {
			return syscall.EIO
		}
		return nil
	})
	if err := s.Refresh(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Refresh = %v", err)
	}
	wantCounts(t, s, 0, 100, 3)
	for i, want := range []bool{true, false, false, false, true} {
		if there := disk.Content(fmt.Sprintf("/db/quarantine/%03d.json", i)) != nil; there != want {
			t.Errorf("number %d: there %t, want %t", i, there, want)
		}
	}
}

// What leaves the quarantine is counted, whichever step of it fails.
func TestWhatLeavesTheQuarantineIsCounted(t *testing.T) {
	t.Parallel()
	for step := 1; ; step++ {
		disk := simdisk.New("/db")
		s := openOn(t, disk, roomy)
		const files = 102
		for i := range files {
			disk.Plant(fmt.Sprintf("/db/quarantine/%03d.json", i), nil)
		}
		steps := disk.Steps()
		failAt(disk, step, false, syscall.EIO)
		err := s.Refresh()
		if err == nil && disk.Steps()-steps < step {
			return // there are no more steps
		}
		disk.Before(nil)
		if err := s.Refresh(); err != nil {
			t.Fatal(err)
		}
		left := 0
		for i := range files {
			if disk.Content(fmt.Sprintf("/db/quarantine/%03d.json", i)) != nil {
				left++
			}
		}
		wantCounts(t, s, 0, left, uint64(files-left))
	}
}

// A move that is seen, and whose sync failed, is no file that somebody removed.
func TestMoveToQuarantineThatMayNotBeOnTheDisk(t *testing.T) {
	t.Parallel()
	disk := simdisk.New("/db")
	s := openOn(t, disk, roomy)
	putMany(t, s, 1)
	waiting := next(t, s)[0]
	disk.Before(func(op simdisk.Op, name string) error {
		if op == simdisk.SyncFolder && name == "/db/quarantine" {
			return syscall.EIO
		}
		return nil
	})
	if err := s.Quarantine(waiting); !errors.Is(err, syscall.EIO) {
		t.Errorf("Quarantine = %v", err)
	}
	disk.Before(nil)
	quarantine(t, s, waiting)
	wantCounts(t, s, 0, 1, 0)
}

// What an action did is the last to go.
func TestAuditsLeaveQuarantineLast(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir, roomy)
	aside := filepath.Join(dir, "quarantine")
	for i := range 103 {
		path := filepath.Join(aside, fmt.Sprintf("%03d.report", i))
		if i < 2 { // the oldest
			path = filepath.Join(aside, fmt.Sprintf("%03d.audit", i))
		}
		write(t, path, "x")
		at := start.Add(time.Duration(i) * time.Hour)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	wantCounts(t, open(t, dir, roomy), 0, 100, 3)
	if left := names(t, aside); left[0] != "000.audit" || left[1] != "001.audit" || left[2] != "005.report" {
		t.Errorf("left: %q", left[:3])
	}
}

func TestRefusedReportPushesOutTheOldest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	fill(t, dir, 100, 1, "a")
	if err := s.Refresh(); err != nil {
		t.Fatal(err)
	}
	putMany(t, s, 2)
	quarantine(t, s, next(t, s)[0])
	wantCounts(t, s, 1, 100, 1)
	quarantine(t, s, next(t, s)[0])
	wantCounts(t, s, 0, 100, 2)
	kept := names(t, filepath.Join(dir, "quarantine"))
	for _, seq := range []uint64{1, 2} {
		if !slices.Contains(kept, filepath.Base(fileOf(dir, seq))) {
			t.Errorf("number %d is not in quarantine", seq)
		}
	}
	if made := put(t, s, "later", 0); made.Dropped != 2 || made.Since == nil {
		t.Errorf("it tells of %d dropped since %v", made.Dropped, made.Since)
	}
}

// The count is kept in memory: a server that refuses everything must not make
// each question for it slow.
func TestClearedQuarantineIsSeenByRefresh(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	putMany(t, s, 1)
	quarantine(t, s, next(t, s)[0])
	if err := os.RemoveAll(filepath.Join(dir, "quarantine")); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, s, 0, 1, 0)
	if err := s.Refresh(); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, s, 0, 0, 0)
}
