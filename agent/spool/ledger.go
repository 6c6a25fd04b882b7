package spool

import (
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/internal/rootfile"
)

const (
	ledgerName = "ledger.json"
	maxLedger  = 1 << 20
)

// ledger is what must survive the reports themselves.
type ledger struct {
	Epoch          string     `json:"epoch"`
	Done           uint64     `json:"done"`            // the highest number that was acknowledged or went to quarantine
	DroppedThrough uint64     `json:"dropped_through"` // all numbers up to this one are gone
	Dropped        uint64     `json:"dropped"`
	DroppedSince   *time.Time `json:"dropped_since,omitempty"`
}

// readLedger begins a new epoch where there is no readable ledger: numbers that
// may have been used before must not be used again under the same name.
func (s *Spool) readLedger() error {
	data, err := rootfile.Read(s.path(ledgerName), maxLedger)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var found ledger
	if err == nil && json.Unmarshal(data, &found) == nil && max(found.Done, found.DroppedThrough) <= maxSeq {
		s.ledger = found
	}
	if uuid.Validate(s.ledger.Epoch) == nil {
		return nil
	}
	return s.newEpoch(time.Now())
}

// lost counts reports that will never reach the server.
func (l ledger) lost(reports int, now time.Time) ledger {
	if reports == 0 {
		return l
	}
	l.Dropped += uint64(reports)
	if l.DroppedSince == nil {
		since := now.UTC()
		l.DroppedSince = &since
	}
	return l
}

// newEpoch starts the numbering again. Reports of the epoch before are moved
// out of the way and counted as lost: their place in the order is gone. First of
// all the ledger loses its epoch, so that after a crash in between the next
// start begins a new epoch as well; what was lost before stays in it.
func (s *Spool) newEpoch(now time.Time) error {
	next := ledger{Dropped: s.ledger.Dropped, DroppedSince: s.ledger.DroppedSince}
	if err := s.write(next); err != nil {
		return err
	}
	s.ledger.Done = s.last // the old epoch goes on here if a step below fails
	names, err := s.reportNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.moveAside(name, lostPrefix+uuid.NewString()+suffix); err != nil {
			return err
		}
	}
	next.Epoch = uuid.NewString()
	return s.commit(next.lost(len(names), now))
}

// commit makes next the ledger, on the disk and then in memory: a write that
// fails changes nothing.
func (s *Spool) commit(next ledger) error {
	if err := s.write(next); err != nil {
		return err
	}
	s.ledger = next
	return nil
}

func (s *Spool) write(l ledger) error {
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return rootfile.Write(s.path(ledgerName), append(data, '\n'), 0o600)
}

// leave notes numbers that are about to leave the spool. First the number, then
// the file: otherwise a crash in between would leave no trace of the number,
// and it would be given again.
func (s *Spool) leave(last uint64) error {
	if last <= s.ledger.Done {
		return nil
	}
	next := s.ledger
	next.Done = last
	return s.commit(next)
}
