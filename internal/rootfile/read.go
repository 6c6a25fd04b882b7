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
		return nil, fmt.Errorf("read: %w", err)
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
		return nil, fmt.Errorf("read: %w", err)
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
func (f Files) checkFolders(dir string) error {
	for {
		info, err := f.disk().Stat(dir)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		sticky := info.Mode()&fs.ModeSticky != 0
		if !ownerTrusted(info) || (info.Mode().Perm()&0o022 != 0 && !sticky) {
			return fmt.Errorf("folder %s: %w: others may write to it (mode %#o)", dir, ErrUntrusted, info.Mode().Perm())
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil
		}
		dir = parent
	}
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
