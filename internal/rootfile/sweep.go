package rootfile

import (
	"path/filepath"
	"strings"
)

// Sweep removes from a folder what a crash left half written. Only whoever alone
// writes there may call it, and not while writing: what another is writing looks the
// same.
func Sweep(dir string) error { return Files{}.Sweep(dir) }

// Sweep is [Sweep] on this disk.
func (f Files) Sweep(dir string) error {
	found, err := f.List(dir)
	if err != nil {
		return err
	}
	var left []string
	for _, file := range found {
		if strings.HasPrefix(file.Name(), TempPrefix) {
			left = append(left, filepath.Join(dir, file.Name()))
		}
	}
	return f.Remove(left...)
}
