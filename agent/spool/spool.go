// Package spool keeps the reports that the server does not have yet.
//
// A report is one file, named by its sequence number, and is on the disk before
// Put returns. It leaves when the server has acknowledged it, goes to a
// quarantine folder when it never will, and is dropped, counted, when there are
// too many here or there. Whatever happens in between, a crash at any step included, no
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

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

const (
	suffix = ".json"
	maxSeq = 1 << 53 // what a JSON number holds exactly in every language
)

// Limits bound the spool; the oldest reports are dropped first. The quarantine
// may hold as many bytes again.
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

	quarantined int // files, when the folder was last looked at
}

type entry struct {
	seq  uint64
	size int64
	id   string // empty until the report is read
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
	_ = s.boundQuarantine(time.Now()) // see Refresh
	s.signal()
	return s, nil
}

// scan lists what waits, and finishes what a crash interrupted: a file that was
// still being written was never promised to anybody, and one that the ledger
// calls dropped was about to be removed.
func (s *Spool) scan() error {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	s.last = max(s.ledger.Done, s.ledger.DroppedThrough)
	for _, f := range files {
		seq, ok := seqOf(f.Name())
		switch {
		case strings.HasPrefix(f.Name(), rootfile.TempPrefix), ok && seq <= s.ledger.DroppedThrough:
			if err := s.discard(f); err != nil {
				return err
			}
		case ok:
			info, err := f.Info()
			if err != nil {
				return err
			}
			s.waiting = append(s.waiting, entry{seq: seq, size: info.Size()})
			s.last = max(s.last, seq)
		}
	}
	slices.SortFunc(s.waiting, func(a, b entry) int { return cmp.Compare(a.seq, b.seq) })
	return nil
}

