package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The kernel tells of each change: there is no beat.
func TestKernelTells(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(t *testing.T, root string)
		want   Cause
	}{
		{"written in place", func(t *testing.T, root string) { write(t, filepath.Join(root, admins), "a") }, AdminGroup},
		{"replaced", func(t *testing.T, root string) { replace(t, filepath.Join(root, admins), "a") }, AdminGroup},
		{"removed", func(t *testing.T, root string) { must(t, os.Remove(filepath.Join(root, sealed))) }, RecoveryKey},
		{"moved away", func(t *testing.T, root string) {
			must(t, os.Rename(filepath.Join(root, sealed), filepath.Join(root, "elsewhere")))
		}, RecoveryKey},
		{"settings come", func(t *testing.T, root string) { write(t, filepath.Join(root, prefs, "other.plist"), "a") }, ManagedPreferences},
		{"settings change", func(t *testing.T, root string) { replace(t, filepath.Join(root, prefs, "some.plist"), "a") }, ManagedPreferences},
		{"settings go", func(t *testing.T, root string) { must(t, os.Remove(filepath.Join(root, prefs, "some.plist"))) }, ManagedPreferences},
		{"settings are written in place", func(t *testing.T, root string) { write(t, filepath.Join(root, prefs, "some.plist"), "a") }, ManagedPreferences},
		{"settings of a user come", func(t *testing.T, root string) { write(t, filepath.Join(root, prefs, "ann", "other.plist"), "a") }, ManagedPreferences},
		{"settings of a user are written in place", func(t *testing.T, root string) { write(t, filepath.Join(root, prefs, "ann", "some.plist"), "a") }, ManagedPreferences},
		{"settings of a user go", func(t *testing.T, root string) { must(t, os.RemoveAll(filepath.Join(root, prefs, "ann"))) }, ManagedPreferences},
		{"a profile changes", func(t *testing.T, root string) { replace(t, filepath.Join(root, known, "Settings", "some"), "a") }, Profiles},
		{"a profile is written in place", func(t *testing.T, root string) { write(t, filepath.Join(root, known, "Settings", "some"), "a") }, Profiles},
		{"a profile comes", func(t *testing.T, root string) { must(t, os.Mkdir(filepath.Join(root, known, "Store"), 0o755)) }, Profiles},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			root := laidOut(t)
			_, heard := watching(t, root, never, atOnce)
			tc.change(t, root)
			heard.want(t, tc.want)
		})
	}
}

// A watch is set on a file and not on its name, so each new file needs another.
func TestWatchFollowsTheName(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	path := filepath.Join(root, admins)
	old, err := os.Open(path) // as long as it is open, the first file lives on
	must(t, err)
	defer old.Close()
	w, heard := watching(t, root, never, atOnce)
	for i := range 5 {
		replace(t, path, strings.Repeat("a", i+1))
		heard.want(t, AdminGroup)
		if got := adminGroup(w); got != Watched {
			t.Errorf("replaced %d times, it is %s", i+1, got)
		}
	}
}

func TestFolderThatComesBack(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	w, heard := watching(t, root, 5*time.Millisecond, atOnce)
	groups := filepath.Dir(filepath.Join(root, admins))
	must(t, os.RemoveAll(groups))
	heard.want(t, AdminGroup)
	eventually(t, "comparison", func() bool { return adminGroup(w) == Compared })
	write(t, filepath.Join(root, admins), "a")
	heard.want(t, AdminGroup)
	eventually(t, "watch", func() bool { return adminGroup(w) == Watched })
}

// The file stays what it was, but its name leads to another: only the beat can
// notice, and from then on the new one is watched.
func TestFolderThatIsExchanged(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	w, heard := watching(t, root, 5*time.Millisecond, atOnce)
	groups := filepath.Dir(filepath.Join(root, admins))
	must(t, os.Rename(groups, groups+".old"))
	heard.want(t, AdminGroup)
	write(t, filepath.Join(root, admins), "a")
	heard.want(t, AdminGroup)
	eventually(t, "watch", func() bool { return adminGroup(w) == Watched })
	replace(t, filepath.Join(root, admins), "ab")
	heard.want(t, AdminGroup)
}

// unwatched is a watch that gets nothing from the kernel, and whose looks the
// test takes.
func unwatched(root string) (*Watch, *[]Cause) {
	var told []Cause
	w := New(root, nil, func(c Cause) { told = append(told, c) })
	w.files, w.network, w.read = files{err: errors.New("too many open files")}, network{problem: "no socket"}, w.clock.read()
	w.look()
	return w, &told
}

