package log

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// file is the log on the disk: path, path.1 and so on, the higher the older. It is
// for one goroutine.
type file struct {
	path   string
	limits Limits
	kept   bool // the folder is somebody else's, and is kept as it is

	open *os.File // nil: not open
	info fs.FileInfo
	size int64
}

// write appends a line whole, or not at all.
func (f *file) write(line []byte) error {
	if err := f.ready(len(line)); err != nil {
		return err
	}
	n, err := f.open.Write(line)
	if err == nil {
		f.size += int64(n)
		return nil
	}
	if n > 0 { // half a line would spoil the next one
		err = errors.Join(err, f.open.Truncate(f.size))
	}
	f.close()
	return err
}

// ready makes sure that what is open is what has the name, with room for a line.
// Somebody may have removed it, newsyslog may have renamed it: a look costs nothing
// beside the line.
func (f *file) ready(line int) error {
	if f.open != nil && !f.inPlace() {
		f.close()
	}
	if f.open == nil {
		if err := f.reopen(); err != nil {
			return err
		}
	}
	if f.size == 0 || f.size+int64(line) <= int64(f.limits.Bytes) {
		return nil
	}
	f.close()
	if err := f.rotate(); err != nil {
		return err
	}
	return f.reopen()
}

func (f *file) inPlace() bool {
	look := os.Lstat
	if f.kept {
		look = os.Stat // on a Mac /tmp and /var are links
	}
	dir, err := look(filepath.Dir(f.path))
	if err != nil || !dir.IsDir() {
		return false
	}
	now, err := os.Lstat(f.path)
	return err == nil && os.SameFile(f.info, now) && now.Mode().Perm() == 0o600
}

// folder makes the folder and repairs its mode where it is ours. One that an admin
// named must be there and be safe: its rights are his, and /var/log that nobody else
// may enter is a Mac that is broken.
func (f *file) folder() error {
	dir := filepath.Dir(f.path)
	if f.kept {
		return rootfile.CheckFolder(dir)
	}
	return rootfile.PrivateFolder(dir)
}

// reopen takes no link for the file, nor for a folder of ours, and nothing that
// another user owns: a daemon that appends to a file of somebody's choice writes
// where that one cannot.
func (f *file) reopen() error {
	if err := f.folder(); err != nil {
		return fmt.Errorf("log: %w", err)
	}
	opened, err := os.OpenFile(f.path, os.O_RDWR|os.O_APPEND|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if errors.Is(err, syscall.ELOOP) {
		return fmt.Errorf("log %s: %w: it is a link", f.path, rootfile.ErrUntrusted)
	}
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	info, err := trusted(opened)
	if err == nil {
		info, err = whole(opened, info)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("log %s: %w", f.path, err), opened.Close())
	}
	f.open, f.info, f.size = opened, info, info.Size()
	return nil
}

// trusted checks a file that was opened, and closes it to others.
func trusted(opened *os.File) (fs.FileInfo, error) {
	info, err := opened.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || !rootfile.Trusted(info):
		return nil, fmt.Errorf("%w: it belongs to another user or is no regular file", rootfile.ErrUntrusted)
	case twice(info): // in /tmp anybody may give a file of root a second name
		return nil, fmt.Errorf("%w: it has a second name", rootfile.ErrUntrusted)
	case info.Mode().Perm() == 0o600:
		return info, nil
	}
	return info, opened.Chmod(0o600)
}

func twice(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Nlink > 1
}

// whole ends a line of which a power cut left a half, which would spoil the next.
func whole(opened *os.File, info fs.FileInfo) (fs.FileInfo, error) {
	if info.Size() == 0 {
		return info, nil
	}
	var last [1]byte
	if _, err := opened.ReadAt(last[:], info.Size()-1); err != nil || last[0] == '\n' {
		return info, err
	}
	if _, err := opened.Write([]byte{'\n'}); err != nil {
		return info, err
	}
	return opened.Stat()
}

// rotate makes room: the oldest file goes, and every other gets the next number. A
// rename follows no link.
func (f *file) rotate() error {
	for n := f.limits.Files - 1; n >= 1; n-- {
		from := f.numbered(n - 1)
		if err := os.Rename(from, f.numbered(n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("log: rotate: %w", err)
		}
	}
	if f.limits.Files > 1 {
		return nil
	}
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("log: rotate: %w", err)
	}
	return nil
}

// trim removes the files beyond the limit, which was higher before, in this run of
// the daemon or in an earlier one. A number may be missing among them.
func (f *file) trim() {
	if f.folder() != nil {
		return
	}
	for n := max(f.limits.Files, 1); n < mostFiles; n++ {
		_ = os.Remove(f.numbered(n)) // mostly there is none
	}
}

// mostFiles is more than any configuration may have kept.
const mostFiles = 200

func (f *file) numbered(n int) string {
	if n == 0 {
		return f.path
	}
	return f.path + "." + strconv.Itoa(n)
}

func (f *file) close() {
	if f.open != nil {
		_ = f.open.Close() // each line was written or counted as lost
	}
	f.open, f.info, f.size = nil, nil, 0
}