// discard removes a file that is of no use any more. What is no file was never
// ours, and a folder may not even be removable.
func (s *Spool) discard(f fs.DirEntry) error {
	if f.Type().IsRegular() {
		return rootfile.Remove(s.path(f.Name()))
	}
	return s.moveAside(f.Name(), f.Name())
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

// ErrTooLong means that a report is longer than the server or the spool takes.
var ErrTooLong = errors.New("the report is too long")

// Put makes a report with the next number and stores it. When it returns
// without an error the report is on the disk. One that is too long is counted
// as dropped and uses no number. build must not call the spool.
func (s *Spool) Put(now time.Time, build func(Stamp) ([]byte, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := build(Stamp{s.ledger.Epoch, s.last + 1, s.ledger.Dropped, s.ledger.DroppedSince})
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if most := min(wire.MaxReport, s.limits.Bytes); len(data) > most {
		err := fmt.Errorf("spool: %w: %d bytes, at most %d are kept", ErrTooLong, len(data), most)
		return errors.Join(err, s.commit(s.ledger.lost(1, now)))
	}
	if err := s.makeRoom(int64(len(data)), now); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if err := rootfile.Write(s.path(nameOf(s.last+1)), data, 0o600); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.last++
	s.waiting = append(s.waiting, entry{seq: s.last, size: int64(len(data))})
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
	next := s.ledger.lost(drop, now)
	next.DroppedThrough = s.waiting[drop-1].seq
	if err := s.commit(next); err != nil {
		return err
	}
	dropped := slices.Clone(s.waiting[:drop])
	s.waiting = slices.Delete(s.waiting, 0, drop)
	for _, e := range dropped {
		if err := rootfile.Remove(s.path(nameOf(e.seq))); err != nil {
			return err
		}
	}
	return nil
}

// Next returns the oldest reports, at least one if there is any, within the two
// bounds. A file that is not a report is moved to quarantine, and one that
// cannot be read now is left for later: neither blocks the rest. It is an error
// only if nothing else waits.
func (s *Spool) Next(reports int, bytes int64) ([]wire.Queued, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var batch []wire.Queued
	var unread error
	for _, e := range slices.Clone(s.waiting) {
		if len(batch) == reports || (len(batch) > 0 && e.size > bytes) {
			break
		}
		q, err := s.read(e.seq)
		switch {
		case err == nil:
			batch, bytes = append(batch, q), bytes-e.size
		case errors.Is(err, errNoReport):
			if err := s.quarantine(e.seq); err != nil {
				return nil, fmt.Errorf("spool: %w", err)
			}
		default:
			unread = fmt.Errorf("spool: %w", err)
		}
	}
	if len(batch) > 0 {
		return batch, nil
	}
	return nil, unread
}

// errNoReport: this will never become a report, however often it is read.
var errNoReport = errors.New("not the report that its name says")

func (s *Spool) read(seq uint64) (wire.Queued, error) {
	path := s.path(nameOf(seq))
	data, err := rootfile.Read(path, wire.MaxReport)
	if err != nil {
		if foreign(path) {
			err = errNoReport
		}
		return wire.Queued{}, err
	}
	var envelope struct {
		ID    string `json:"report_id"`
		Epoch string `json:"epoch"`
		Seq   uint64 `json:"seq"`
	}
	if json.Unmarshal(data, &envelope) != nil || envelope.ID == "" || envelope.Epoch != s.ledger.Epoch || envelope.Seq != seq {
		return wire.Queued{}, errNoReport
	}
	i := slices.IndexFunc(s.waiting, func(e entry) bool { return e.seq == seq })
	s.waiting[i].id = envelope.ID
	return wire.Queued{ID: envelope.ID, Seq: seq, Data: data}, nil
}

// foreign says whether it is the file itself, rather than the disk or a folder
// above it, that keeps it from being read.
func foreign(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return !info.Mode().IsRegular() || info.Mode().Perm()&0o022 != 0 || info.Size() > wire.MaxReport || !rootfile.Trusted(info)
}

// Done removes reports that Next returned and that the server has. What is not
// in the spool any more is passed over.
func (s *Spool) Done(reports []wire.Queued) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	reports = slices.DeleteFunc(slices.Clone(reports), func(r wire.Queued) bool { return !s.holds(r) })
	last := uint64(0)
	for _, r := range reports {
		last = max(last, r.Seq)
	}
	if err := s.leave(last); err != nil {
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

// holds says whether a report that Next returned is still here. A number alone
// does not say so: by now it may be another epoch's.
func (s *Spool) holds(r wire.Queued) bool {
	return slices.ContainsFunc(s.waiting, func(e entry) bool { return e.seq == r.Seq && e.id == r.ID })
}

// Quarantine moves a report that Next returned, and that the server will never
// take, out of the way. It stays on the disk for a person to look at.
func (s *Spool) Quarantine(r wire.Queued) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.holds(r) {
		return nil
	}
	if err := s.quarantine(r.Seq); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

func (s *Spool) quarantine(seq uint64) error {
	if err := s.leave(seq); err != nil {
		return err
	}
	err := s.moveAside(nameOf(seq), nameOf(seq))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.forget(seq)
	_ = s.boundQuarantine(time.Now()) // see Refresh
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
	now := time.Now()
	if err := s.newEpoch(now); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.waiting, s.last = nil, 0
	_ = s.boundQuarantine(now) // see Refresh
	return nil
}

// Waiting says how many reports wait, how many are in quarantine, and how many
// were ever dropped. It does not look at the disk.
func (s *Spool) Waiting() (waiting, quarantined int, dropped uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting), s.quarantined, s.ledger.Dropped
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

func nameOf(seq uint64) string { return fmt.Sprintf("%020d%s", seq, suffix) }

// seqOf reads the number in the name of a report; ok is false for what is no
// name of a report, or holds a number that is never given.
func seqOf(name string) (seq uint64, ok bool) {
	digits, ok := strings.CutSuffix(name, suffix)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	seq, err := strconv.ParseUint(digits, 10, 64)
	return seq, err == nil && seq > 0 && seq <= maxSeq
}
