package log_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/zap/zapcore"

	"github.com/tokenward/tokenward/agent/log"
	"github.com/tokenward/tokenward/internal/rootfile"
)

// A folder that an admin named keeps its rights: /var/log is everybody's to enter.
func TestFolderOfOthersIsKept(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		mode fs.FileMode
		kept bool // the line
	}{
		{"as /var/log", 0o755, true},
		{"as /tmp", 0o777 | fs.ModeSticky, true},
		{"one that others write to", 0o777, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := place(t)
			must(t, os.Mkdir(filepath.Dir(path), 0o700), os.Chmod(filepath.Dir(path), tc.mode))
			l := log.OpenIn(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
			l.Logger().Info("one")
			if err := l.Close(enough); (err == nil) != tc.kept {
				t.Errorf("Close = %v", err)
			}
			const bits = fs.ModePerm | fs.ModeSticky
			if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode()&bits != tc.mode {
				t.Errorf("the folder is %v, %v", info.Mode(), err)
			}
			if _, err := os.Lstat(path); (err == nil) != tc.kept {
				t.Errorf("the file: %v", err)
			}
		})
	}
	t.Run("one that is not there is not made", func(t *testing.T) {
		t.Parallel()
		path := place(t)
		l := log.OpenIn(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
		l.Logger().Info("one")
		if err := l.Close(enough); err == nil {
			t.Error("it was written")
		}
		if _, err := os.Lstat(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the folder: %v", err)
		}
	})
	t.Run("behind a link, as /tmp is", func(t *testing.T) {
		t.Parallel()
		dir, path := t.TempDir(), place(t)
		must(t, os.Symlink(dir, filepath.Dir(path)))
		l := log.OpenIn(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
		l.Logger().Info("one")
		l.Logger().Info("two")
		closed(t, l)
		if got := lines(t, filepath.Join(dir, "agent.log")); len(got) != 2 {
			t.Errorf("%v", got)
		}
	})
}

// Nothing is appended to a file that is not only ours, and its mode stays.
func TestFilesOfOthers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		take func(path string) error
	}{
		{"another user's", func(path string) error { return os.Chown(path, 4711, 4711) }},
		{"with a second name", func(path string) error { return os.Link(path, path+".other") }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := place(t)
			must(t, os.Mkdir(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("precious\n"), 0o644))
			if err := tc.take(path); err != nil {
				t.Skipf("only root can give a file away: %v", err)
			}
			l := log.Open(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
			l.Logger().Info("one")
			if err := l.Close(enough); err == nil {
				t.Error("it was written")
			}
			if err := log.Shorten(path, 1); !errors.Is(err, rootfile.ErrUntrusted) {
				t.Errorf("Shorten = %v", err)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != "precious\n" {
				t.Errorf("the file holds %q, %v", data, err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
		})
	}
}

// Files of a limit that was lower at this start than at the one before go, with a
// number missing among them as well.
func TestFewerFilesAfterAStart(t *testing.T) {
	t.Parallel()
	path := place(t)
	must(t, os.Mkdir(filepath.Dir(path), 0o700))
	for _, n := range []int{1, 2, 4, 9, 99} {
		must(t, os.WriteFile(fmt.Sprintf("%s.%d", path, n), []byte("{}\n"), 0o600))
	}
	must(t, os.WriteFile(path+".note", nil, 0o600))
	closed(t, log.Open(path, log.Limits{Bytes: 1000, Files: 2}, zapcore.InfoLevel))
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) != 2 || left[0] != path+".1" || left[1] != path+".note" {
		t.Errorf("left: %q, %v", left, err)
	}
}

// Half a line from before a power cut spoils itself alone.
func TestHalfALineIsEnded(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, before, want string }{
		{"half", `{"msg":"ha`, "{\"msg\":\"ha\n"},
		{"whole", "{}\n", "{}\n"},
		{"empty", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := place(t)
			must(t, os.Mkdir(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(tc.before), 0o600))
			l := log.Open(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
			l.Logger().Info("one")
			closed(t, l)
			data, err := os.ReadFile(path)
			rest, ok := strings.CutPrefix(string(data), tc.want+`{"level":"info"`)
			if err != nil || !ok || strings.Count(rest, "\n") != 1 {
				t.Errorf("%q, %v", data, err)
			}
		})
	}
}

// A line is lost that is longer than any of ours, and one that is as long is kept.
func TestLongestLine(t *testing.T) {
	t.Parallel()
	for long, lost := range map[int]uint64{256 << 10: 0, 256<<10 + 1: 1} {
		path := place(t)
		l := log.Open(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
		if n, err := l.Write([]byte(strings.Repeat("x", long-1) + "\n")); n != long || err != nil {
			t.Errorf("Write = %d, %v", n, err)
		}
		if err := l.Close(enough); (err != nil) != (lost > 0) || l.Lost() != lost {
			t.Errorf("%d bytes: Close = %v, %d lost", long, err, l.Lost())
		}
		if _, err := os.Stat(path); (err != nil) != (lost > 0) {
			t.Errorf("%d bytes: %v", long, err)
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, before, want string }{
		{"short", "panic: one\n", "panic: one\n"},
		{"long", strings.Repeat("old\n", 100) + "panic: one\n\tx.go:1\n", "old\nold\npanic: one\n\tx.go:1\n"},
		{"one line without an end", strings.Repeat("x", 100), strings.Repeat("x", 30)},
		{"empty", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "stderr.log")
			must(t, os.WriteFile(path, []byte(tc.before), 0o644))
			open, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
			must(t, err, log.Shorten(path, 30))
			_, err = open.WriteString("more\n") // launchd has it open
			must(t, err, open.Close())
			if data, err := os.ReadFile(path); err != nil || string(data) != tc.want+"more\n" {
				t.Errorf("%q, %v", data, err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
		})
	}
}

func TestShortenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must(t, os.WriteFile(at("victim"), []byte("precious\n"), 0o600), os.Symlink(at("victim"), at("link")), syscall.Mkfifo(at("pipe"), 0o600))
	for _, name := range []string{"link", "pipe", "."} {
		if err := log.Shorten(at(name), 1); err == nil {
			t.Errorf("%s was shortened", name)
		}
	}
	if data, err := os.ReadFile(at("victim")); err != nil || string(data) != "precious\n" {
		t.Errorf("the victim holds %q, %v", data, err)
	}
	if err := log.Shorten(at("none"), 1); err != nil {
		t.Errorf("none: %v", err)
	}
}
