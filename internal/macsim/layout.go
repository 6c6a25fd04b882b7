package macsim

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/run"
)

// Where a simulated Mac keeps what a real one does not have.
const (
	statePath   = "/private/var/db/macsim/state.yaml"
	programPath = "/private/var/db/macsim/macsim"
)

// Layout makes dir the root folder of a simulated Mac: every tool at its own
// path under it, and the state that they answer from. exe is a program whose
// main calls [Main]; it is linked or copied into the folder, so that the folder
// outlives it. A folder that holds a simulated Mac already becomes the new one.
// The real root and tools that are not links are never touched.
func Layout(dir string, m Mac, exe string) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("lay out simulated Mac: %w", err)
	}
	if root == filepath.Dir(root) {
		return fmt.Errorf("lay out simulated Mac: %s is the real root", root)
	}
	if err := layOut(root, m, exe); err != nil {
		return fmt.Errorf("lay out simulated Mac in %s: %w", dir, err)
	}
	return nil
}

func layOut(root string, m Mac, exe string) error {
	state, err := m.Encode()
	if err != nil {
		return err
	}
	if err := placeProgram(filepath.Join(root, programPath), exe); err != nil {
		return err
	}
	if err := rootfile.Write(filepath.Join(root, statePath), state, 0o644); err != nil {
		return err
	}
	for _, tool := range run.Tools() {
		if err := linkTool(root, tool); err != nil {
			return err
		}
	}
	return nil
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

// linkTool puts a relative link at the tool's path, so that the folder can be
// moved.
func linkTool(root string, tool run.Tool) error {
	path := filepath.Join(root, tool.Path())
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // tools are for everybody
		return err
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink == 0:
		return fmt.Errorf("%s is not a link of a simulated Mac", path)
	default:
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	target, err := filepath.Rel(filepath.Dir(path), filepath.Join(root, programPath))
	if err != nil {
		return err
	}
	return os.Symlink(target, path)
}
