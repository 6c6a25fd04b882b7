package macsim

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// place puts a relative link at the tool's path, so that the folder can be
// moved; or nothing, or what cannot be run, where that is its fault. It looks at
// the disk, since another version may have laid out the folder.
func (f folder) place(t tool.Tool, m *state.Mac) error {
	path := f.path(t.Path)
	program, err := f.relative(path, programPath)
	if err != nil {
		return err
	}
	denied, err := f.relative(path, deniedPath)
	if err != nil {
		return err
	}
	there, err := linkAt(path)
	switch {
	case err != nil:
		return err
	case there != "" && there != program && there != denied:
		return fmt.Errorf("%s is not a link of a simulated Mac", path)
	}
	switch lasting(m, t.Name()) {
	case state.Missing:
		if there == "" {
			return nil
		}
		return os.Remove(path)
	case state.Denied:
		return relink(path, there, denied)
	default:
		return relink(path, there, program)
	}
}

// relative is the path to something of the simulator from where a tool lies.
func (f folder) relative(from, to string) (string, error) {
	return filepath.Rel(filepath.Dir(from), f.path(to))
}

// linkAt is where a link leads; empty where nothing lies there. What is no link
// is none of ours.
func linkAt(path string) (string, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	case info.Mode()&fs.ModeSymlink == 0:
		return "", fmt.Errorf("%s is not a link of a simulated Mac", path)
	}
	return os.Readlink(path)
}

// relink replaces a link at once, so that the tool is there all the time.
func relink(path, there, target string) error {
	if there == target {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // tools are for everybody
		return err
	}
	fresh := path + ".macsim"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(target, fresh); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

// writeFiles brings the folder from one set of files to another. No link in the
// folder leads it out.
func (f folder) writeFiles(now, before map[string]state.File) error {
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return err
	}
	defer root.Close()
	gone := slices.AppendSeq([]string{sealedKey}, maps.Keys(before))
	for _, path := range gone {
		if _, stays := now[path]; stays {
			continue
		}
		if err := root.RemoveAll(within(path)); err != nil {
			return err
		}
	}
	paths := slices.Sorted(maps.Keys(now))
	slices.Reverse(paths) // what lies in a folder before the folder, whose time it changes
	for _, path := range paths {
		if isTool(path) {
			return fmt.Errorf("files: %s is the path of a tool", path)
		}
		if err := writeFile(root, now[path]); err != nil {
			return err
		}
	}
	return nil
}

func isTool(path string) bool {
	return slices.ContainsFunc(tool.All(), func(t tool.Tool) bool { return t.Path == path })
}

// within is a path below a root.
func within(path string) string { return filepath.Clean("/" + path)[1:] }

// writeFile puts one file or folder there. Its mode is set last: it may keep
// even its owner out.
func writeFile(root *os.Root, file state.File) error {
	path := within(file.Path)
	if err := writeContent(root, path, file); err != nil {
		return err
	}
	if !file.Modified.IsZero() {
		if err := root.Chtimes(path, file.Modified, file.Modified); err != nil {
			return err
		}
	}
	return root.Chmod(path, modeOf(file).Perm())
}

func writeContent(root *os.Root, path string, file state.File) error {
	if file.Folder {
		return root.MkdirAll(path, 0o755)
	}
	if have, err := root.ReadFile(path); err == nil && string(have) == file.Content {
		return nil
	}
	if err := root.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // which may be one that nobody may write to
	}
	return root.WriteFile(path, []byte(file.Content), 0o600)
}
