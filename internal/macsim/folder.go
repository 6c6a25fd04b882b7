package macsim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
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
	m, err := state.Read(f.path(statePath))
	if err != nil {
		return state.Mac{}, err
	}
	return m, f.attach(&m)
}

// attach lets the Mac talk to the real server that it is enrolled with, if it is.
func (f folder) attach(m *state.Mac) error {
	if m.Server.Address == "" {
		return nil
	}
	identity, err := mdm.NewIdentity(f.path(identityPath), m.Server.Authority)
	if err != nil {
		return err
	}
	m.Attach(mdm.NewClient(m.Server.Address, identity))
	return nil
}

// change runs a function on the Mac, alone, and keeps what it has made of it. An
// error keeps nothing.
func (f folder) change(how func(*state.Mac) error) error {
	unlock, err := f.lock()
	if err != nil {
		return fmt.Errorf("lock simulated Mac: %w", err)
	}
	defer unlock()
	m, err := f.load()
	if err != nil {
		return err
	}
	before := m.Clone()
	if err := how(&m); err != nil {
		return err
	}
	return f.save(&m, &before)
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

// save writes the state, and the tools and files that look different by it.
// before is nil where nothing is there yet.
func (f folder) save(m, before *state.Mac) error {
	text, err := m.Encode()
	if err != nil {
		return err
	}
	if err := rootfile.Write(f.path(statePath), text, 0o600); err != nil {
		return err
	}
	if before == nil || !reflect.DeepEqual(m.Faults, before.Faults) {
		for _, t := range tool.All() {
			if err := f.place(t, m); err != nil {
				return err
			}
		}
	}
	if before == nil {
		before = &state.Mac{}
	}
	return f.writeFiles(filesOf(m), filesOf(before))
}

// place puts a relative link at the tool's path, so that the folder can be
// moved; or nothing, or what cannot be run, where that is its fault.
func (f folder) place(t tool.Tool, m *state.Mac) error {
	path, target := f.path(t.Path), programPath
	if err := makeRoom(path); err != nil {
		return err
	}
	switch fault := lasting(m, t.Name()); fault {
	case state.Missing:
		return nil
	case state.Denied:
		target = deniedPath
	default:
	}
	relative, err := filepath.Rel(filepath.Dir(path), f.path(target))
	if err != nil {
		return err
	}
	return os.Symlink(relative, path)
}

// makeRoom removes a link of ours, and makes the folder for a new one.
func makeRoom(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // tools are for everybody
		return err
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink == 0:
		return fmt.Errorf("%s is not a link of a simulated Mac", path)
	}
	return os.Remove(path)
}

// filesOf are the files that lie in the Mac's folder: those described, and the
// one that the state makes. documented: FileVaultPRK.dat holds the recovery key
// for the server while a profile escrows it.
func filesOf(m *state.Mac) map[string]state.File {
	files := map[string]state.File{}
	for _, f := range m.Files {
		files[f.Path] = f
	}
	const sealed = "/private/var/db/FileVaultPRK.dat"
	if key := m.FileVault.RecoveryKey; m.FileVault.EscrowProfile && key.Generation > 0 && key.Escrowed == key.Generation {
		files[sealed] = state.File{Path: sealed, Content: fmt.Sprintf("sealed recovery key %d", key.Generation), Mode: 0o600}
	}
	return files
}

// writeFiles brings the folder from one set of files to another.
func (f folder) writeFiles(now, before map[string]state.File) error {
	for path := range before {
		if _, stays := now[path]; !stays {
			if err := os.Remove(f.path(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	for path, file := range now {
		if file == before[path] {
			continue
		}
		if err := f.writeFile(file); err != nil {
			return err
		}
	}
	return nil
}

func (f folder) writeFile(file state.File) error {
	path := f.path(file.Path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as on a Mac
		return err
	}
	mode := fs.FileMode(file.Mode)
	if mode == 0 {
		mode = 0o644
	}
	return rootfile.Write(path, []byte(file.Content), mode)
}
