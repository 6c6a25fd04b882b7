// Package spool keeps the reports that the server does not have yet.
//
// A report is one file, named by its sequence number, and is on the disk before
// Put returns. It leaves when the server has acknowledged it, goes to a
// quarantine folder when it never will, and is dropped, counted, when there are
// too many. Whatever happens in between, a crash at any step included, no
// sequence number is given twice and none is skipped.
package spool

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

const (
	ledgerName     = "ledger.json"
	quarantineName = "quarantine"
	suffix         = ".json"
	maxReport      = 4 << 20
)

// Limits bound the spool; the oldest reports are dropped first.
type Limits struct {
	Reports int
	Bytes   int
}

// Stamp is what the spool gives to a report that is being made.
type Stamp struct {
	Epoch        string
	Seq          uint64
	Dropped      uint64
	DroppedSince *time.Time
}

// ledger is what must survive the reports themselves.
type ledger struct {
	Epoch          string     `json:"epoch"`
	Done           uint64     `json:"done"`            // the highest number that left by an acknowledgement
	DroppedThrough uint64     `json:"dropped_through"` // all numbers up to this one are gone
	Dropped        uint64     `json:"dropped"`
	DroppedSince   *time.Time `json:"dropped_since,omitempty"`
}

// Spool is safe for concurrent use by one process; the caller sees to it that
// there is only one.
type Spool struct {
	dir    string
	limits Limits

	mu      sync.Mutex
	ledger  ledger
	waiting []entry // by sequence number
	last    uint64
	arrived chan struct{}
}

type entry struct {
	seq  uint64
	size int64
}

// Open reads the spool in dir, or begins a new one. It cleans up after a crash.
func Open(dir string, limits Limits) (*Spool, error) {
	for _, d := range []string{dir, filepath.Join(dir, quarantineName)} {
		if err := rootfile.PrivateFolder(d); err != nil {
			return nil, fmt.Errorf("open spool: %w", err)
		}
	}
	s := &Spool{dir: dir, limits: limits, arrived: make(chan struct{}, 1)}
	if err := s.readLedger(); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	if err := s.scan(); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	s.signal()
	return s, nil
}

// readLedger begins a new epoch where there is no readable ledger: numbers that
// may have been used before must not be used again under the same name.
func (s *Spool) readLedger() error {
	path := s.path(ledgerName)
	data, err := rootfile.Read(path, maxReport)
	if err == nil && json.Unmarshal(data, &s.ledger) == nil && uuid.Validate(s.ledger.Epoch) == nil {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.newEpoch()
}

// newEpoch starts the numbering again. Reports of the epoch before are moved
// out of the way: their place in the order is lost.
func (s *Spool) newEpoch() error {
	names, err := s.reportNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := rootfile.Rename(s.path(name), s.quarantinePath("lost-epoch-"+uuid.NewString()+suffix)); err != nil {
			return err
		}
	}
	s.ledger = ledger{Epoch: uuid.NewString()}
	return s.writeLedger()
}

func (s *Spool) writeLedger() error {
	data, err := json.Marshal(s.ledger)
	if err != nil {
		return err
	}
	return rootfile.Write(s.path(ledgerName), append(data, '\n'), 0o600)
}

// scan lists what waits, and finishes what a crash interrupted: a file that was
// still being written was never promised to anybody, and one that the ledger
// calls dropped was about to be removed.
func (s *Spool) scan() error {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	s.last = max(s.ledger.Done, s.ledger.DroppedThrough, s.lastQuarantined())
	for _, f := range files {
		seq, ok := seqOf(f.Name())
		switch {
		case strings.HasPrefix(f.Name(), rootfile.TempPrefix), ok && seq <= s.ledger.DroppedThrough:
			if err := rootfile.Remove(s.path(f.Name())); err != nil {
				return err
			}
		case ok:
			info, err := f.Info()
			if err != nil {
				return err
			}
			s.waiting = append(s.waiting, entry{seq, info.Size()})
			s.last = max(s.last, seq)
		}
	}
	slices.SortFunc(s.waiting, func(a, b entry) int { return cmp.Compare(a.seq, b.seq) })
	return nil
}

// lastQuarantined is the highest number in quarantine: a report that went there
// keeps its number too.
func (s *Spool) lastQuarantined() (last uint64) {
	files, _ := os.ReadDir(filepath.Join(s.dir, quarantineName))
	for _, f := range files {
		seq, _ := seqOf(f.Name())
		last = max(last, seq)
	}
	return last
}

func (s *Spool) reportNames() ([]string, error) {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		if _, ok := seqOf(f.Name()); ok {
			names = append(names, f.Name())
		}
	}
	return names, nil
}