func TestComparedWhereNothingIsWatched(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	w, told := unwatched(root)
	for _, path := range []string{admins, sealed, logins} {
		write(t, filepath.Join(root, path), "a")
	}
	w.look()
	write(t, filepath.Join(root, known, "Settings", "other"), "")
	must(t, os.RemoveAll(filepath.Join(root, prefs)))
	w.look()
	w.look()
	if want := []Cause{AdminGroup, RecoveryKey, ManagedPreferences, Profiles}; !slices.Equal(*told, want) {
		t.Errorf("told of %v, want %v", *told, want)
	}
	for _, s := range w.State() {
		switch {
		case s.Cause == Network && (s.How != Denied || s.Problem != "no socket"),
			s.Cause != Network && s.How != Compared,
			s.Cause == AdminGroup && s.Problem != "too many open files":
			t.Errorf("%+v", s)
		}
	}
}

// While nobody may look, nothing has changed; what did meanwhile is told after.
func TestChangeBehindADoor(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	groups := filepath.Dir(filepath.Join(root, admins))
	w, told := unwatched(root)
	must(t, os.Rename(groups, groups+".old"))
	must(t, os.Symlink("groups", groups)) // a circle
	w.look()
	if how := adminGroup(w); how != Denied || len(*told) > 0 {
		t.Errorf("%s, told of %v", how, *told)
	}
	must(t, os.Remove(groups))
	must(t, os.Rename(groups+".old", groups))
	w.look()
	if len(*told) > 0 {
		t.Errorf("nothing changed, told of %v", *told)
	}
	must(t, os.Rename(groups, groups+".old"))
	must(t, os.Symlink("groups", groups))
	w.look()
	must(t, os.Remove(groups))
	must(t, os.Rename(groups+".old", groups))
	write(t, filepath.Join(root, admins), "a")
	w.look()
	if !slices.Equal(*told, []Cause{AdminGroup}) {
		t.Errorf("told of %v", *told)
	}
}

func TestOtherUserAtTheConsole(t *testing.T) {
	t.Parallel()
	w, told := unwatched(laidOut(t))
	w.console.owner++ // it was somebody else
	w.look()
	w.look()
	if !slices.Equal(*told, []Cause{ConsoleUser}) {
		t.Errorf("told of %v", *told)
	}
}

