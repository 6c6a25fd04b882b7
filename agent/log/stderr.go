package log

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Shorten cuts a file that something else writes to at its end, such as what launchd
// keeps of standard error, to its last bytes, from the beginning of a line on. It
// takes no link and no file of another user's, and a file that is not there is short
// enough. It cuts in place: whoever has the file open goes on writing to it.
func Shorten(path string, most int64) error {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("shorten: %w", err)
	}
	if err := errors.Join(shorten(f, most), f.Close()); err != nil {
		return fmt.Errorf("shorten %s: %w", path, err)
	}
	return nil
}

func shorten(f *os.File, most int64) error {
	info, err := trusted(f)
	if err != nil || info.Size() <= most {
		return err
	}
	tail := make([]byte, most)
	n, err := f.ReadAt(tail, info.Size()-most)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	tail = tail[:n]
	if end := bytes.IndexByte(tail, '\n'); end >= 0 {
		tail = tail[end+1:]
	}
	if _, err := f.WriteAt(tail, 0); err != nil {
		return err
	}
	if err := f.Truncate(int64(len(tail))); err != nil {
		return err
	}
	return follow(os.Stderr, info)
}

// follow has our own standard error, where it is that file, go on at the new end: it
// may not have been opened for appending, and would leave a hole.
func follow(stderr *os.File, cut fs.FileInfo) error {
	if now, err := stderr.Stat(); err != nil || !os.SameFile(now, cut) {
		return nil //nolint:nilerr // a standard error that is closed follows nothing
	}
	_, err := stderr.Seek(0, io.SeekEnd)
	return err
}
