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
	seen   []os.FileInfo
	looked time.Time
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
// former one, and the error, which comes once for each change: half a file must neither
// let anybody in nor shut everybody out.
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
	v.seen = seen
	value, err := v.read()
	if err != nil {
		return v.value, err
	}
	v.value = value
	return value, nil
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