func TestSleepIsTold(t *testing.T) {
	t.Parallel()
	w, told := unwatched(laidOut(t))
	w.read.asleep -= time.Hour
	w.read.wall = w.read.wall.Add(-time.Hour)
	w.look()
	w.read.wall = w.read.wall.Add(-time.Hour)
	w.look()
	w.look()
	if !slices.Equal(*told, []Cause{Wake, ClockSet}) {
		t.Errorf("told of %v", *told)
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	must(t, os.Remove(filepath.Join(root, sealed)))
	overfill(t, filepath.Join(root, known))
	must(t, os.RemoveAll(filepath.Join(root, prefs)))
	must(t, os.Symlink(root, filepath.Join(root, prefs)))
	must(t, os.RemoveAll(filepath.Join(root, filepath.Dir(admins))))
	must(t, os.Symlink("groups", filepath.Join(root, filepath.Dir(admins)))) // a circle
	must(t, os.Remove(filepath.Join(root, device)))
	w := New(root, nil, func(Cause) {})
	if before := w.State(); len(before) != 0 {
		t.Errorf("before the first look: %+v", before)
	}
	w.files, w.read = watchFiles(), w.clock.read()
	defer w.files.close()
	w.look()
	at := func(path string) string { return filepath.Join(root, path) }
	want := []Source{
		{Wake, "", Compared, ""},
		{Network, "", Denied, ""},
		{ConsoleUser, at(device), Denied, "no such file or directory"},
		{ConsoleUser, at(logins), Watched, ""},
		{AdminGroup, at(admins), Denied, "lstat " + at(admins) + ": too many levels of symbolic links"},
		{ManagedPreferences, at(prefs), Compared, errOddKind.Error()},
		{Profiles, at(known), Compared, errCrowded.Error()},
		{RecoveryKey, at(sealed), Compared, errNothingThere.Error()},
	}
	if got := w.State(); !slices.Equal(got, want) {
		t.Errorf("State\n%+v\nwant\n%+v", got, want)
	}
}

// A watch that was lost is set again, though the file is the same as ever.
func TestFileThatComesBack(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	w, _ := unwatched(root)
	w.files = watchFiles()
	defer w.files.close()
	w.look()
	path := filepath.Join(root, admins)
	watched := func() bool { return slices.Contains(w.files.watcher.WatchList(), path) }
	must(t, os.Rename(path, path+".old"))
	eventually(t, "end of the watch", func() bool {
		select {
		case <-w.files.events():
		default:
		}
		return !watched()
	})
	must(t, os.Rename(path+".old", path))
	w.look()
	if !watched() {
		t.Error("the watch was not set again")
	}
}

// found says how one cause is noticed.
func (w *Watch) found(t *testing.T, c Cause) Source {
	t.Helper()
	sources := w.State()
	i := slices.IndexFunc(sources, func(s Source) bool { return s.Cause == c })
	if i < 0 {
		t.Fatalf("no %s", c)
	}
	return sources[i]
}

// looking is a watch that the kernel would tell, but whose looks the test takes.
func looking(t *testing.T, root string) (*Watch, *[]Cause) {
	t.Helper()
	w, told := unwatched(root)
	w.files = watchFiles()
	t.Cleanup(w.files.close)
	w.look()
	return w, told
}

// The folders in a place are watched as long as they are there.
func TestFoldersWithin(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	w, told := looking(t, root)
	settings, store := filepath.Join(root, known, "Settings"), filepath.Join(root, known, "Store")
	watched := func(path string) bool { return slices.Contains(w.files.watcher.WatchList(), path) }
	must(t, os.Mkdir(store, 0o755))
	must(t, os.Symlink("Settings", filepath.Join(root, known, "link")))
	w.look()
	if !watched(settings) || !watched(store) || watched(filepath.Join(root, known, "link")) {
		t.Errorf("watched: %q", w.files.watcher.WatchList())
	}
	must(t, os.Rename(store, filepath.Join(root, "Store")))
	w.look()
	if watched(store) {
		t.Error("it is gone, and watched")
	}
	write(t, filepath.Join(settings, "some"), "a")
	w.look()
	w.look()
	if want := []Cause{Profiles, Profiles, Profiles}; !slices.Equal(*told, want) {
		t.Errorf("told of %v, want %v", *told, want)
	}
}

// All the folders in a place share its room: a crowd in one leaves none for those
// after it, and the place says so.
func TestCrowdWithin(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	at := func(name string) string { return filepath.Join(root, known, name) }
	must(t, os.RemoveAll(at("Settings")))
	for _, name := range []string{"a", "b", "c", "d"} {
		must(t, os.Mkdir(at(name), 0o755))
	}
	for i := range 126 {
		write(t, filepath.Join(at("a"), fmt.Sprint(i)), "")
		write(t, filepath.Join(at("b"), fmt.Sprint(i)), "")
	}
	w, told := looking(t, root)
	if got := w.found(t, Profiles); got.How != Watched || got.Problem != "" {
		t.Errorf("full: %+v", got)
	}
	write(t, filepath.Join(at("b"), "one more"), "")
	write(t, filepath.Join(at("c"), "one"), "")
	w.look()
	if got := w.found(t, Profiles); got.How != Compared || got.Problem != errCrowded.Error() {
		t.Errorf("crowded: %+v", got)
	}
	for name, want := range map[string]bool{"a": true, "b": false, "c": false, "d": true} {
		if got := slices.Contains(w.files.watcher.WatchList(), at(name)); got != want {
			t.Errorf("%s is watched: %t, want %t", name, got, want)
		}
	}
	write(t, filepath.Join(at("c"), "another"), "") // which can be seen from outside
	w.look()
	if want := []Cause{Profiles, Profiles}; !slices.Equal(*told, want) {
		t.Errorf("told of %v, want %v", *told, want)
	}
}

// A folder that cannot be seen any more may have had more entries than there is
// room for now: those after it are looked at all the same.
func TestRoomThatIsOutgrown(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	must(t, os.Symlink("circle", filepath.Join(root, "circle")))
	must(t, os.Mkdir(filepath.Join(root, "empty"), 0o755))
	was, err := look(filepath.Join(root, prefs), mostEntries)
	must(t, err)
	hidden := &place{path: filepath.Join(root, "circle", "ann"), last: was}
	empty := &place{path: filepath.Join(root, "empty")}
	p := &place{room: 1, inner: []*place{hidden, empty}}
	if (files{}).lookWithin(p) || empty.last.crowd {
		t.Errorf("%+v", empty.last)
	}
}

// A folder further down that changed while nobody could get there is told after.
func TestChangeWithinBehindADoor(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	folder := filepath.Join(root, known)
	w, told := unwatched(root)
	db := filepath.Dir(folder)
	must(t, os.Rename(db, db+".old"))
	must(t, os.Symlink("db", db)) // a circle
	w.look()
	if got := w.found(t, Profiles); got.How != Denied {
		t.Errorf("behind the door: %+v", got)
	}
	must(t, os.Remove(db))
	must(t, os.Rename(db+".old", db))
	write(t, filepath.Join(folder, "Settings", "some"), "a")
	w.look()
	w.look()
	if want := []Cause{Profiles}; !slices.Equal(*told, want) {
		t.Errorf("told of %v, want %v", *told, want)
	}
}

// A folder that has become a crowd costs no open files any more.
func TestCrowdIsLetGo(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	w, _ := unwatched(root)
	w.files = watchFiles()
	defer w.files.close()
	path := filepath.Join(root, prefs)
	for _, want := range []bool{true, false, true} {
		w.look()
		if got := slices.Contains(w.files.watcher.WatchList(), path); got != want {
			t.Errorf("watched: %t, want %t", got, want)
		}
		if want {
			overfill(t, path)
		} else {
			must(t, os.RemoveAll(path))
			must(t, os.Mkdir(path, 0o755))
		}
	}
}

// Somebody may write without end: looks stay a moment apart, and the last change
// is told as well.
func TestRainOfChanges(t *testing.T) {
	t.Parallel()
	root := laidOut(t)
	const gather = 50 * time.Millisecond
	began := time.Now()
	w, heard := watching(t, root, never, gather)
	path := filepath.Join(root, admins)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	defer file.Close()
	for range 10_000 {
		_, err := file.WriteString("a")
		must(t, err)
	}
	heard.want(t, AdminGroup)
	must(t, os.Remove(path))
	eventually(t, "look at the last change", func() bool { return adminGroup(w) == Compared })
	if told, most := len(heard)+1, int(time.Since(began)/gather)+1; told > most {
		t.Errorf("told %d times, want at most %d", told, most)
	}
}

// inBubble is a clock that agrees with the time in a bubble: nobody sleeps there.
func inBubble() clock {
	c := newClock()
	c.sleepless = func() (time.Duration, error) { return time.Since(c.origin), nil }
	return c
}

// However often the network changes, it is told once a second.
func TestRainOfNews(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []time.Duration
		began := time.Now()
		w := New(t.TempDir(), nil, func(c Cause) {
			if c == Network {
				told = append(told, time.Since(began))
			}
		})
		w.clock, w.network.changed = inBubble(), make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { w.loop(ctx); close(ended) }()
		for range 10_000 {
			w.network.changed <- struct{}{}
			time.Sleep(250 * time.Microsecond)
		}
		time.Sleep(10 * time.Minute)
		cancel()
		<-ended
		if len(told) != 3 { // of 2.5 seconds, after the first, the second and the third
			t.Errorf("told after %v", told)
		}
	})
}

// Between events nothing is done but one look a minute.
func TestBeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		root := laidOut(t)
		var told atomic.Int64
		w := New(root, nil, func(Cause) { told.Add(1) })
		w.clock = inBubble()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { w.loop(ctx); close(ended) }()
		synctest.Wait()
		write(t, filepath.Join(root, admins), "a")
		time.Sleep(minute - time.Millisecond)
		synctest.Wait()
		if told.Load() != 0 {
			t.Error("told before the minute was over")
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if told.Load() != 1 {
			t.Errorf("told %d times after a minute", told.Load())
		}
		cancel()
		<-ended
	})
}

// An event shortly before the beat has its moment all the same.
func TestBeatWaitsForAnEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told := make(chan time.Duration, 1)
		began := time.Now()
		w := New(t.TempDir(), nil, func(Cause) { told <- time.Since(began) })
		w.clock, w.network.changed = inBubble(), make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { w.loop(ctx); close(ended) }()
		time.Sleep(minute - gather/2)
		w.network.changed <- struct{}{}
		if got := <-told; got != minute+gather/2 {
			t.Errorf("told after %s, want %s", got, minute+gather/2)
		}
		cancel()
		<-ended
	})
}
