package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/launchd"
)

// errDaemonRuns means that somebody holds the daemon's lock.
var errDaemonRuns = errors.New("a daemon still runs, started by something else than launchd: end it first; nothing was purged")

// purge removes what a daemon makes. It holds the daemon's lock meanwhile, so that
// none runs and none starts.
func (a *app) purge(configuration bool, did func(launchd.Step)) error {
	p := a.paths()
	unlock, err := holdLock(p)
	if err != nil {
		return err
	}
	defer unlock()
	places := []string{p.State(), p.Public(), p.Logs(), p.Socket()}
	if configuration {
		places = append(places, p.Config(), p.Preferences())
	}
	for _, path := range append(places, p.Lock()) { // the lock is the last
		gone, err := removeAll(path)
		if err != nil {
			return fmt.Errorf("purge: %w", err)
		}
		if gone {
			did(launchd.Step{Did: "removed", Text: "Removed " + path + "."})
		}
	}
	kept := []string{p.Program(), p.Managed()}
	if !configuration {
		kept = append(kept, p.Config(), p.Preferences())
	}
	did(left(kept...))
	return nil
}

// holdLock takes the lock of the daemon, which the kernel holds for as long as a
// daemon lives. Without the folder of locks there has been no daemon.
func holdLock(p paths.Paths) (unlock func(), err error) {
	unlock, err = agent.Lock(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return func() {}, nil
	case errors.Is(err, agent.ErrRunning):
		return nil, errDaemonRuns
	case err != nil:
		return nil, fmt.Errorf("purge: %w", err)
	}
	return unlock, nil
}

// removeAll removes a file or a folder with all that is in it. No link leads it
// elsewhere: a link itself is removed.
func removeAll(path string) (gone bool, err error) {
	parent, err := os.OpenRoot(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer parent.Close()
	name := filepath.Base(path)
	if _, err := parent.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return true, parent.RemoveAll(name)
}