// Put makes a report with the next number and stores it. When it returns
// without an error the report is on the disk. build must not call the spool.
func (s *Spool) Put(now time.Time, build func(Stamp) ([]byte, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := build(Stamp{s.ledger.Epoch, s.last + 1, s.ledger.Dropped, s.ledger.DroppedSince})
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if len(data) > maxReport {
		return fmt.Errorf("spool: a report of %d bytes, at most %d are kept", len(data), maxReport)
	}
	if err := s.makeRoom(int64(len(data)), now); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if err := rootfile.Write(s.path(nameOf(s.last+1)), data, 0o600); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.last++
	s.waiting = append(s.waiting, entry{s.last, int64(len(data))})
	s.signal()
	return nil
}

// makeRoom drops the oldest reports. They are counted first: a crash between
// the two steps is finished at the next start, without counting again.
func (s *Spool) makeRoom(size int64, now time.Time) error {
	count, bytes := len(s.waiting), size
	for _, e := range s.waiting {
		bytes += e.size
	}
	drop := 0
	for drop < len(s.waiting) && (count-drop >= s.limits.Reports || bytes > int64(s.limits.Bytes)) {
		bytes -= s.waiting[drop].size
		drop++
	}
	if drop == 0 {
		return nil
	}
	s.ledger.Dropped += uint64(drop) //nolint:gosec // a count
	s.ledger.DroppedThrough = s.waiting[drop-1].seq
	if s.ledger.DroppedSince == nil {
		since := now.UTC()
		s.ledger.DroppedSince = &since
	}
	if err := s.writeLedger(); err != nil {
		return err
	}
	for _, e := range s.waiting[:drop] {
		if err := rootfile.Remove(s.path(nameOf(e.seq))); err != nil {
			return err
		}
	}
	s.waiting = slices.Delete(s.waiting, 0, drop)
	return nil
}

// Next returns the oldest reports, at least one if there is any, within the two
// bounds. A file that is not a report is moved to quarantine and never blocks
// the rest.
func (s *Spool) Next(reports int, bytes int64) ([]wire.Queued, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var batch []wire.Queued
	for _, e := range slices.Clone(s.waiting) {
		bytes -= e.size
		if len(batch) == reports || (len(batch) > 0 && bytes < 0) {
			break
		}
		q, err := s.read(e.seq)
		if err != nil {
			if err := s.quarantine(e.seq); err != nil {
				return nil, fmt.Errorf("spool: %w", err)
			}
			continue
		}
		batch = append(batch, q)
	}
	return batch, nil
}

func (s *Spool) read(seq uint64) (wire.Queued, error) {
	data, err := rootfile.Read(s.path(nameOf(seq)), maxReport)
	if err != nil {
		return wire.Queued{}, err
	}
	var envelope struct {
		ID  string `json:"report_id"`
		Seq uint64 `json:"seq"`
	}
	if err := json.Unmarshal(data, &envelope); err != nil {
		return wire.Queued{}, err
	}
	if envelope.ID == "" || envelope.Seq != seq {
		return wire.Queued{}, errors.New("not the report that its name says")
	}
	return wire.Queued{ID: envelope.ID, Seq: seq, Data: data}, nil
}

// Done removes reports that the server has.
func (s *Spool) Done(reports []wire.Queued) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(reports) == 0 {
		return nil
	}
	for _, r := range reports {
		s.ledger.Done = max(s.ledger.Done, r.Seq)
	}
	// First the number, then the file: otherwise a crash in between would leave
	// no trace of the number, and it would be given again.
	if err := s.writeLedger(); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	for _, r := range reports {
		if err := rootfile.Remove(s.path(nameOf(r.Seq))); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		s.forget(r.Seq)
	}
	return nil
}

// Quarantine moves a report that the server will never take out of the way. It
// stays on the disk for a person to look at.
func (s *Spool) Quarantine(r wire.Queued) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.quarantine(r.Seq); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

func (s *Spool) quarantine(seq uint64) error {
	err := rootfile.Rename(s.path(nameOf(seq)), s.quarantinePath(nameOf(seq)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.forget(seq)
	return nil
}

func (s *Spool) forget(seq uint64) {
	s.waiting = slices.DeleteFunc(s.waiting, func(e entry) bool { return e.seq == seq })
}

// Renew begins a new epoch, because what is below is no longer the Mac that the
// old one belonged to.
func (s *Spool) Renew() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.newEpoch(); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.waiting, s.last = nil, 0
	return nil
}

// Waiting says how many reports wait, how many are in quarantine, and how many
// were ever dropped.
func (s *Spool) Waiting() (waiting, quarantined int, dropped uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	files, _ := os.ReadDir(filepath.Join(s.dir, quarantineName))
	return len(s.waiting), len(files), s.ledger.Dropped
}

// Arrived receives after a report came in, and once after Open.
func (s *Spool) Arrived() <-chan struct{} { return s.arrived }

func (s *Spool) signal() {
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}

func (s *Spool) path(name string) string { return filepath.Join(s.dir, name) }

func (s *Spool) quarantinePath(name string) string {
	return filepath.Join(s.dir, quarantineName, name)
}

func nameOf(seq uint64) string { return fmt.Sprintf("%020d%s", seq, suffix) }

func seqOf(name string) (uint64, bool) {
	digits, ok := strings.CutSuffix(name, suffix)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	seq, err := strconv.ParseUint(digits, 10, 64)
	return seq, err == nil
}
