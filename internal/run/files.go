package run

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
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
	FileTimeout FileState = "timeout" // the disk did not answer in time
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
// names: links are followed in its folders, never at its end. It returns when the
// context ends at the latest. Implementations are safe for concurrent use.
//
// Implementations: [Disk], [Replay], [Recorder], and the simulated Mac in process.
type Files interface {
	Look(ctx context.Context, path string) File
	// Opens is Look, and tries to open the file for reading: the privacy
	// protection of macOS lets everybody look, and denies only that.
	Opens(ctx context.Context, path string) File
}

// lookLimit is how long a disk has for an answer. What is mounted over a path by
// an administrator can be a server that is gone.
const lookLimit = 5 * time.Second

// Disk is the files of this machine. Make it with SystemDisk or DiskUnder.
type Disk struct {
	root  string
	stuck *stuckPaths
}

var _ Files = Disk{}

func newDisk(root string) Disk { return Disk{root: root, stuck: &stuckPaths{paths: map[string]bool{}}} }

// stuckPaths are those that somebody still waits for. Nobody else waits for them
// as well: a disk that never answers costs one goroutine for each path, once.
type stuckPaths struct {
	mu    sync.Mutex
	paths map[string]bool
}

// begin says whether a path may be looked at.
func (s *stuckPaths) begin(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paths[path] {
		return false
	}
	s.paths[path] = true
	return true
}

func (s *stuckPaths) end(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.paths, path)
}

// Look implements [Files].
func (d Disk) Look(ctx context.Context, path string) File {
	return d.look(ctx, path, func(string) error { return nil })
}

// Opens implements [Files].
func (d Disk) Opens(ctx context.Context, path string) File {
	return d.look(ctx, path, func(name string) error {
		f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		return f.Close()
	})
}

func (d Disk) look(ctx context.Context, path string, and func(string) error) File {
	name, began := filepath.Join("/", d.root, path), time.Now()
	if !d.stuck.begin(name) {
		return File{State: FileTimeout, Looked: began}
	}
	limited, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	done := make(chan File, 1)
	go func() {
		found := seen(name, and)
		d.stuck.end(name) // before anybody knows, so that they may look again
		done <- found
	}()
	found := File{State: FileTimeout}
	select {
	case found = <-done:
	case <-limited.Done():
	}
	found.Looked, found.Took = began, time.Since(began)
	return found
}

// seen looks, for as long as it takes.
func seen(name string, and func(string) error) File {
	info, err := os.Lstat(name)
	if err == nil {
		err = and(name)
	}
	found := File{State: fileState(err)}
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
