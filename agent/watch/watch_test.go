package watch

import (
	"context"
	"errors"
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
	w := New(root, func(c Cause) { told = append(told, c) })
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
	w := New(root, func(Cause) {})
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
		w := New(t.TempDir(), func(c Cause) {
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
		w := New(root, func(Cause) { told.Add(1) })
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
		w := New(t.TempDir(), func(Cause) { told <- time.Since(began) })
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
