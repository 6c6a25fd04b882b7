package simdisk_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/simdisk"
)

// futures tells what may be in a file after a power cut now; "-" is no file.
func futures(d *simdisk.Disk, name string) []string {
	seen := map[string]bool{}
	for after := range d.Futures(100_000, 1) {
		data := after.Content(name)
		if data == nil {
			seen["-"] = true
			continue
		}
		seen[string(data)] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// writer puts "new" in the place of "old", with or without what makes it safe.
func writer(t *testing.T, d *simdisk.Disk, syncFile, syncFolder bool) {
	t.Helper()
	f, err := d.CreateTemp("/d", "temp-")
	ok(t, err)
	_, err = f.Write([]byte("new"))
	ok(t, err)
	if syncFile {
		ok(t, f.Sync())
	}
	ok(t, errors.Join(f.Close(), d.Rename(f.Name(), "/d/a")))
	if syncFolder {
		ok(t, d.SyncFolder("/d"))
	}
}

// A disk that lost nothing would prove everything.
func TestWhatIsNotSyncedIsLost(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name             string
		syncFile, syncIn bool
		want             string
	}{
		{"all is synced", true, true, "new"},
		{"not the folder", true, false, "new|old"},
		{"not the file", false, true, "|n|new|\x00\x00\x00|\x00ew"},
		{"nothing", false, false, "|n|new|\x00\x00\x00|\x00ew|old"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := simdisk.New("/d")
			d.Plant("/d/a", []byte("old"))
			writer(t, d, tc.syncFile, tc.syncIn)
			got := futures(d, "/d/a")
			if want := strings.Split(tc.want, "|"); !isSubset(want, got) || !isSubset(got, want) {
				t.Errorf("after a power cut: %q, want %q", got, want)
			}
		})
	}
}

func isSubset(part, all []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(all, s) })
}

