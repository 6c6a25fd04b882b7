package agent

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

func TestLockSaysWhoHoldsIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lock(path)
	if want := fmt.Sprintf("process %d since %s", os.Getpid(), time.Now().Format("15:")); !errors.Is(err, ErrRunning) || !strings.Contains(err.Error(), want) {
		t.Errorf("lock = %v, want %q in it", err, want)
	}
	unlock()
	if unlock, err = lock(path); err != nil {
		t.Fatalf("it was not released: %v", err)
	}
	unlock()
}

// What stands in the file decides nothing.
func TestLockTrustsNoText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "1", "{", `{"pid":-1}`, `{"pid":1,"since":"soon"}`, strings.Repeat("9", 10000), `{"pid":1,"since":"2026-01-01T00:00:00Z"}`} {
		path := filepath.Join(t.TempDir(), "lock")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		unlock, err := lock(path)
		if err != nil {
			t.Fatalf("%.20q: %v", text, err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := lock(path); !errors.Is(err, ErrRunning) || len(err.Error()) > 300 {
			t.Errorf("%.20q: %v", text, err)
		}
		unlock()
	}
}

// A lock of somebody else could be held for ever, and a pipe would hang.
func TestLockIsOurs(t *testing.T) {
	t.Parallel()
	t.Run("a pipe", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "lock")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := lock(path); !errors.Is(err, rootfile.ErrUntrusted) {
			t.Errorf("lock = %v", err)
		}
	})
	t.Run("another user's", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "lock")
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, 4711, 4711); err != nil {
			t.Skipf("only root can give a file away: %v", err)
		}
		if _, err := lock(path); !errors.Is(err, rootfile.ErrUntrusted) {
			t.Errorf("lock = %v", err)
		}
	})
}
