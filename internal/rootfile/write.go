package rootfile

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/tokenward/tokenward/internal/fault"
)

// TempPrefix begins the name of a file that is being written. What bears it
// after a crash is incomplete and may be removed.
const TempPrefix = ".writing-"

// Write replaces a file's content in one step and does not return before it is
// on the disk. The folder must exist.
func Write(path string, data []byte, mode fs.FileMode) error { return Files{}.Write(path, data, mode) }

// Remove deletes a file and does not return before its absence is on the disk.
// A file that is not there is no error.
func Remove(path string) error { return Files{}.Remove(path) }

// Rename moves a file within its volume and does not return before the move is
// on the disk.
func Rename(from, to string) error { return Files{}.Rename(from, to) }

// Write is [Write] on this disk.
func (f Files) Write(path string, data []byte, mode fs.FileMode) error {
	staged, err := f.Stage(path, data, mode)
	if err != nil {
		return err
	}
	return staged.Place()
}

// Staged is content that is on the disk already, and not yet in its place: all
// that can want of space is behind it.
type Staged struct {
	files      Files
	temp, path string
}

// Stage writes what is to become the file, beside it. Either Place or Discard
// must follow.
func (f Files) Stage(path string, data []byte, mode fs.FileMode) (Staged, error) {
	temp, err := f.writeTemp(filepath.Dir(path), data, mode)
	if err != nil {
		return Staged{}, fmt.Errorf("write %s: %w", path, kind(err))
	}
	return Staged{f, temp, path}, nil
}

// Place puts the content in its place, in one step, and does not return before
// that is on the disk. After an error the file may be the old one or the new.
func (s Staged) Place() error {
	fault.Point(fault.Rename)
	if err := s.files.disk().Rename(s.temp, s.path); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", s.path, kind(err)), s.Discard())
	}
	return s.files.syncFolder(filepath.Dir(s.path))
}

// Discard removes the content again.
func (s Staged) Discard() error { return s.files.disk().Remove(s.temp) }

func (f Files) writeTemp(dir string, data []byte, mode fs.FileMode) (name string, err error) {
	file, err := f.disk().CreateTemp(dir, TempPrefix)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close(), f.disk().Remove(file.Name()))
		}
	}()
	if err := file.Chmod(mode); err != nil {
		return "", err
	}
	fault.Point(fault.Write)
	if _, err := file.Write(data); err != nil {
		return "", err
	}
	fault.Point(fault.Sync)
	if err := file.Sync(); err != nil {
		return "", err
	}
	return file.Name(), file.Close()
}

// Overwrite replaces a part of a file where it lies and does not return before
// it is on the disk. The file keeps its length, so that it works on a full disk,
// unless the file system keeps the old content for a snapshot. A crash may leave
// any mixture of the old bytes and the new: whoever reads it must be able to tell.
func (f Files) Overwrite(path string, at int64, data []byte) error {
	file, err := f.disk().Edit(path)
	if err != nil {
		return fmt.Errorf("write: %w", kind(err))
	}
	if err := overwrite(file, path, at, data); err != nil {
		_ = file.Close() // the first error says more
		return fmt.Errorf("write %s: %w", path, kind(err))
	}
	return file.Close()
}

func overwrite(file File, path string, at int64, data []byte) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := checkFile(path, info, info.Size(), 0o022); err != nil {
		return err
	}
	if at < 0 || at+int64(len(data)) > info.Size() {
		return fmt.Errorf("it has %d bytes, and %d are to be written from %d on", info.Size(), len(data), at)
	}
	fault.Point(fault.Write)
	if _, err := file.WriteAt(data, at); err != nil {
		return err
	}
	fault.Point(fault.Sync)
	return file.Sync()
}

// Remove deletes files of one folder and does not return before their absence is
// on the disk. A file that is not there is no error. One that cannot be removed
// does not protect the others.
func (f Files) Remove(paths ...string) error {
	if len(paths) == 0 {
		return nil
	}
	var failed error
	for _, path := range paths {
		fault.Point(fault.Remove)
		if err := f.disk().Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, kind(err))
		}
	}
	return errors.Join(failed, f.syncFolder(filepath.Dir(paths[0])))
}

// RemoveAll deletes whatever is under a name, a folder with all that is in it,
// and does not return before its absence is on the disk.
func (f Files) RemoveAll(path string) error {
	fault.Point(fault.Remove)
	if err := f.disk().RemoveAll(path); err != nil {
		return kind(err)
	}
	return f.syncFolder(filepath.Dir(path))
}

// Rename is [Rename] on this disk.
func (f Files) Rename(from, to string) error {
	fault.Point(fault.Rename)
	if err := f.disk().Rename(from, to); err != nil {
		return kind(err)
	}
	if err := f.syncFolder(filepath.Dir(to)); err != nil {
		return err
	}
	if filepath.Dir(from) == filepath.Dir(to) {
		return nil
	}
	return f.syncFolder(filepath.Dir(from))
}
