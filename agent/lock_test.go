//go:build !darwin

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

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
)

// places are those of a Mac on which no daemon has run, with the folder of locks.
func places(t *testing.T) paths.Paths {
	t.Helper()
	p := paths.Under(t.TempDir())
	if err := os.MkdirAll(filepath.Dir(p.Lock()), 0o755); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLockSaysWhoHoldsIt(t *testing.T) {
	t.Parallel()
	p := places(t)
	unlock, err := Lock(p)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Lock(p)
	if want := fmt.Sprintf("process %d since %s", os.Getpid(), time.Now().Format("15:")); !errors.Is(err, ErrRunning) || !strings.Contains(err.Error(), want) {
		t.Errorf("lock = %v, want %q in it", err, want)
	}
	unlock()
	if unlock, err = Lock(p); err != nil {
		t.Fatalf("it was not released: %v", err)
	}
	unlock()
}

// What stands in the file decides nothing.
func TestLockTrustsNoText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "1", "{", `{"pid":-1}`, `{"pid":1,"since":"soon"}`, strings.Repeat("9", 10000), `{"pid":1,"since":"2026-01-01T00:00:00Z"}`} {
		p := places(t)
		path := p.Lock()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		unlock, err := Lock(p)
		if err != nil {
			t.Fatalf("%.20q: %v", text, err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Lock(p); !errors.Is(err, ErrRunning) || len(err.Error()) > 300 {
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

// Whoever removes the name of the lock makes no room for a second daemon.
func TestLockOutlivesItsName(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(string) error{
		"removed":  os.Remove,
		"renamed":  func(path string) error { return os.Rename(path, path+".old") },
		"replaced": func(path string) error { return errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := places(t)
			if err := os.MkdirAll(p.State(), 0o700); err != nil {
				t.Fatal(err)
			}
			unlock, err := Lock(p)
			if err != nil {
				t.Fatal(err)
			}
			if err := take(p.Lock()); err != nil {
				t.Fatal(err)
			}
			if _, err := Lock(p); !errors.Is(err, ErrRunning) || !strings.Contains(err.Error(), "was removed") {
				t.Errorf("Lock = %v", err)
			}
			unlock()
			again, err := Lock(p)
			if err != nil {
				t.Fatalf("after it was released: %v", err)
			}
			again()
		})
	}
}

// A name that goes between the opening and the locking leaves a lock on nothing.
func TestLockOnAFileThatIsGone(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(string) error{
		"removed": os.Remove,
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600))
		},
	} {
		path := filepath.Join(t.TempDir(), "lock")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := hold(f, path); err != nil {
			t.Errorf("%s: before: %v", name, err)
		}
		if err := take(path); err != nil {
			t.Fatal(err)
		}
		if err := hold(f, path); !errors.Is(err, errGone) {
			t.Errorf("%s: hold = %v", name, err)
		}
		_ = f.Close()
	}
}

// What stands in the place of the folder of the state is not followed, and keeps
// nobody from purging it.
func TestLockFollowsNoLink(t *testing.T) {
	t.Parallel()
	p, target := places(t), t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Dir(p.State()), 0o755), os.Symlink(target, p.State())); err != nil {
		t.Fatal(err)
	}
	unlock, err := Lock(p)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if f, err := lockFolder(target); err != nil || f.Close() != nil {
		t.Errorf("the target is locked: %v", err)
	}
}
