package macsim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/tokenward/tokenward/internal/macsim/mdm"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
	"github.com/tokenward/tokenward/internal/rootfile"
)

// Where a simulated Mac keeps what a real one does not have.
const (
	ownFolder   = "/private/var/db/macsim"
	statePath   = ownFolder + "/state.yaml"
	quickPath   = ownFolder + "/state.quick" // the same for programs; see state.EncodeQuick
	lockPath    = ownFolder + "/lock"
	programPath = ownFolder + "/macsim"
	deniedPath  = ownFolder + "/denied" // a program that nobody may run
	callsPath   = ownFolder + "/calls.jsonl"
	shellPath   = ownFolder + "/shell"

	identityPath = ownFolder + "/mdm"
)

// folder is the root folder of a simulated Mac.
type folder string

// path is where something lies that has this path on the Mac, never outside the
// folder.
func (f folder) path(onMac string) string {
	return filepath.Join(string(f), filepath.Clean("/"+onMac))
}

// load reads the Mac. A state file is replaced whole, so that reading needs no
// lock.
func (f folder) load() (state.Mac, error) {
	m, err := f.read()
	if err != nil {
		return state.Mac{}, err
	}
	return m, f.attach(&m)
}

// read is load without a word to a server.
func (f folder) read() (state.Mac, error) {
	if err := f.exists(); err != nil {
		return state.Mac{}, err
	}
	text, err := os.ReadFile(f.path(statePath))
	if err != nil {
		return state.Mac{}, fmt.Errorf("read simulated Mac: %w", err)
	}
	if quick, err := os.ReadFile(f.path(quickPath)); err == nil {
		if m, ok := state.DecodeQuick(quick, text); ok {
			return m, nil
		}
	}
	m, err := state.Decode(f.path(statePath), text)
	if err != nil {
		return state.Mac{}, fmt.Errorf("%w (was it laid out by another version of macsim? macsim up makes it anew)", err)
	}
	return m, nil
}

// exists returns an error that helps where there is no Mac in the folder.
func (f folder) exists() error {
	_, err := os.Stat(f.path(statePath))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("no simulated Mac in %s; see macsim up", string(f))
	}
	return err
}

// attach lets the Mac talk to the real server that it is enrolled with, if it is.
func (f folder) attach(m *state.Mac) error {
	if m.Server.Address == "" {
		return nil
	}
	identity := mdm.NewIdentity(f.path(identityPath), m.Server.Authority)
	m.Attach(mdm.NewClient(m.Server.Address, identity))
	return nil
}

// change runs a function on the Mac, alone, and keeps what it has made of it. An
// error keeps nothing.
func (f folder) change(how func(*state.Mac) error) error {
	if err := f.exists(); err != nil { // which has no place for a lock either
		return err
	}
	unlock, err := f.lock()
	if err != nil {
		return fmt.Errorf("lock simulated Mac: %w", err)
	}
	defer unlock()
	m, err := f.load()
	if err != nil {
		return err
	}
	former := filesOf(&m)
	if err := how(&m); err != nil {
		return err
	}
	return f.save(&m, former)
}

// lock waits until nobody else changes the Mac.
func (f folder) lock() (unlock func(), err error) {
	file, err := os.OpenFile(f.path(lockPath), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { _ = file.Close() }, nil // which unlocks it
}

// save makes the folder look as the Mac does, and writes the state last: what
// ends before that has not happened. A Mac that could not be read again is
// refused. former are the files that the folder holds for the Mac as it was.
func (f folder) save(m *state.Mac, former map[string]state.File) error {
	if err := m.Complete(); err != nil {
		return err
	}
	text, err := m.Encode()
	if err != nil {
		return err
	}
	for _, t := range tool.All() {
		if err := f.place(t, m); err != nil {
			return err
		}
	}
	if err := f.writeFiles(filesOf(m), former); err != nil {
		return err
	}
	if err := f.saveQuick(m, text); err != nil {
		return err
	}
	return rootfile.Write(f.path(statePath), text, 0o600)
}

// saveQuick puts the quick form beside the text that is to come. It need not
// survive a crash of the machine: without it the text is read.
func (f folder) saveQuick(m *state.Mac, text []byte) error {
	quick, err := m.EncodeQuick(text)
	if err != nil {
		return err
	}
	fresh := f.path(quickPath) + ".new"
	if err := os.WriteFile(fresh, quick, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, f.path(quickPath))
}
