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
	if root == filepath.Dir(root) {
		return fmt.Errorf("lay out simulated Mac: %s is the real root", root)
	}
	if err := folder(root).layOut(&m, exe); err != nil {
		return fmt.Errorf("lay out simulated Mac in %s: %w", dir, err)
	}
	return nil
}

func (f folder) layOut(m *state.Mac, exe string) error {
	if err := placeProgram(f.path(programPath), exe); err != nil {
		return err
	}
	if err := os.WriteFile(f.path(deniedPath), nil, 0o600); err != nil {
		return err
	}
	if err := os.Remove(f.path(callsPath)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := f.writeShell(); err != nil {
		return err
	}
	return f.save(m, nil)
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
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // tools are for everybody
		return err
	}
	exe, err := filepath.EvalSymlinks(exe) // a hard link would link the link
	if err != nil {
		return err
	}
	if same(path, exe) {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if os.Link(exe, path) == nil {
		return nil
	}
	return copyProgram(path, exe)
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
