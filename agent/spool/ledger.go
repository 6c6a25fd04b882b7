package spool

import (
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/internal/rootfile"
)

const ledgerName = "ledger.json"

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
	path := s.path(ledgerName)
	data, err := rootfile.Read(path, maxReport)
	if err == nil && json.Unmarshal(data, &s.ledger) == nil && s.ledger.valid() {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.newEpoch()
}

func (l ledger) valid() bool {
	return uuid.Validate(l.Epoch) == nil && max(l.Done, l.DroppedThrough) <= maxSeq
}

// newEpoch starts the numbering again. Reports of the epoch before are moved
// out of the way: their place in the order is lost. The ledger goes first, so
// that after a crash in between the next start begins a new epoch as well.
func (s *Spool) newEpoch() error {
	if err := rootfile.Remove(s.path(ledgerName)); err != nil {
		return err
	}
	s.ledger.Done = s.last // the old epoch goes on here if a step below fails
	names, err := s.reportNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.moveAside(name, "lost-epoch-"+uuid.NewString()+suffix); err != nil {
			return err
		}
	}
	return s.commit(ledger{Epoch: uuid.NewString()})
}

// commit makes next the ledger, on the disk and then in memory: a write that
// fails changes nothing.
func (s *Spool) commit(next ledger) error {
	data, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := rootfile.Write(s.path(ledgerName), append(data, '\n'), 0o600); err != nil {
		return err
	}
	s.ledger = next
	return nil
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
