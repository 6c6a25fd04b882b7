package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// Stamp is what the spool gives to a report that is being made.
type Stamp struct {
	Epoch        string
	Seq          uint64
	Dropped      uint64
	DroppedSince *time.Time
	Reasons      map[string]uint64 // how many of the dropped for what; those of before this was counted are missing
}

// Reasons for which a Put fails, besides those of the disk: see
// rootfile.ErrNoSpace and rootfile.ErrReadOnly.
var (
	ErrTooLong    = errors.New("the report is too long") // longer than the server or the spool takes
	ErrAuditsFull = errors.New("too many audit records wait")
	errNoStamp    = errors.New("the report does not bear an ID and the number that it was given")
)

// Put makes a report with the next number and stores it. When it returns
// without an error the report is on the disk. One that is too long is counted
// as dropped; like every Put that fails it uses no number. build must not call
// the spool.
func (s *Spool) Put(now time.Time, build func(Stamp) ([]byte, error)) error {
	return s.store(now, report, build)
}

// PutAudit is Put for what an action did. It is not dropped to make room, and
// pushes out no report: where as many wait as may, it fails with ErrAuditsFull, and
// whoever keeps the journal tries again later.
func (s *Spool) PutAudit(now time.Time, build func(Stamp) ([]byte, error)) error {
	return s.store(now, audit, build)
}

func (s *Spool) store(now time.Time, k kind, build func(Stamp) ([]byte, error)) error {
	defer s.lock()()
	if err := s.prepare(now); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	data, err := build(s.stamp())
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if most := min(wire.MaxReport, s.limits.Bytes); len(data) > most {
		err := fmt.Errorf("spool: %w: %d bytes, at most %d are kept", ErrTooLong, len(data), most)
		return errors.Join(err, s.commit(s.ledger.lost(tooLong, 1, now)))
	}
	if err := s.put(now, k, data); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.signal()
	return nil
}

// prepare makes sure that the next number can be given: it is not the one of a
// file that a Put left which failed, and belongs to an epoch.
func (s *Spool) prepare(now time.Time) error {
	if err := s.restore(now); err != nil {
		return err
	}
	if err := errors.Join(s.begin(), s.root()); err != nil {
		return err
	}
	if s.book.unsure {
		if err := s.commit(s.ledger); err != nil {
			return err
		}
	}
	if s.doubt == "" {
		return nil
	}
	if err := s.names(s.files.Remove(s.path(s.doubt))); err != nil {
		return err
	}
	s.doubt = ""
	return nil
}

func (s *Spool) stamp() Stamp {
	return Stamp{s.ledger.Epoch, s.last + 1, s.ledger.Dropped, s.ledger.DroppedSince, maps.Clone(s.ledger.Reasons)}
}

// put writes first and drops then: on a full disk nothing is lost for a report
// that cannot be stored. What is dropped is counted before it is removed, and
// removed before the report is in its place: a crash in between is finished at
// the next start, without counting again, and there are never too many.
func (s *Spool) put(now time.Time, k kind, body []byte) error {
	id, err := s.identify(body)
	if err != nil {
		return err
	}
	clock := s.clock.at(now)
	e := entry{seq: s.last + 1, kind: k, size: int64(len(body)), id: id, clock: clock.spool}
	leaving, err := s.room(e)
	if err != nil {
		return err
	}
	content, err := encode(header{Kind: k, ID: id, Epoch: s.ledger.Epoch, Seq: e.seq, Made: clock.made.UnixMilli(), Clock: clock.spool.Milliseconds()}, body)
	if err != nil {
		return err
	}
	staged, err := s.files.Stage(s.path(e.name()), content, 0o600)
	if err != nil {
		return err
	}
	if err := s.drop(leaving, now); err != nil {
		return errors.Join(err, staged.Discard())
	}
	if err := s.names(staged.Place()); err != nil {
		s.doubt = e.name()
		return err
	}
	s.last, s.clock = e.seq, clock
	s.waiting = append(s.waiting, e)
	return nil
}

// identify reads a new report's ID, and refuses what Next would not return.
func (s *Spool) identify(body []byte) (id string, err error) {
	var made envelope
	if json.Unmarshal(body, &made) != nil || made.ID == "" || made.Epoch != s.ledger.Epoch || made.Seq != s.last+1 {
		return "", errNoStamp
	}
	return made.ID, nil
}
