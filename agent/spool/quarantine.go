package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

const (
	quarantineName = "quarantine"
	maxQuarantined = 100           // enough to see what is wrong
	lostPrefix     = "lost-epoch-" // begins the name of what was counted as lost when it came in
)

// Quarantine moves a report that Next returned, and that the server will never
// take, out of the way. It stays on the disk for a person to look at.
func (s *Spool) Quarantine(r wire.Queued) error {
	defer s.lock()()
	e, ok := s.held(r)
	if !ok {
		return nil
	}
	if err := s.setAside(e); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// setAside moves a file that waits to quarantine. One that somebody removed is
// counted as lost.
func (s *Spool) setAside(e entry) error {
	if s.vanished(e) {
		next := s.ledger.lost(missing, 1, time.Now())
		next.Done = max(next.Done, e.seq)
		if err := s.commit(next); err != nil {
			return err
		}
		s.forget(e)
		return nil
	}
	if err := s.leave(e.seq); err != nil {
		return err
	}
	if err := s.moveAside(e.name(), e.name()); err != nil {
		return err
	}
	s.forget(e)
	_ = s.boundQuarantine(time.Now()) // see Refresh
	return nil
}

// vanished says whether a file that waits is neither there nor in quarantine, where
// an earlier attempt may have brought it.
func (s *Spool) vanished(e entry) bool {
	_, here := s.files.Lstat(s.path(e.name()))
	_, aside := s.files.Lstat(filepath.Join(s.path(quarantineName), e.name()))
	return errors.Is(here, fs.ErrNotExist) && errors.Is(aside, fs.ErrNotExist)
}

// makeQuarantine makes the folder where there is none: a person may have removed it.
// What bears its name and is none of ours goes into it, under a name of its own.
func (s *Spool) makeQuarantine() error {
	info, err := s.files.Lstat(s.path(quarantineName))
	if err != nil || (info.IsDir() && rootfile.Trusted(info)) {
		return s.files.PrivateFolder(s.path(quarantineName))
	}
	stranger := "no-" + quarantineName + "-" + uuid.NewString()
	if err := s.names(s.files.Rename(s.path(quarantineName), s.path(stranger))); err != nil {
		return err
	}
	if err := s.files.PrivateFolder(s.path(quarantineName)); err != nil {
		return err
	}
	return s.names(s.files.Rename(s.path(stranger), filepath.Join(s.path(quarantineName), stranger)))
}

// moveAside moves what is in the spool to quarantine, where it never replaces
// what is there already. It is no error if there is nothing to move.
func (s *Spool) moveAside(from, to string) error {
	if _, err := s.files.Lstat(s.path(from)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := s.makeQuarantine(); err != nil {
		return err
	}
	target := filepath.Join(s.dir, quarantineName, to)
	if _, err := s.files.Lstat(target); err == nil {
		target = filepath.Join(s.dir, quarantineName, "again-"+uuid.NewString()+"-"+to)
	}
	return s.names(s.files.Rename(s.path(from), target))
}

// Refresh looks again at what is in quarantine, which a person may have removed,
// and bounds it. Elsewhere it does not matter if that fails: a report that is
// safe, or a daemon that starts, is worth more. Here the reason is returned.
func (s *Spool) Refresh() error {
	defer s.lock()()
	if err := s.boundQuarantine(time.Now()); err != nil {
		return fmt.Errorf("spool quarantine: %w", err)
	}
	return nil
}

// boundQuarantine counts what is in quarantine and removes the oldest of it, so
// that a server that refuses everything does not fill the disk.
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
	s.quarantined = len(files)
	for _, f := range files {
		if s.quarantined <= maxQuarantined && bytes <= int64(s.limits.Bytes) {
			break
		}
		gone, err := s.giveUp(f.Name(), now)
		failed = errors.Join(failed, err)
		if gone { // else it must not protect those that came after it
			s.quarantined--
			bytes -= f.Size()
		}
	}
	return failed
}

// giveUp removes a file of the quarantine, and says whether it is gone. It is counted
// as lost before, so that it goes without a trace neither in a crash nor on a disk that
// fails in between; where it stays, the count is taken back.
func (s *Spool) giveUp(name string, now time.Time) (gone bool, err error) {
	before, path := s.ledger, filepath.Join(s.dir, quarantineName, name)
	counted := !strings.HasPrefix(name, lostPrefix)
	if counted {
		if err := s.commit(before.lost(outOfQuarantine, 1, now)); err != nil {
			return false, err
		}
	}
	err = s.files.RemoveAll(path)
	if err == nil {
		return true, nil
	}
	if _, look := s.files.Lstat(path); errors.Is(look, fs.ErrNotExist) {
		return true, err // seen to be gone, and whether it comes back nobody knows
	}
	if counted {
		err = errors.Join(err, s.commit(before))
	}
	return false, err
}

// quarantinedFiles lists the quarantine, the oldest first, and audit records
// after all that are none.
func (s *Spool) quarantinedFiles() ([]fs.FileInfo, error) {
	names, err := s.files.List(s.path(quarantineName))
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
		return cmp.Or(auditsLast(a)-auditsLast(b), a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	return files, nil
}

func auditsLast(f fs.FileInfo) int {
	if strings.HasSuffix(f.Name(), "."+string(audit)) {
		return 1
	}
	return 0
}
