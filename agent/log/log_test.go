package log_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/tokenward/tokenward/agent/log"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const enough = 30 * time.Second // for a test machine that is busy

func place(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "tokenward", "agent.log")
}

// lines are those of a log file, each of which must be whole.
func lines(t *testing.T, path string) (all []map[string]any) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var line map[string]any
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			t.Errorf("%s: %v: %q", path, err, s.Bytes())
		}
		all = append(all, line)
	}
	return all
}

// written waits until the log has so many lines.
func written(t *testing.T, path string, want int) {
	t.Helper()
	for range 3000 {
		if data, err := os.ReadFile(path); err == nil && strings.Count(string(data), "\n") == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s never had %d lines", path, want)
}

func closed(t *testing.T, l *log.Log) {
	t.Helper()
	if err := l.Close(enough); err != nil {
		t.Errorf("Close = %v", err)
	}
}

func TestLinesAreWritten(t *testing.T) {
	t.Parallel()
	path := place(t)
	l := log.Open(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
	l.Logger().Debug("too small")
	l.Logger().Info("checked", zap.Int("findings", 2), zap.Duration("took", time.Second))
	l.Change(zapcore.DebugLevel, log.Limits{Bytes: 1 << 20, Files: 2})
	l.Logger().Debug("small")
	closed(t, l)
	got := lines(t, path)
	if len(got) != 2 || got[0]["msg"] != "checked" || got[0]["took"] != "1s" || got[0]["logger"] != "tokenward" || got[1]["msg"] != "small" {
		t.Errorf("%v", got)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %v", name, info, err, want)
		}
	}
}

// Whatever is logged, the files together stay within the limits, and the newest
// lines are there.
func TestRotation(t *testing.T) {
	t.Parallel()
	for _, files := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(files), func(t *testing.T) {
			t.Parallel()
			path := place(t)
			const bytes, many = 2000, 300
			l := log.Open(path, log.Limits{Bytes: bytes, Files: files}, zapcore.InfoLevel)
			logger := l.Logger()
			for i := range many {
				logger.Info("line", zap.Int("n", i))
			}
			closed(t, l)
			entries, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(entries) != files {
				t.Errorf("%d files, %v; want %d", len(entries), err, files)
			}
			for _, e := range entries {
				info, err := e.Info()
				if err != nil || info.Size() > bytes || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %d bytes, %v, %v", e.Name(), info.Size(), info.Mode(), err)
				}
				lines(t, filepath.Join(filepath.Dir(path), e.Name()))
			}
			if got := lines(t, path); got[len(got)-1]["n"] != float64(many-1) {
				t.Errorf("the last line is %v", got[len(got)-1])
			}
		})
	}
}

// With fewer files than before, those that are too many go.
func TestFewerFiles(t *testing.T) {
	t.Parallel()
	path := place(t)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < 6; n++ {
		if err := os.WriteFile(fmt.Sprintf("%s.%d", path, n), []byte("{}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := log.Open(path, log.Limits{Bytes: 1000, Files: 6}, zapcore.InfoLevel)
	l.Change(zapcore.InfoLevel, log.Limits{Bytes: 1000, Files: 3})
	for range 2 {
		l.Logger().Info("line")
		written(t, path, 1)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, l)
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) != 2 {
		t.Errorf("left: %q, %v", left, err)
	}
}

// Whoever removes or renames the file finds the next lines in a new one of that
// name.
func TestFileThatIsTakenAway(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		take func(path string) error
	}{
		{"removed", os.Remove},
		{"renamed", func(path string) error { return os.Rename(path, path+".0") }},
		{"replaced", func(path string) error {
			if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		}},
		{"removed with its folder", func(path string) error { return os.RemoveAll(filepath.Dir(path)) }},
		{"opened to others", func(path string) error {
			if err := os.Chmod(path, 0o666); err != nil {
				return err
			}
			return os.Truncate(path, 0)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := place(t)
			l := log.Open(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
			l.Logger().Info("one")
			written(t, path, 1)
			if err := tc.take(path); err != nil {
				t.Fatal(err)
			}
			l.Logger().Info("two")
			closed(t, l)
			if got := lines(t, path); len(got) != 1 || got[0]["msg"] != "two" {
				t.Errorf("%v", got)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info, err)
			}
		})
	}
}

// A daemon that runs as root writes to no file of somebody else's choice. What it
// cannot write is counted, and told when the way is free again.
func TestLogRefusesAndCounts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		block func(t *testing.T, path, victim string)
	}{
		{"a link as the file", func(t *testing.T, path, victim string) {
			t.Helper()
			must(t, os.Mkdir(filepath.Dir(path), 0o700), os.Symlink(victim, path))
		}},
		{"a link as the folder", func(t *testing.T, path, victim string) {
			t.Helper()
			must(t, os.Symlink(filepath.Dir(victim), filepath.Dir(path)))
		}},
		{"a folder as the file", func(t *testing.T, path, _ string) {
			t.Helper()
			must(t, os.MkdirAll(path, 0o700))
		}},
		{"a file as the folder", func(t *testing.T, path, _ string) {
			t.Helper()
			must(t, os.WriteFile(filepath.Dir(path), nil, 0o600))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path, victim := place(t), filepath.Join(t.TempDir(), "agent.log")
			must(t, os.WriteFile(victim, []byte("precious\n"), 0o644))
			tc.block(t, path, victim)
			l := log.Open(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
			logger := l.Logger()
			for range 3 {
				logger.Info("lost")
			}
			for l.Lost() < 3 {
				time.Sleep(time.Millisecond)
			}
			if data, err := os.ReadFile(victim); err != nil || string(data) != "precious\n" {
				t.Errorf("the victim holds %q, %v", data, err)
			}
			must(t, os.RemoveAll(filepath.Dir(path)))
			logger.Info("kept")
			closed(t, l)
			got := lines(t, path)
			if len(got) != 2 || got[0]["msg"] != "lines were lost" || got[0]["lines"] != 3.0 || got[1]["msg"] != "kept" {
				t.Errorf("%v", got)
			}
		})
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A flood is bounded in memory, and costs the one that logs nothing.
func TestFloodIsCounted(t *testing.T) {
	t.Parallel()
	path := place(t)
	must(t, os.WriteFile(filepath.Dir(path), nil, 0o600)) // nothing can be written
	l := log.Open(path, log.Limits{Bytes: 1 << 20, Files: 2}, zapcore.InfoLevel)
	const many = 10000
	logger := l.Logger()
	for range many {
		logger.Info("line")
	}
	logger.Info(strings.Repeat("x", 300<<10))
	if err := l.Close(enough); err == nil || !strings.Contains(err.Error(), fmt.Sprint(many+1)) {
		t.Errorf("Close = %v, want %d lost", err, many+1)
	}
}

func TestConsole(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		terminal bool
		begins   string
	}{
		{"a terminal", true, "20"},
		{"a pipe", false, `{"level":"info","ts":"20`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			log.Console(&out, tc.terminal, log.Level("info")).Info("checked")
			if !strings.HasPrefix(out.String(), tc.begins) || !strings.Contains(out.String(), "checked") {
				t.Errorf("%q", out.String())
			}
		})
	}
	if log.Level("loud") != zapcore.InfoLevel || log.Level("error") != zapcore.ErrorLevel {
		t.Error("levels")
	}
}
