package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/internal/rootfile"
)

const (
	quarantineName = "quarantine"
	maxQuarantined = 100           // enough to see what is wrong
	lostPrefix     = "lost-epoch-" // begins the name of what was counted as lost when it came in
)

// moveAside moves what is in the spool to quarantine, where it never replaces
// what is there already.
func (s *Spool) moveAside(from, to string) error {
	target := filepath.Join(s.dir, quarantineName, to)
	if _, err := os.Lstat(target); err == nil {
		target = filepath.Join(s.dir, quarantineName, "again-"+uuid.NewString()+"-"+to)
	}
	return rootfile.Rename(s.path(from), target)
}

// Refresh looks again at what is in quarantine, which a person may have removed,
// and bounds it. Elsewhere it does not matter if that fails: a report that is
// safe, or a daemon that starts, is worth more. Here the reason is returned.
func (s *Spool) Refresh() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.boundQuarantine(time.Now()); err != nil {
		return fmt.Errorf("spool quarantine: %w", err)
	}
	return nil
}

// boundQuarantine counts what is in quarantine and removes the oldest of it, so
// that a server that refuses everything does not fill the disk. What it removes
// is lost and counted as such, afterwards: otherwise a file that cannot be
// removed would be counted every time.
func (s *Spool) boundQuarantine(now time.Time) error {
	files, err := s.quarantinedFiles()
	if err != nil {
		return err
	}
	bytes := int64(0)
	for _, f := range files {
		bytes += f.Size()
	}
	var failed error
	lost := 0
	s.quarantined = len(files)
	for _, f := range files {
		if s.quarantined <= maxQuarantined && bytes <= int64(s.limits.Bytes) {
			break
		}
		if err := os.RemoveAll(filepath.Join(s.dir, quarantineName, f.Name())); err != nil {
			failed = err
			continue // it must not protect those that came after it
		}
		s.quarantined--
		bytes -= f.Size()
		if !strings.HasPrefix(f.Name(), lostPrefix) {
			lost++
		}
	}
	if lost > 0 {
		failed = errors.Join(failed, s.commit(s.ledger.lost(lost, now)))
	}
	return failed
}

// quarantinedFiles lists the quarantine, the oldest first.
func (s *Spool) quarantinedFiles() ([]fs.FileInfo, error) {
	names, err := os.ReadDir(filepath.Join(s.dir, quarantineName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	files := make([]fs.FileInfo, 0, len(names))
	for _, name := range names {
		if info, err := name.Info(); err == nil { // a person may be clearing up
			files = append(files, info)
		}
	}
	slices.SortStableFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	return files, nil
}
