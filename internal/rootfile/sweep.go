package rootfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Sweep removes from a folder what a crash left half written. Only whoever alone
// writes there may call it, and not while writing: what another is writing looks the
// same.
func Sweep(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), TempPrefix) {
			err = errors.Join(err, Remove(filepath.Join(dir, f.Name())))
		}
	}
	return err
}
