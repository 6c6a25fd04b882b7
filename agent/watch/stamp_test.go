package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replace is how a careful program writes: the name gets another file.
func replace(t *testing.T, path, content string) {
	t.Helper()
	write(t, path+".new", content)
	must(t, os.Rename(path+".new", path))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// overfill makes a crowd of a folder.
func overfill(t *testing.T, folder string) {
	t.Helper()
	for i := range mostEntries + 1 {
		write(t, filepath.Join(folder, fmt.Sprint(i)), "")
	}
}

// alike gives every file the same time, so that a test differs in one thing.
func alike(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		must(t, os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)))
	}
}

func TestChangeOfAStamp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		before func(t *testing.T, path string)
		then   func(t *testing.T, path string)
		want   bool
	}{
		{
			"nothing there, and nothing comes",
			func(*testing.T, string) {}, func(*testing.T, string) {}, false,
		},
		{
			"a file comes",
			func(*testing.T, string) {}, func(t *testing.T, path string) { write(t, path, "") }, true,
		},
		{
			"a file goes",
			func(t *testing.T, path string) { write(t, path, "") }, func(t *testing.T, path string) { must(t, os.Remove(path)) }, true,
		},
		{
			"a file is read",
			func(t *testing.T, path string) { write(t, path, "a") },
			func(t *testing.T, path string) { _, err := os.ReadFile(path); must(t, err) }, false,
		},
		{
			"a file grows",
			func(t *testing.T, path string) { write(t, path, "a"); alike(t, path) },
			func(t *testing.T, path string) { write(t, path, "ab"); alike(t, path) }, true,
		},
		{
			"a file gets another time",
			func(t *testing.T, path string) { write(t, path, "a") }, func(t *testing.T, path string) { alike(t, path) }, true,
		},
		{
			"a file may be read by others",
			func(t *testing.T, path string) { write(t, path, "a") },
			func(t *testing.T, path string) { must(t, os.Chmod(path, 0o644)) }, true,
		},
		{
			"a file is replaced by one that looks the same",
			func(t *testing.T, path string) { write(t, path, "a"); alike(t, path) },
			func(t *testing.T, path string) { replace(t, path, "b"); alike(t, path) }, true,
		},
		{
			"a file becomes a folder",
			func(t *testing.T, path string) { write(t, path, "") },
			func(t *testing.T, path string) { must(t, os.Remove(path)); must(t, os.Mkdir(path, 0o755)) }, true,
		},
		{
			"a folder gets a file",
			func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o755)); alike(t, path) },
			func(t *testing.T, path string) { write(t, filepath.Join(path, "a"), ""); alike(t, path) }, true,
		},
		{
			"a file in a folder grows",
			func(t *testing.T, path string) { write(t, filepath.Join(path, "a"), "a"); alike(t, path) },
			func(t *testing.T, path string) { write(t, filepath.Join(path, "a"), "ab"); alike(t, path) }, true,
		},
		{
			"a file in a folder gets another name",
			func(t *testing.T, path string) { write(t, filepath.Join(path, "a"), ""); alike(t, path) },
			func(t *testing.T, path string) {
				must(t, os.Rename(filepath.Join(path, "a"), filepath.Join(path, "b")))
				alike(t, path)
			}, true,
		},
		{
			"a folder in a folder gets a file",
			func(t *testing.T, path string) {
				must(t, os.MkdirAll(filepath.Join(path, "a"), 0o755))
				alike(t, filepath.Join(path, "a"), path)
			},
			func(t *testing.T, path string) { write(t, filepath.Join(path, "a", "b"), ""); alike(t, path) }, true,
		},
		{
			"a file in a crowd grows",
			func(t *testing.T, path string) { overfill(t, path); alike(t, path) },
			func(t *testing.T, path string) { write(t, filepath.Join(path, "0"), "a"); alike(t, path) }, false,
		},
		{
			"a crowd gets a file",
			func(t *testing.T, path string) { overfill(t, path); alike(t, path) },
			func(t *testing.T, path string) { write(t, filepath.Join(path, "a"), "") }, true,
		},
		{
			"a link is turned to another file",
			func(t *testing.T, path string) { must(t, os.Symlink("a", path)) },
			func(t *testing.T, path string) { must(t, os.Remove(path)); must(t, os.Symlink("ab", path)) }, true,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "place")
			tc.before(t, path)
			was, err := look(path, mostEntries)
			must(t, err)
			tc.then(t, path)
			is, err := look(path, mostEntries)
			must(t, err)
			if got := was.changed(is); got != tc.want {
				t.Errorf("changed = %t, want %t", got, tc.want)
			}
		})
	}
}

// What nobody could see has not changed, whatever it was before and after.
func TestUnseenHasNotChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "place")
	nothing, err := look(path, mostEntries)
	must(t, err)
	write(t, path, "")
	file, err := look(path, mostEntries)
	must(t, err)
	for _, s := range []stamp{nothing, file} {
		if (stamp{}).changed(s) || s.changed(stamp{}) {
			t.Errorf("%+v has changed", s)
		}
	}
	if (stamp{}).changed(stamp{}) {
		t.Error("nobody looked, and it has changed")
	}
}

func TestPathThatCannotBeLookedAt(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	must(t, os.Symlink("circle", filepath.Join(root, "circle")))
	got, err := look(filepath.Join(root, "circle", "place"), mostEntries)
	if !errors.Is(err, syscall.ELOOP) || got.seen {
		t.Errorf("look = %+v, %v", got, err)
	}
	write(t, filepath.Join(root, "file"), "")
	if got, err = look(filepath.Join(root, "file", "place"), mostEntries); err != nil || !got.seen || got.info != nil {
		t.Errorf("below a file, look = %+v, %v", got, err)
	}
}
