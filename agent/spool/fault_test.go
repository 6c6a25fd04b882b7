package spool_test

import (
	"fmt"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/simdisk"
)

// endure acts whatever fails: the disk is bad, not the power.
func endure(t fataler, w *world, script []act) {
	t.Helper()
	for _, a := range script {
		if a.name != "open" && w.spool == nil {
			continue // the daemon did not start
		}
		if a.name == "quarantine" {
			w.aside++
		}
		before := w.spool
		if err := a.do(t, w); err != nil && a.name == "open" {
			w.spool = before
		}
	}
}

// TestFailureOfEveryStep lets one step fail, or all from one on, and then either
// starts the daemon again or takes the power. What a failed sync was about is
// still seen by the next start, and gone after a power cut.
func TestFailureOfEveryStep(t *testing.T) {
	t.Parallel()
	for name, script := range scripts() {
		for _, lasting := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, lasting %t", name, lasting), func(t *testing.T) {
				t.Parallel()
				clean := newWorld(tight())
				play(t, clean, script)
				for step := 1; step <= clean.disk.Steps(); step++ {
					w := newWorld(tight())
					failAt(w.disk, step, lasting, syscall.EIO)
					endure(t, w, script)
					w.disk.Before(nil)
					for after := range w.disk.Futures(20, uint64(step)) {
						w.fork(after).live(t)
					}
					w.live(t)
					for after := range w.disk.Futures(20, uint64(step)) {
						w.fork(after).live(t)
					}
				}
			})
		}
	}
}

// TestPowerCutAfterAFailure lets one step fail, starts the daemon again, and takes
// the power at every step of that start: what it sees is not what is on the disk.
func TestPowerCutAfterAFailure(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"done after done", "renew after done", "renew of nothing"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean := newWorld(tight())
			play(t, clean, scripts()[name])
			for step := 1; step <= clean.disk.Steps(); step++ {
				for later, cut := 1, true; cut; later++ {
					w := newWorld(tight())
					failAt(w.disk, step, false, syscall.EIO)
					endure(t, w, scripts()[name])
					w.disk.Before(nil)
					w.disk.CutAt(w.disk.Steps() + later)
					cut = play(t, w, []act{actOpen()})
					for after := range w.disk.Futures(20, uint64(step)) {
						w.fork(after).live(t)
					}
				}
			}
		})
	}
}

func failAt(disk *simdisk.Disk, step int, lasting bool, failure error) {
	steps := 0
	disk.Before(func(simdisk.Op, string) error {
		if steps++; steps == step || lasting && steps > step {
			return failure
		}
		return nil
	})
}

// TestPowerCutWhileRecovering takes the power again while the spool is opened
// after a power cut.
func TestPowerCutWhileRecovering(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"full", "renew", "quarantine"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for step, cut := 1, true; cut; step++ {
				w := newWorld(tight())
				w.disk.CutAt(step)
				cut = play(t, w, scripts()[name])
				for after := range w.disk.Futures(4, uint64(step)) {
					cutOpening(t, w, after)
				}
			}
		})
	}
}

func cutOpening(t *testing.T, w *world, disk *simdisk.Disk) {
	t.Helper()
	for step, cut := 1, true; cut; step++ {
		again := w.fork(disk.Future(func(int) int { return 0 }))
		again.disk.CutAt(step)
		cut = play(t, again, []act{actOpen()})
		for after := range again.disk.Futures(6, uint64(step)) {
			again.fork(after).live(t)
		}
	}
}

// TestManyLives lets a spool live through many power cuts and failures, drawn at
// random.
func TestManyLives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(tight())
		w.aside = 1 // what is where is for the shorter tests
		draw := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }
		pick := func(n int) []int {
			if n == 0 {
				return nil
			}
			return rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 1, n, rapid.ID).Draw(t, "some")
		}
		acts := []act{actPut(0), actPut(300), actPut(0), actAudit(), actDone(pick), actDone(allOf), actQuarantine(pick), actRenew(), actOpen()}
		for range rapid.IntRange(1, 5).Draw(t, "lives") {
			if draw(2) == 1 {
				failAt(w.disk, 1+draw(40), draw(2) == 1, []error{syscall.EIO, syscall.ENOSPC, syscall.EROFS}[draw(3)])
			}
			w.disk.CutAt(w.disk.Steps() + 1 + draw(60))
			script := []act{actOpen()}
			for range draw(12) {
				script = append(script, rapid.SampledFrom(acts).Draw(t, "act"))
			}
			endure(t, w, script)
			w = w.fork(w.disk.Future(draw))
		}
		w.live(t)
	})
}

