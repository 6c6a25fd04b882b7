package run

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// A FileState says what was found where a file was looked for.
type FileState string

// What can be found.
const (
	FileThere   FileState = "present"
	FileMissing FileState = "absent"
	FileDenied  FileState = "denied"  // the folder or, where it was to be opened, the file
	FileFailed  FileState = "failed"  // an error of the disk
	FileUnknown FileState = "unknown" // nobody looked; not in the recording
)

// A File is what can be seen of a file without reading it.
type File struct {
	State   FileState
	Mode    fs.FileMode // type and permissions
	Size    int64
	ModTime time.Time
	Looked  time.Time
	Took    time.Duration
}

// Files looks at files by their absolute paths. It never returns their content,
// so nothing in a file can become a part of a recording. A path names what it
// names: links are followed in its folders, never at its end. Implementations
// are safe for concurrent use.
//
// Implementations: [Disk], [Replay], [Recorder], and the simulated Mac in process.
type Files interface {
	Look(path string) File
	// Opens is Look, and tries to open the file for reading: the privacy
	// protection of macOS lets everybody look, and denies only that.
	Opens(path string) File
}

// Disk is the files of this machine.
type Disk struct{ root string }

var _ Files = Disk{}

// Look implements [Files].
func (d Disk) Look(path string) File { return d.look(path, func(string) error { return nil }) }

// Opens implements [Files].
func (d Disk) Opens(path string) File {
	return d.look(path, func(name string) error {
		f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		return f.Close()
	})
}

func (d Disk) look(path string, and func(string) error) File {
	name := filepath.Join("/", d.root, path)
	began := time.Now()
	info, err := os.Lstat(name)
	if err == nil {
		err = and(name)
	}
	found := File{State: fileState(err), Looked: began, Took: time.Since(began)}
	if err == nil {
		found.Mode, found.Size, found.ModTime = info.Mode(), info.Size(), info.ModTime()
	}
	return found
}

// fileState reads the error of a look. EPERM is how the privacy protection of
// macOS says no, EACCES how the permissions do.
func fileState(err error) FileState {
	switch {
	case err == nil:
		return FileThere
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return FileMissing
	case errors.Is(err, fs.ErrPermission):
		return FileDenied
	}
	return FileFailed
}
