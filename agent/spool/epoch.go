package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/google/uuid"
)

// An agent before the form of now kept its ledger here, and replaced the file at
// every change. It is taken over and removed. If it comes back with another epoch,
// such an agent was here in between.
const (
	formerLedgerName = "ledger.json"
	maxFormerLedger  = 1 << 20
)

// formerLedger reads the ledger of such an agent; nil where there is none. One
// that cannot be made out is a ledger without an epoch. Such an agent counted no
// reasons; whatever stands there in their place must fit into a page of ours.
func (s *Spool) formerLedger() (*ledger, error) {
	data, err := s.readWhole(formerLedgerName, maxFormerLedger)
	if err != nil || data == nil {
		return nil, err
	}
	var found ledger
	if json.Unmarshal(data, &found) != nil || !found.valid() {
		found = ledger{}
	}
	found.Reasons = nil
	return &found, nil
}

// Renew begins a new epoch, because what is below is no longer the Mac that the
// old one belonged to. What waits is counted as lost, for its place in the order
// is gone, and kept in quarantine. After an error the numbering may stand still;
// the next Put or Renew goes on.
func (s *Spool) Renew() error {
	defer s.lock()()
	now := time.Now()
	if s.ledger.Epoch != "" {
		if err := s.end(now); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
	}
	if err := s.begin(); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	_ = s.boundQuarantine(now) // see Refresh
	return nil
}

// end takes the epoch from the ledger. What waits is counted at the same time: a
// crash on the way to the next epoch counts nothing twice and forgets nothing.
func (s *Spool) end(now time.Time) error {
	if err := s.commit(s.ledger.ended(len(s.waiting), now)); err != nil {
		return err
	}
	s.waiting, s.last = nil, 0
	return nil
}

// newEpoch begins with a ledger that knows how many reports were dropped before,
// and not what waits.
func (s *Spool) newEpoch(before ledger, now time.Time) error {
	names, err := s.reportNames()
	if err != nil {
		return err
	}
	next := before.ended(len(names), now)
	if len(names) == 0 {
		next.Epoch = uuid.NewString()
	}
	return s.newBook(next)
}

// begin gives the ledger an epoch where it has none, after what is left of the one
// before was moved out of the way.
func (s *Spool) begin() error {
	if s.ledger.Epoch != "" {
		return nil
	}
	names, err := s.reportNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		_, k, _ := parseName(name)
		if err := s.moveAside(name, lostPrefix+uuid.NewString()+"."+string(k)); err != nil {
			return err
		}
	}
	next := s.ledger
	next.Epoch = uuid.NewString()
	return s.commit(next)
}

func (s *Spool) reportNames() ([]string, error) {
	found, err := s.files.List(s.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range found {
		if _, _, ok := parseName(f.Name()); ok {
			names = append(names, f.Name())
		}
	}
	return names, nil
}

// restore begins anew where somebody removed the folder: what waited is lost, and
// what comes is not.
func (s *Spool) restore(now time.Time) error {
	if _, err := s.files.Lstat(s.dir); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s.rooted = false
	if err := s.makeFolders(); err != nil {
		return err
	}
	if err := s.newBook(s.ledger.ended(len(s.waiting), now)); err != nil {
		return err
	}
	s.waiting, s.last, s.doubt = nil, 0, ""
	return nil
}
