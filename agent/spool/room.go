package spool

import (
	"fmt"
	"slices"
	"time"
)

// Why reports are dropped, as a report tells it.
const (
	tooMany         = "count"
	tooMuch         = "bytes"
	tooOld          = "age"
	tooLong         = "too_long"   // alone
	lostEpoch       = "lost_epoch" // waited when the numbering began anew
	outOfQuarantine = "quarantine" // the quarantine was full
	missing         = "missing"    // somebody removed the file
)

// leaver is a report that is to be dropped.
type leaver struct {
	entry
	reason string
}

// room says which reports must go for a new one: the oldest, as long as one of
// the limits is passed. An audit record pushes out nothing.
func (s *Spool) room(e entry) ([]leaver, error) {
	count, bytes := 1, e.size
	for _, w := range s.waiting {
		if (w.kind == audit) == (e.kind == audit) {
			count++
			bytes += w.size
		}
	}
	if e.kind == audit {
		if most := s.limits.audits(); count > most || bytes > int64(s.limits.Bytes) {
			return nil, fmt.Errorf("%w: %d with %d bytes, at most %d with %d are kept", ErrAuditsFull, count, bytes, most, s.limits.Bytes)
		}
		return nil, nil
	}
	var leaving []leaver
	for i := range s.waiting {
		if s.waiting[i].kind == audit {
			continue
		}
		reason := s.surplus(i, count, bytes, e.clock)
		if reason == "" {
			break
		}
		leaving = append(leaving, leaver{s.waiting[i], reason})
		count--
		bytes -= s.waiting[i].size
	}
	return leaving, nil
}

// surplus says why the oldest report that is left must go, if it must.
func (s *Spool) surplus(i, count int, bytes int64, clock time.Duration) (reason string) {
	switch {
	case s.limits.Age > 0 && clock-s.madeAt(i, clock) > s.limits.Age:
		return tooOld
	case count > s.limits.Reports:
		return tooMany
	case bytes > int64(s.limits.Bytes):
		return tooMuch
	}
	return ""
}

// drop counts reports as lost and removes them.
func (s *Spool) drop(leaving []leaver, now time.Time) error {
	if len(leaving) == 0 {
		return nil
	}
	next := s.ledger
	var paths []string
	for _, l := range leaving {
		next = next.lost(l.reason, 1, now)
		next.DroppedThrough = l.seq
		paths = append(paths, s.path(l.name()))
	}
	if err := s.commit(next); err != nil {
		return err
	}
	s.waiting = slices.DeleteFunc(s.waiting, func(e entry) bool { return s.ledger.hasDropped(e.seq, e.kind) })
	return s.names(s.files.Remove(paths...))
}
