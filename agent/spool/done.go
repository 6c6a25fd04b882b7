package spool

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tokenward/tokenward/internal/wire"
)

// Done removes reports that Next returned and that the server has. What is not
// in the spool any more is passed over. It needs no room on the disk. Where the
// ledger cannot be written nevertheless, it removes all but the one that alone
// still shows how far the numbers were given, and returns the reason.
func (s *Spool) Done(reports []wire.Queued) error {
	defer s.lock()()
	var gone []entry
	last := uint64(0)
	for _, r := range reports {
		if e, ok := s.held(r); ok {
			gone = append(gone, e)
			last = max(last, r.Seq)
		}
	}
	failed := s.leave(last)
	if failed != nil {
		gone = slices.DeleteFunc(gone, func(e entry) bool { return !s.outnumbered(e.seq) })
	}
	if err := errors.Join(failed, s.remove(gone)); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// held returns what waits under the number of a report that Next returned. A
// number alone does not say that it is the same: by now it may be another epoch's.
func (s *Spool) held(r wire.Queued) (entry, bool) {
	i := s.find(r.Seq)
	if i < 0 || s.waiting[i].id != r.ID {
		return entry{}, false
	}
	return s.waiting[i], true
}

// outnumbered says whether something else than this file shows that its number
// was given: the ledger, or a file with a higher one that stays.
func (s *Spool) outnumbered(seq uint64) bool {
	return (seq <= s.ledger.Done && !s.book.unsure) || seq < s.waiting[len(s.waiting)-1].seq
}

func (s *Spool) remove(gone []entry) error {
	paths := make([]string, 0, len(gone))
	for _, e := range gone {
		paths = append(paths, s.path(e.name()))
	}
	if err := s.names(s.files.Remove(paths...)); err != nil {
		return err
	}
	for _, e := range gone {
		s.forget(e)
	}
	return nil
}

func (s *Spool) forget(gone entry) {
	s.waiting = slices.DeleteFunc(s.waiting, func(e entry) bool { return e.seq == gone.seq })
}

// leave notes numbers that are about to leave the spool. First the number, then
// the file: otherwise a crash in between would leave no trace of the number,
// and it would be given again.
func (s *Spool) leave(last uint64) error {
	if last == 0 || (last <= s.ledger.Done && !s.book.unsure) {
		return nil
	}
	next := s.ledger
	next.Done = max(next.Done, last)
	return s.commit(next)
}
