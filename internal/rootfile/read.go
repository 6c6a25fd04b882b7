// Package rootfile reads and writes the files that a root daemon trusts.
//
// A file is read only if nobody but root, or the user who runs the program,
// could have put its content there. A file is written so that after a crash at
// any step either the old content or the new one is there, whole.
package rootfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrUntrusted means that somebody else could have changed the file.
var ErrUntrusted = errors.New("not safe to trust")

// Read returns a file's content. The file must be a regular one, no link, owned
// by root or by the user who runs the program, writable by nobody else, in
// folders of which the same is true, and at most limit bytes long. The error is
// or wraps fs.ErrNotExist where there is no such file.
func Read(path string, limit int64) ([]byte, error) { return Files{}.Read(path, limit) }

// ReadSecret is Read for a file that nobody else may even read.
func ReadSecret(path string, limit int64) ([]byte, error) { return Files{}.ReadSecret(path, limit) }

// Read is [Read] on this disk.
func (f Files) Read(path string, limit int64) ([]byte, error) { return f.read(path, limit, 0o022) }

// ReadSecret is [ReadSecret] on this disk.
func (f Files) ReadSecret(path string, limit int64) ([]byte, error) {
	return f.read(path, limit, 0o077)
}

func (f Files) read(path string, limit int64, forbidden fs.FileMode) ([]byte, error) {
	if err := f.checkFolders(filepath.Dir(path)); err != nil {
		return nil, err
	}
	file, err := f.disk().Open(path)
	if errors.Is(err, syscall.ELOOP) {
		return nil, fmt.Errorf("read %s: %w: it is a link", path, ErrUntrusted)
	}
	if err != nil {
		return nil, fmt.Errorf("read: %w", kind(err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if err := checkFile(path, info, limit, forbidden); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", kind(err))
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("read %s: larger than %d bytes", path, limit)
	}
	return data, nil
}

func checkFile(path string, info fs.FileInfo, limit int64, forbidden fs.FileMode) error {
	switch {
	case !info.Mode().IsRegular():
		return fmt.Errorf("read %s: %w: it is not a regular file", path, ErrUntrusted)
	case !ownerTrusted(info):
		return fmt.Errorf("read %s: %w: it belongs to another user", path, ErrUntrusted)
	case info.Mode().Perm()&forbidden != 0:
		return fmt.Errorf("read %s: %w: its mode is %#o, at most %#o is allowed", path, ErrUntrusted, info.Mode().Perm(), 0o777&^forbidden)
	case info.Size() > limit:
		return fmt.Errorf("read %s: larger than %d bytes", path, limit)
	}
	return nil
}

// checkFolders makes sure that nobody else can swap the file or a folder above
// it. A sticky folder, such as /tmp, lets others add names but not move ours.
//
// It ends at the private folder, whose owner and mode say that all that is in it was
// put there by the program or by root. Who may write to a folder above could move
// ours away; that costs what is in it, and no check prevents it. What they put in
// its place is theirs, or a link, and is refused; and in a folder that they swap
// behind the check, a file is still read only if root owns it. To stop reading for
// the mode of a folder that others look after, while writing goes on, would lose
// everything and protect nothing.
func (f Files) checkFolders(dir string) error {
	for {
		if f.Private != "" && dir == filepath.Clean(f.Private) {
			return f.checkPrivate(dir)
		}
		if err := f.checkFolder(dir); err != nil {
			return err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil
		}
		dir = parent
	}
}

func (f Files) checkFolder(dir string) error {
	info, err := f.disk().Stat(dir)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	sticky := info.Mode()&fs.ModeSticky != 0
	if !ownerTrusted(info) || (info.Mode().Perm()&0o022 != 0 && !sticky) {
		return fmt.Errorf("folder %s: %w: others may write to it (mode %#o)", dir, ErrUntrusted, info.Mode().Perm())
	}
	return nil
}

// checkPrivate checks the folder itself, which is no link.
func (f Files) checkPrivate(dir string) error {
	info, err := f.disk().Lstat(dir)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if !info.IsDir() || !ownerTrusted(info) || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("folder %s: %w: it is a link, or others may write to it (%v)", dir, ErrUntrusted, info.Mode())
	}
	return nil
}

// Exposed says whether others may write to a folder above the private one, and so
// could move all that is in it away: an error that wraps ErrUntrusted and names the
// folder. Somebody should know, and nothing need stop.
func (f Files) Exposed() error {
	if f.Private == "" {
		return nil
	}
	return Files{Disk: f.Disk}.checkFolders(filepath.Dir(filepath.Clean(f.Private)))
}

// Trusted says whether a file, as lstat sees it, belongs to root or to the user
// who runs the program.
func Trusted(info fs.FileInfo) bool {
	return info.Mode()&fs.ModeSymlink == 0 && ownerTrusted(info)
}

func ownerTrusted(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && (st.Uid == 0 || int(st.Uid) == os.Geteuid())
}
