package rootfile

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/tokenward/tokenward/internal/fault"
)

// PrivateFolder makes a folder that only its owner may enter, with those above
// it, and repairs its mode where it was wider. A new one is on the disk before
// it returns: what is synced in a folder is of no use if the folder is lost.
func PrivateFolder(dir string) error { return Files{}.PrivateFolder(dir) }

// PublicFolder makes a folder that everybody may look into and only its owner may
// write to, with those above it, and repairs its mode.
func PublicFolder(dir string) error { return Files{}.PublicFolder(dir) }

// PrivateFolder is [PrivateFolder] on this disk.
func (f Files) PrivateFolder(dir string) error { return f.folder(dir, 0o700) }

// PublicFolder is [PublicFolder] on this disk.
func (f Files) PublicFolder(dir string) error { return f.folder(dir, 0o755) }

func (f Files) folder(dir string, mode fs.FileMode) error {
	if err := f.makeFolders(dir, mode); err != nil {
		return fmt.Errorf("folder: %w", kind(err))
	}
	info, err := f.disk().Lstat(dir)
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if !info.IsDir() || !ownerTrusted(info) {
		return fmt.Errorf("folder %s: %w: it belongs to another user or is no folder", dir, ErrUntrusted)
	}
	if info.Mode().Perm() == mode {
		return nil
	}
	return kind(f.disk().Chmod(dir, mode)) // the umask may have narrowed it
}

// makeFolders makes what is missing, from the top.
func (f Files) makeFolders(dir string, mode fs.FileMode) error {
	if _, err := f.disk().Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	above := filepath.Dir(dir)
	if above != dir {
		if err := f.makeFolders(above, mode); err != nil {
			return err
		}
	}
	if err := f.disk().MakeFolder(dir, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.syncFolder(above)
}

// SyncFolder brings the names in a folder to the disk: whoever finds a file that
// an earlier program left cannot know that its name is there.
func (f Files) SyncFolder(dir string) error { return f.syncFolder(dir) }

func (f Files) syncFolder(dir string) error {
	fault.Point(fault.Sync)
	if err := f.disk().SyncFolder(dir); err != nil {
		return fmt.Errorf("sync folder: %w", kind(err))
	}
	return nil
}