// A full disk loses nothing: what waits can be sent, and be acknowledged without
// a byte of room; then there is some.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name          string
		bytes, inodes int
	}{
		{"no bytes", 0, -1}, {"no inodes", -1, 0}, {"neither", 0, 0}, {"a few bytes", 300, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			disk := simdisk.New("/db")
			s := openOn(t, disk, tight())
			putMany(t, s, 3)
			disk.Room(tc.bytes, tc.inodes)
			for range 2 { // before and after a start on the full disk
				if _, err := tryPut(s, "no room", 0); !isNoSpace(err) {
					t.Errorf("Put = %v", err)
				}
				wantSeqs(t, next(t, s), 1, 2, 3) // it would have pushed out the first
				wantCounts(t, s, 3, 0, 0)
				s = openOn(t, disk, tight())
			}
			quarantine(t, s, next(t, s)[0])
			done(t, s, next(t, s)...)
			wantCounts(t, s, 0, 1, 0)
			disk.Room(-1, -1)
			s = openOn(t, disk.Future(func(int) int { return 0 }), tight())
			if made := put(t, s, "there is room", 0); made.Seq != 4 {
				t.Errorf("the next number is %d, want 4", made.Seq)
			}
		})
	}
}

// Where a snapshot keeps the old page of the ledger, writing it takes room as
// well. Then all that need not wait for it leaves, and with that there is room.
func TestFullDiskThatCopiesOnWrite(t *testing.T) {
	t.Parallel()
	disk := simdisk.New("/db")
	s := openOn(t, disk, roomy)
	for i := range 12 {
		put(t, s, fmt.Sprint(i), 2000)
	}
	disk.CopyOnWrite()
	disk.Room(0, 0)
	if err := s.Done(next(t, s)); !isNoSpace(err) {
		t.Errorf("Done = %v", err)
	}
	wantSeqs(t, next(t, s), 12)
	done(t, s, next(t, s)...)
	if made := put(t, openOn(t, disk.Future(func(int) int { return 1 }), roomy), "later", 0); made.Seq != 13 {
		t.Errorf("the next number is %d, want 13", made.Seq)
	}
}

// A disk that became read-only can still be read from. A start cannot know that
// what it sees is on the disk, and sends nothing before it does.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	disk := simdisk.New("/db")
	s := openOn(t, disk, roomy)
	putMany(t, s, 2)
	disk.Before(func(simdisk.Op, string) error { return syscall.EROFS })
	batch := next(t, s)
	wantSeqs(t, batch, 1, 2)
	for name, err := range map[string]error{
		"Put": second(tryPut(s, "lost", 0)), "Done": s.Done(batch), "Quarantine": s.Quarantine(batch[0]), "Renew": s.Renew(),
	} {
		if !isReadOnly(err) {
			t.Errorf("%s = %v", name, err)
		}
	}
	s = openOn(t, disk, roomy)
	wantCounts(t, s, 2, 0, 0)
	for name, err := range map[string]error{"Put": second(tryPut(s, "lost", 0)), "Next": second(s.Next(2, everything)), "Renew": s.Renew()} {
		if !isReadOnly(err) {
			t.Errorf("%s after a start = %v", name, err)
		}
	}
	disk.Before(nil)
	wantSeqs(t, next(t, s), 1, 2)
	disk.Before(func(simdisk.Op, string) error { return syscall.EROFS })
	_, err := spool.OpenOn(disk, "/db/none", roomy)
	if !isReadOnly(err) {
		t.Errorf("Open = %v", err)
	}
}

// The folder is root's, and root may remove it. What waited is gone and counted;
// what comes is stored.
func TestFolderThatVanishes(t *testing.T) {
	t.Parallel()
	disk := simdisk.New("/var/db")
	s, err := spool.OpenOn(disk, "/var/db/spool", roomy)
	if err != nil {
		t.Fatal(err)
	}
	old := put(t, s, "old", 0)
	putMany(t, s, 2)
	if err := disk.RemoveAll("/var/db/spool"); err != nil {
		t.Fatal(err)
	}
	made := put(t, s, "new", 0)
	if made.Seq != 1 || made.Epoch == old.Epoch || made.Dropped != 3 {
		t.Errorf("got %+v, want number 1 of another epoch than %s, that tells of 3 dropped", made, old.Epoch)
	}
	wantSeqs(t, next(t, s), 1)
	wantCounts(t, s, 1, 0, 3)
}
