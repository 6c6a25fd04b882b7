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
	entries []fs.FileInfo // of a folder, by name; nil if they may not be listed or are a crowd
	crowd   bool          // a folder with more entries than there is room for
}

// mostEntries is how many entries of a folder, and of those in it, are watched,
// which costs a Mac one open file each, or compared one by one.
const mostEntries = 256

// look takes the stamp of what is at the path itself: a link is not followed.
// Nothing there is an answer and no error. A folder with more entries than there
// is room for is a crowd, and only seen from outside.
func look(path string, room int) (stamp, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return stamp{seen: true}, nil
	case err != nil:
		return stamp{}, err
	case !info.IsDir():
		return stamp{seen: true, info: info}, nil
	}
	entries, crowd := list(path, room)
	return stamp{seen: true, info: info, entries: entries, crowd: crowd}, nil
}

// list returns the entries of a folder, or that they are too many. What goes away
// meanwhile is left out.
func list(path string, room int) (entries []fs.FileInfo, crowd bool) {
	folder, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, false
	}
	defer folder.Close()
	found, err := folder.ReadDir(room + 1)
	switch {
	case err != nil && !errors.Is(err, io.EOF): // which an empty folder gives
		return nil, false
	case len(found) > room:
		return nil, true
	}
	return infos(found), false
}

func infos(found []fs.DirEntry) []fs.FileInfo {
	entries := make([]fs.FileInfo, 0, len(found))
	for _, entry := range found {
		if info, err := entry.Info(); err == nil {
			entries = append(entries, info)
		}
	}
	slices.SortFunc(entries, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	return entries
}

// unlisted: there is a folder, and nobody may know what is in it.
func (s stamp) unlisted() bool {
	return !s.seen || s.info != nil && s.info.IsDir() && s.entries == nil && !s.crowd
}

// changed says whether there is another thing now than there was, or the same one
// with other content. What nobody could see has not changed.
func (s stamp) changed(now stamp) bool {
	if !s.seen || !now.seen {
		return false
	}
	if !same(s.info, now.info) {
		return true
	}
	if s.entries == nil || now.entries == nil {
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