// Names that have nothing to do with one another are lost in any combination;
// what follows on what was lost is lost too.
func TestNamesAreLostInAnyOrderThatIsPossible(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	d.Plant("/d/a", []byte("a"))
	d.Plant("/d/b", []byte("b"))
	ok(t, d.Remove("/d/a"))
	ok(t, d.Rename("/d/b", "/d/c"))
	ok(t, d.Rename("/d/c", "/d/d"))
	seen := map[string]bool{}
	for after := range d.Futures(100, 1) {
		seen[strings.Join(after.Names()[2:], " ")] = true
	}
	want := []string{"/d/a /d/b", "/d/a /d/c", "/d/a /d/d", "/d/b", "/d/c", "/d/d"}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFolderThatWasNotSyncedTakesItsFilesAlong(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/")
	ok(t, d.MakeFolder("/d", 0o700))
	writer(t, d, true, true)
	if got := futures(d, "/d/a"); !slices.Equal(got, []string{"-", "new"}) {
		t.Errorf("%q", got)
	}
	ok(t, d.SyncFolder("/"))
	if got := futures(d, "/d/a"); !slices.Equal(got, []string{"new"}) {
		t.Errorf("%q", got)
	}
}

// A file that moves to another folder is safe when both are synced, and is in
// exactly one of them whatever happens.
func TestMoveBetweenFolders(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d", "/e")
	d.Plant("/d/a", []byte("a"))
	ok(t, d.Rename("/d/a", "/e/a"))
	ok(t, d.SyncFolder("/e"))
	for after := range d.Futures(10, 1) {
		if in := (after.Content("/d/a") != nil); in == (after.Content("/e/a") != nil) {
			t.Errorf("%q", after.Names())
		}
	}
	if n := len(futures(d, "/e/a")); n != 2 {
		t.Errorf("%d futures", n)
	}
	ok(t, d.SyncFolder("/d"))
	if got := futures(d, "/e/a"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("%q", got)
	}
}

// Rename returns when the name is in the one folder and no longer in the other.
func TestRenameBetweenFoldersIsSafe(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d", "/e")
	d.Plant("/d/a", []byte("a"))
	ok(t, rootfile.Files{Disk: d}.Rename("/d/a", "/e/a"))
	for after := range d.Futures(10, 1) {
		if after.Content("/d/a") != nil || after.Content("/e/a") == nil {
			t.Errorf("%q", after.Names())
		}
	}
}

// A block that is bad stays so through a power cut and under another name.
func TestSpoil(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	d.Plant("/d/a", []byte("a"))
	files := rootfile.Files{Disk: d}
	d.Spoil("/d/a", 1)
	failed(t, second(files.Read("/d/a", 10)), syscall.EIO)
	want(t, d, "/d/a", "a")
	d.Spoil("/d/a", -1)
	ok(t, files.Rename("/d/a", "/d/b"))
	for after := range d.Futures(1, 1) {
		for range 2 {
			failed(t, second(rootfile.Files{Disk: after}.Read("/d/b", 10)), syscall.EIO)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestOverwriteIsTornAnywhere(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	d.Plant("/d/a", []byte("0123"))
	f, err := d.Edit("/d/a")
	ok(t, err)
	_, err = f.WriteAt([]byte("xy"), 1)
	ok(t, err)
	want := []string{"0\x00\x003", "01y3", "0123", "0x23", "0xy3"}
	if got := futures(d, "/d/a"); !isSubset(want, got) || len(got) != len(want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The data that a failed sync was about is gone, though it is still seen, and a
// later sync that works does not bring it back.
func TestFailedSyncLosesWhatItWasAbout(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	d.Plant("/d/a", []byte("old"))
	f, err := d.Edit("/d/a")
	ok(t, err)
	_, err = f.WriteAt([]byte("new"), 0)
	ok(t, err)
	broken := errors.New("broken")
	d.Before(func(op simdisk.Op, _ string) error {
		if op == simdisk.Sync {
			return broken
		}
		return nil
	})
	failed(t, f.Sync(), broken)
	d.Before(nil)
	ok(t, f.Sync())
	want(t, d, "/d/a", "new")
	if got := futures(d, "/d/a"); !slices.Equal(got, []string{"old"}) {
		t.Errorf("%q", got)
	}
}

func TestPowerCutEndsEverything(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	writer(t, d, true, true)
	if d.Steps() != 5 {
		t.Errorf("%d steps, want 5: create, write, sync, rename, sync the folder", d.Steps())
	}
	for step := 1; step <= 5; step++ {
		d := simdisk.New("/d")
		d.CutAt(step)
		err := rootfile.Files{Disk: d}.Write("/d/a", []byte("new"), 0o600)
		failed(t, err, simdisk.ErrPowerCut)
		_, err = d.Stat("/d")
		failed(t, err, simdisk.ErrPowerCut)
		for after := range d.Futures(1000, 1) {
			_, err := after.Stat("/d")
			ok(t, err)
		}
	}
}

// The power may go in the middle of a sync, which then has done a part of its work.
func TestPowerCutInTheMiddleOfASync(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	d.Plant("/d/a", []byte("old"))
	d.CutAt(2)
	failed(t, rootfile.Files{Disk: d}.Overwrite("/d/a", 0, []byte("new")), simdisk.ErrPowerCut)
	if got := futures(d, "/d/a"); !isSubset([]string{"old", "new", "nld", "oew"}, got) {
		t.Errorf("%q", got)
	}
}

// Where there are too many futures, some are drawn: the same ones again.
func TestDrawnFutures(t *testing.T) {
	t.Parallel()
	d := simdisk.New("/d")
	for i := range 20 {
		d.Plant(fmt.Sprint("/d/", i), nil)
	}
	for i := range 20 {
		ok(t, d.Remove(fmt.Sprint("/d/", i)))
	}
	draw := func(seed uint64) (drawn []string) {
		for after := range d.Futures(50, seed) {
			drawn = append(drawn, strings.Join(after.Names(), " "))
		}
		return drawn
	}
	if first := draw(1); len(first) != 50 || !slices.Equal(first, draw(1)) || slices.Equal(first, draw(2)) {
		t.Error("not drawn by the seed alone")
	}
}
