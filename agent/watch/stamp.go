package watch

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
)

// stamp is what can be seen of a file or folder without opening the file. Its
// zero value says that nobody has looked.
type stamp struct {
	seen    bool          // somebody looked, and nothing was in the way
	info    fs.FileInfo   // nil: nothing is there
	entries []fs.FileInfo // of a folder, by name; nil if they may not be listed
}

// crowded is how many entries make a folder one that is neither watched, which
// costs a Mac one open file each, nor compared entry by entry.
const crowded = 256

// look takes the stamp of what is at the path itself: a link is not followed.
// Nothing there is an answer and no error.
func look(path string) (stamp, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return stamp{seen: true}, nil
	case err != nil:
		return stamp{}, err
	case !info.IsDir():
		return stamp{seen: true, info: info}, nil
	}
	return stamp{seen: true, info: info, entries: list(path)}, nil
}

// list returns the entries of a folder, at most one more than make a crowd. What
// goes away meanwhile is left out.
func list(path string) []fs.FileInfo {
	folder, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil
	}
	defer folder.Close()
	found, err := folder.ReadDir(crowded + 1)
	if err != nil && !errors.Is(err, io.EOF) { // which an empty folder gives
		return nil
	}
	entries := make([]fs.FileInfo, 0, len(found))
	for _, entry := range found {
		if info, err := entry.Info(); err == nil {
			entries = append(entries, info)
		}
	}
	slices.SortFunc(entries, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	return entries
}

func (s stamp) isCrowded() bool { return len(s.entries) > crowded }

// changed says whether there is another thing now than there was, or the same one
// with other content. What nobody could see has not changed.
func (s stamp) changed(now stamp) bool {
	if !s.seen || !now.seen {
		return false
	}
	if !same(s.info, now.info) {
		return true
	}
	if s.entries == nil || now.entries == nil || s.isCrowded() || now.isCrowded() {
		return false
	}
	return !slices.EqualFunc(s.entries, now.entries, same)
}

func same(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Name() == b.Name() && a.Mode() == b.Mode() && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
