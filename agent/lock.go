package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/tokenward/tokenward/internal/paths"
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

// Lock makes sure that there is one daemon, and none while its files are purged. It
// fails with ErrRunning where there is one, and with fs.ErrNotExist where there is no
// folder for the lock file. The kernel releases it with the process, however that
// ends.
//
// In /var/run a group may remove names (community), and then a second daemon could
// hold a second file. So the folder of the state is locked as well, if it is there:
// nobody but root can move that one away.
func Lock(p paths.Paths) (unlock func(), err error) {
	file, err := lock(p.Lock())
	if err != nil {
		return nil, err
	}
	folder, err := lockFolder(p.State())
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	note(file)
	return func() {
		_ = folder.Close() // nil where there is none
		_ = file.Close()
	}, nil
}

// lock takes the lock file. A daemon that ends, or a purge, may remove the name while
// we open it: what we hold then is no lock, and there is another.
func lock(path string) (*os.File, error) {
	const tries = 5
	err := errGone
	for i := 0; i < tries && errors.Is(err, errGone); i++ {
		var f *os.File
		f, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
		if err != nil {
			return nil, fmt.Errorf("lock: %w", err)
		}
		if err = hold(f, path); err == nil {
			return f, nil
		}
		_ = f.Close()
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// lockFolder locks a folder, and returns nil where there is none. What is no folder,
// or a link to one, no daemon works in.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP) {
		return nil, nil //nolint:nilnil // a nil file can be closed, and holds nothing
	}
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := flock(f); err != nil {
		_ = f.Close()
		if errors.Is(err, ErrRunning) {
			err = fmt.Errorf("%w, and its lock file was removed", err)
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	return f, nil
}

// errGone means that the name of a file leads elsewhere by now.
var errGone = errors.New("it was replaced again and again")

func hold(f *os.File, path string) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() || !rootfile.Trusted(info):
		// Whoever owns it could hold it for ever. In /var/run a group may make files.
		return fmt.Errorf("%w: it belongs to another user or is no regular file", rootfile.ErrUntrusted)
	}
	if err := flock(f); err != nil {
		if errors.Is(err, ErrRunning) {
			err = fmt.Errorf("%w%s", err, held(f))
		}
		return err
	}
	if now, err := os.Lstat(path); err != nil || !os.SameFile(info, now) {
		return errGone
	}
	return nil
}

func flock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrRunning
	}
	return err
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
