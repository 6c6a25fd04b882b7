package rootfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tokenward/tokenward/internal/fault"
)

// TempPrefix begins the name of a file that is being written. What bears it
// after a crash is incomplete and may be removed.
const TempPrefix = ".writing-"

// Write replaces a file's content in one step and does not return before it is
// on the disk. The folder must exist.
func Write(path string, data []byte, mode fs.FileMode) error {
	dir := filepath.Dir(path)
	temp, err := writeTemp(dir, data, mode)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	fault.Point(fault.Rename)
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(temp))
	}
	return syncFolder(dir)
}

func writeTemp(dir string, data []byte, mode fs.FileMode) (name string, err error) {
	f, err := os.CreateTemp(dir, TempPrefix+"*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if err := f.Chmod(mode); err != nil {
		return "", err
	}
	fault.Point(fault.Write)
	if _, err := f.Write(data); err != nil {
		return "", err
	}
	fault.Point(fault.Sync)
	if err := f.Sync(); err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// Remove deletes a file and does not return before its absence is on the disk.
// A file that is not there is no error.
func Remove(path string) error {
	fault.Point(fault.Remove)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// Rename moves a file within its volume and does not return before the move is
// on the disk.
func Rename(from, to string) error {
	fault.Point(fault.Rename)
	if err := os.Rename(from, to); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(to)); err != nil {
		return err
	}
	if filepath.Dir(from) == filepath.Dir(to) {
		return nil
	}
	return syncFolder(filepath.Dir(from))
}

func syncFolder(dir string) error {
	fault.Point(fault.Sync)
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	err = f.Sync()
	return errors.Join(err, f.Close())
}

// PrivateFolder makes a folder that only its owner may enter, with those above
// it, and repairs its mode where it was wider.
func PrivateFolder(dir string) error { return folder(dir, 0o700) }

// PublicFolder makes a folder that everybody may look into and only its owner may
// write to, with those above it, and repairs its mode.
func PublicFolder(dir string) error { return folder(dir, 0o755) }

func folder(dir string, mode fs.FileMode) error {
	if err := os.MkdirAll(dir, mode); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if !info.IsDir() || !ownerTrusted(info) {
		return fmt.Errorf("folder %s: %w: it belongs to another user or is no folder", dir, ErrUntrusted)
	}
	if info.Mode().Perm() == mode {
		return nil
	}
	return os.Chmod(dir, mode) // the umask may have narrowed it
}
