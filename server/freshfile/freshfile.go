// Package freshfile keeps a value that was read from files, and reads it again when they
// change: certificates and lists of people, which are replaced while the server runs.
//
// It asks for no more than the size, the time and the number of a file, and not at every
// request. It must not decide whether a file can be trusted: whoever reads it does.
package freshfile

import (
	"os"
	"slices"
	"sync"
	"time"
)

// pause is how long the files are not looked at again.
const pause = 2 * time.Second

// Value is what was read. It is safe for concurrent use.
type Value[T any] struct {
	read  func() (T, error)
	paths []string

	mu     sync.Mutex
	value  T
	seen   []os.FileInfo // when they were read well
	looked time.Time
	failed string // the text of the error that was returned last; empty after a good read
}

// New reads a value for the first time.
func New[T any](now time.Time, read func() (T, error), paths ...string) (*Value[T], error) {
	v := &Value[T]{read: read, paths: paths, looked: now}
	v.seen = v.look() // before the reading: what changes in between is read once more
	var err error
	v.value, err = read()
	return v, err
}

// Get returns the value. Where the files have changed and cannot be read, it returns the
// former one: half a file must neither let anybody in nor shut everybody out. It tries
// again after each pause, whether or not the files change once more, since what kept it
// from reading may have been the disk or a folder. The error comes once for each text.
func (v *Value[T]) Get(now time.Time) (T, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if d := now.Sub(v.looked); d >= 0 && d < pause {
		return v.value, nil
	}
	v.looked = now
	seen := v.look()
	if slices.EqualFunc(seen, v.seen, same) {
		return v.value, nil
	}
	value, err := v.read()
	if err != nil {
		return v.value, v.news(err)
	}
	v.value, v.seen, v.failed = value, seen, ""
	return value, nil
}

// news returns an error whose text is another than that of the one before.
func (v *Value[T]) news(err error) error {
	if err.Error() == v.failed {
		return nil
	}
	v.failed = err.Error()
	return err
}

// look returns nil for a file that cannot be looked at.
func (v *Value[T]) look() []os.FileInfo {
	all := make([]os.FileInfo, len(v.paths))
	for i, path := range v.paths {
		if info, err := os.Lstat(path); err == nil {
			all[i] = info
		}
	}
	return all
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == b
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && a.Mode() == b.Mode()
}
