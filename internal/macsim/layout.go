package macsim

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Layout makes dir the root folder of a simulated Mac: every tool at its own
// path under it, and the state that they answer from. exe is a program whose
// main calls [Main]; it is linked or copied into the folder, so that the folder
// outlives it. A folder that holds a simulated Mac already becomes the new one.
// The real root and tools that are not links are never touched.
func Layout(dir string, m state.Mac, exe string) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("lay out simulated Mac: %w", err)
	}
	f := folder(root)
	if err := f.check(); err != nil {
		return fmt.Errorf("lay out simulated Mac: %w", err)
	}
	if err := f.layOut(&m, exe); err != nil {
		return fmt.Errorf("lay out simulated Mac in %s: %w", dir, err)
	}
	return nil
}

// check refuses the real root, by whatever name, and a folder that holds
// something else than a simulated Mac.
func (f folder) check() error {
	if same(string(f), "/") {
		return fmt.Errorf("%s is the real root", string(f))
	}
	if _, err := os.Stat(f.path(ownFolder)); err == nil {
		return nil
	}
	entries, err := os.ReadDir(string(f))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty, and holds no simulated Mac", string(f))
	}
	return nil
}

func (f folder) layOut(m *state.Mac, exe string) error {
	if err := os.MkdirAll(f.path(ownFolder), 0o755); err != nil { //nolint:gosec // tools are for everybody
		return err
	}
	unlock, err := f.lock()
	if err != nil {
		return err
	}
	defer unlock()
	before, err := f.read()
	if err != nil {
		before = state.Mac{} // none, or one that nobody can read any more
	}
	if err := placeProgram(f.path(programPath), exe); err != nil {
		return err
	}
	if err := os.WriteFile(f.path(deniedPath), nil, 0o600); err != nil {
		return err
	}
	for _, old := range f.leftovers(m) {
		if err := os.RemoveAll(f.path(old)); err != nil {
			return err
		}
	}
	return f.save(m, filesOf(&before))
}

// leftovers are what an earlier Mac in the folder has left that is none of the
// new one's.
func (f folder) leftovers(m *state.Mac) []string {
	if m.Server.Address == "" {
		return []string{callsPath, identityPath}
	}
	return []string{callsPath}
}

// Change lets something happen to the Mac in dir while its tools run. An error
// of how leaves the Mac as it was.
func Change(dir string, how func(*state.Mac) error) error {
	return folder(dir).change(how)
}

// Open reads the Mac in dir, and asks its real server, if it has one, what that
// has.
func Open(dir string) (state.Mac, error) {
	m, err := folder(dir).load()
	if err == nil {
		m.Refresh()
	}
	return m, err
}

// placeProgram links the program, or copies it where a link cannot be made, as
// between two volumes.
func placeProgram(path, exe string) error {
	exe, err := filepath.EvalSymlinks(exe) // a hard link would link the link
	if err != nil {
		return err
	}
	if same(path, exe) {
		return nil
	}
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if os.Link(exe, fresh) != nil {
		if err := copyProgram(fresh, exe); err != nil {
			return err
		}
	}
	return os.Rename(fresh, path) // tools that run go on running
}

func same(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

func copyProgram(path, exe string) (err error) {
	from, err := os.Open(exe)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755) //nolint:gosec // a program
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	_, err = io.Copy(to, from)
	return err
}
