package rootfile

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// Files are the operations of this package on a disk; the functions of the same
// names are those on [OS], which is also what no disk means.
type Files struct {
	Disk Disk

	// Private is a folder of the program's own, made by PrivateFolder. What is below
	// it is read whatever the folders above it are: see [Files.Exposed]. Empty: none.
	Private string
}

func (f Files) disk() Disk {
	if f.Disk == nil {
		return OS{}
	}
	return f.Disk
}

// Lstat says what is under a name, and not what a link there points to.
func (f Files) Lstat(path string) (fs.FileInfo, error) { return f.disk().Lstat(path) }

// List says what is in a folder, by name.
func (f Files) List(dir string) ([]fs.DirEntry, error) { return f.disk().List(dir) }

// The kinds of failures that are the disk's and not the program's: nothing of
// what was asked for has happened, and it may work later. The error that wraps
// one of them names the file.
var (
	ErrNoSpace  = errors.New("the disk is full") // no bytes, no inodes, or none left of a quota
	ErrReadOnly = errors.New("the disk is read-only")
	ErrBadBlock = errors.New("the disk cannot read or write a block of it")
)

// kind gives a failure its kind, if it has one.
func kind(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case errors.Is(err, syscall.EIO):
		return fmt.Errorf("%w: %w", ErrBadBlock, err)
	}
	return err
}
