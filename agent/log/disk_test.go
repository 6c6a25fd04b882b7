package log

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
)

// A disk that is full in the middle of a line leaves no half of it behind.
func TestHalfALineIsTakenBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l", "agent.log")
	f := &file{path: path, limits: Limits{Bytes: 1 << 20, Files: 2}}
	defer f.close()
	if err := f.write([]byte("one\n")); err != nil {
		t.Fatal(err)
	}
	const full = 100
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	limited := was
	limited.Cur = full
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limited); err != nil {
		t.Skipf("the size of files cannot be limited: %v", err)
	}
	err := f.write([]byte(strings.Repeat("x", 2*full) + "\n"))
	if undone := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); undone != nil {
		t.Fatal(undone)
	}
	if err == nil {
		t.Error("it was written")
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "one\n" {
		t.Errorf("the file holds %q, %v", data, err)
	}
	if err := f.write([]byte("two\n")); err != nil {
		t.Error(err)
	}
}

// A disk that hangs holds up neither who logs nor who ends.
func TestDiskThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &Log{level: zap.NewAtomicLevel(), lines: make(chan []byte, mostWaiting), turns: make(chan Limits, 1), ended: make(chan struct{}), stop: func() {}}
		logger := l.Logger()
		began := time.Now()
		for range mostWaiting + 3 {
			logger.Info("line")
		}
		l.Change(zap.InfoLevel, Limits{})
		l.Change(zap.InfoLevel, Limits{})
		if err := l.Close(time.Second); err == nil || !strings.Contains(err.Error(), "longer than 1s") || time.Since(began) != time.Second {
			t.Errorf("Close = %v after %s", err, time.Since(began))
		}
		if l.Lost() != 3 {
			t.Errorf("%d lost, want 3", l.Lost())
		}
	})
}
