package rootfile

import (
	"io"
	"io/fs"
	"os"
	"syscall"
)

// A Disk is what lies below [Files]: the few operations that reading what can be
// trusted and writing what survives a power cut come down to. Names are absolute
// paths, errors are those of package os. There are two: [OS], and the simulated
// one of the tests, which loses what was not synced.
type Disk interface {
	Looks
	Names
	Contents
}

// Looks say what is there and change nothing.
type Looks interface {
	Stat(name string) (fs.FileInfo, error)  // of what a link points to
	Lstat(name string) (fs.FileInfo, error) // of the link itself
	List(dir string) ([]fs.DirEntry, error) // by name
}

// Names are what folders hold. A change of them is on the disk when each folder
// that it changed has been synced, and not before.
type Names interface {
	Rename(from, to string) error // replaces a file, and no folder
	Remove(name string) error
	RemoveAll(name string) error
	MakeFolder(dir string, mode fs.FileMode) error // one, not those above it
	Chmod(name string, mode fs.FileMode) error
	SyncFolder(dir string) error
}

// Contents are what files hold. Neither of the first two follows a link at the
// end of the name or waits for the other end of a pipe.
type Contents interface {
	Open(name string) (File, error)              // for reading
	Edit(name string) (File, error)              // for writing over what is there
	CreateTemp(dir, prefix string) (File, error) // a new one with a name of its own, mode 0600
}

// A File is one that is open. What was written to it is on the disk when Sync
// has returned without an error, and not before.
type File interface {
	io.ReadWriteCloser
	io.WriterAt
	Name() string
	Stat() (fs.FileInfo, error)
	Chmod(mode fs.FileMode) error
	Sync() error
}

// OS is the disk of the machine.
//
// On macOS fsync leaves the data in the cache of the drive, which may write it
// in any order (documented: man 2 fsync). Go's File.Sync asks for F_FULLFSYNC
// there, which empties that cache, and falls back to fsync only where the file
// system does not know it (internal/poll, golang/go#26650 and #64215): so Sync
// and SyncFolder are as strong as macOS can be asked to be.
type OS struct{}

// untangled: a link is an error, and opening a pipe that nobody uses does not
// hang a daemon.
const untangled = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// Stat is os.Stat.
func (OS) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// Lstat is os.Lstat.
func (OS) Lstat(name string) (fs.FileInfo, error) { return os.Lstat(name) }

// List is os.ReadDir.
func (OS) List(dir string) ([]fs.DirEntry, error) { return os.ReadDir(dir) }

// Rename is os.Rename.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove is os.Remove.
func (OS) Remove(name string) error { return os.Remove(name) }

// RemoveAll is os.RemoveAll.
func (OS) RemoveAll(name string) error { return os.RemoveAll(name) }

// MakeFolder is os.Mkdir.
func (OS) MakeFolder(dir string, mode fs.FileMode) error { return os.Mkdir(dir, mode) }

// Chmod is os.Chmod.
func (OS) Chmod(name string, mode fs.FileMode) error { return os.Chmod(name, mode) }

// SyncFolder brings the names in a folder to the disk.
func (OS) SyncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close() // it was only read
		return err
	}
	return f.Close()
}

// Open opens a file for reading.
func (OS) Open(name string) (File, error) { return opened(os.OpenFile(name, os.O_RDONLY|untangled, 0)) }

// Edit opens a file to write over what is there.
func (OS) Edit(name string) (File, error) { return opened(os.OpenFile(name, os.O_WRONLY|untangled, 0)) }

// CreateTemp is os.CreateTemp.
func (OS) CreateTemp(dir, prefix string) (File, error) { return opened(os.CreateTemp(dir, prefix+"*")) }

// opened keeps an *os.File that is nil from becoming a File that is not.
func opened(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}
