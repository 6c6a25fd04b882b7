// Package crash keeps what is left of a part that failed, so that the next start
// can tell of it. Under launchd a daemon that panics is back within seconds, and
// without a record nobody would ever know.
package crash

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// What a folder holds at most.
const (
	mostRecords = 8
	mostBytes   = 16 << 10 // of one record: 40 lines of a stack are about 4 KiB
)

// Kind says how a part failed.
type Kind string

// The kinds of failures.
const (
	Panicked Kind = "panicked"
	Failed   Kind = "failed" // it returned an error, which is in the log
	Stuck    Kind = "stuck"  // it did not end when it was asked to
)

// Record is what is kept of one failure. No value of the program is in it.
type Record struct {
	Part    string    `json:"part"`
	Kind    Kind      `json:"kind"`
	At      time.Time `json:"at"`
	Version string    `json:"version"`
	What    string    `json:"what,omitempty"`
	Stack   []string  `json:"stack,omitempty"`
}

// Folder is where records are kept: private, and made with the first of them. It is
// not safe for concurrent use.
type Folder struct{ dir string }

// In returns the records below that folder.
func In(dir string) Folder { return Folder{dir} }

// Note keeps a record, and removes the oldest where there are too many.
func (f Folder) Note(r Record) error {
	data, err := json.Marshal(r)
	if err == nil {
		err = f.keep(append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("crash record: %w", err)
	}
	return nil
}

func (f Folder) keep(data []byte) error {
	if err := errors.Join(rootfile.PrivateFolder(f.dir), rootfile.Sweep(f.dir)); err != nil {
		return err
	}
	numbers, err := f.numbers()
	if err != nil {
		return err
	}
	next := 1
	if len(numbers) > 0 {
		next = numbers[len(numbers)-1] + 1
	}
	for len(numbers) >= mostRecords {
		if err := rootfile.Remove(f.path(numbers[0])); err != nil {
			return err
		}
		numbers = numbers[1:]
	}
	return rootfile.Write(f.path(next), data, 0o600)
}

// path names a record by its number and not by a time: the clock may be set back.
func (f Folder) path(number int) string {
	return filepath.Join(f.dir, strconv.Itoa(number)+extension)
}

const extension = ".json"

// numbers are those of the records, oldest first. What bears another name is not
// ours and is left alone.
func (f Folder) numbers() ([]int, error) {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var numbers []int
	for _, e := range entries {
		name, isRecord := strings.CutSuffix(e.Name(), extension)
		if n, wrong := strconv.Atoi(name); isRecord && wrong == nil && n > 0 && n < math.MaxInt32 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, err
}

// Records are those that can be read, oldest first. One that cannot be read is left
// out: it was evidence, and is none any more.
func (f Folder) Records() []Record {
	numbers, err := f.numbers()
	if err != nil {
		return nil
	}
	var all []Record
	for _, n := range numbers {
		var r Record
		data, err := rootfile.ReadSecret(f.path(n), mostBytes)
		if err == nil && json.Unmarshal(data, &r) == nil && r.Part != "" {
			all = append(all, r)
		}
	}
	return all
}

// lasts is how long a failure is told of if none follows.
const lasts = 24 * time.Hour

// Recent are the parts, sorted, that failed within the last day in this version: an
// update is meant to end it.
func Recent(all []Record, version string, now time.Time) []string {
	var parts []string
	for _, r := range all {
		if age := now.Round(0).Sub(r.At); r.Version == version && age < lasts && age > -lasts {
			parts = append(parts, r.Part)
		}
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}
