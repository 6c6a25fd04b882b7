package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// ErrRunning means that another daemon is at work on this Mac.
var ErrRunning = errors.New("another tokenward is already running")

// holder is what stands in the lock file, for the text of an error alone: nothing
// is decided by it.
type holder struct {
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

const maxHolder = 200 // bytes

// lock makes sure that there is one daemon. The kernel releases it with the
// process, however that ends.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := hold(f); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { _ = f.Close() }, nil
}

func hold(f *os.File) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() || !rootfile.Trusted(info):
		// Whoever owns it could hold it for ever. In /var/run a group may make files.
		return fmt.Errorf("%w: it belongs to another user or is no regular file", rootfile.ErrUntrusted)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("%w%s", ErrRunning, held(f))
	}
	if err != nil {
		return err
	}
	note(f)
	return nil
}

// note writes who holds the lock. On a full disk nobody will know, and it holds all
// the same.
func note(f *os.File) {
	text, err := json.Marshal(holder{os.Getpid(), time.Now().UTC().Truncate(time.Second)})
	if err == nil && f.Truncate(0) == nil {
		_, _ = f.WriteAt(append(text, '\n'), 0)
	}
}

// held says who holds the lock, empty where that cannot be read.
func held(f *os.File) string {
	var h holder
	data, err := io.ReadAll(io.LimitReader(f, maxHolder))
	if err != nil || json.Unmarshal(data, &h) != nil || h.PID <= 0 || h.Since.IsZero() {
		return ""
	}
	return fmt.Sprintf(", as process %d since %s", h.PID, h.Since.Local().Format("15:04 on 2 January"))
}
