// Package spool keeps the reports that the server does not have yet.
//
// A report is one file, named by its sequence number, and is on the disk before
// Put returns. It leaves when the server has acknowledged it, goes to a
// quarantine folder when it never will, and is dropped, counted, when there are
// too many here or there. Whatever happens in between, a power cut at any step
// included, no sequence number is given twice and none is skipped.
package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// Limits bound the spool; the oldest reports are dropped first. Audit records are
// not counted among the reports: they may take as many bytes again, and so may
// the quarantine.
type Limits struct {
	Reports int
	Bytes   int           // without the headers of the files
	Age     time.Duration // 0: a report may become as old as it likes
	Audits  int           // 0: as many as reports
}

func (l Limits) audits() int {
	if l.Audits > 0 {
		return l.Audits
	}
	return l.Reports
}

// Spool is safe for concurrent use by one process; the caller sees to it that
// there is only one.
type Spool struct {
	dir    string
	limits Limits
	files  rootfile.Files

	mu      sync.Mutex
	ledger  ledger
	book    book
	waiting []entry // by sequence number
	last    uint64
	rooted  bool   // the names in the folder, and its own, are on the disk
	doubt   string // the name of a file that a Put which failed may have left
	clock   ticks
	arrived chan struct{}

	quarantined int // files, when the folder was last looked at
	counts      atomic.Pointer[counts]
}

// entry is one file that waits.
type entry struct {
	seq   uint64
	kind  kind
	size  int64         // without the header
	id    string        // empty until the report is read
	clock time.Duration // of the spool, when it was made; -1 until the report is read
}

func (e entry) name() string { return nameOf(e.seq, e.kind) }

// Open reads the spool in dir, or begins a new one. It cleans up after a crash.
// On a disk that is full or read-only it opens what is there; only to begin a
// spool takes room, and fails with rootfile.ErrNoSpace or rootfile.ErrReadOnly.
func Open(dir string, limits Limits) (*Spool, error) { return OpenOn(rootfile.OS{}, dir, limits) }

// OpenOn is Open on a disk.
func OpenOn(disk rootfile.Disk, dir string, limits Limits) (*Spool, error) {
	s := &Spool{dir: dir, limits: limits, files: rootfile.Files{Disk: disk, Private: dir}, arrived: make(chan struct{}, 1)}
	if err := s.open(time.Now()); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	s.publish()
	s.signal()
	return s, nil
}

func (s *Spool) open(now time.Time) error {
	if err := s.makeFolders(); err != nil {
		return err
	}
	if err := s.openLedger(now); err != nil {
		return err
	}
	_ = s.begin() // tried again by the next Put
	if err := s.scan(); err != nil {
		return err
	}
	s.clock = s.lastTick()
	_ = s.boundQuarantine(now) // see Refresh
	return nil
}

func (s *Spool) makeFolders() error {
	if err := s.files.PrivateFolder(s.dir); err != nil {
		return err
	}
	return s.makeQuarantine()
}

// root makes sure that what is seen in the folder, and the folder itself, survives
// a power cut: of a daemon that was killed, or whose sync failed, that is not known.
func (s *Spool) root() error {
	if s.rooted {
		return nil
	}
	aside := s.files.SyncFolder(s.path(quarantineName))
	if errors.Is(aside, fs.ErrNotExist) {
		aside = nil // a person may have removed it
	}
	if err := errors.Join(s.files.SyncFolder(filepath.Dir(s.dir)), s.files.SyncFolder(s.dir), aside); err != nil {
		return err
	}
	s.rooted = true
	return nil
}

// names passes on the error of a change of names. After one nobody knows what is on
// the disk, and the folder is synced again before anything rests on it.
func (s *Spool) names(err error) error {
	s.rooted = s.rooted && err == nil
	return err
}

// scan lists what waits, and finishes what a crash interrupted: a file that was
// still being written was never promised to anybody, and one that the ledger
// calls dropped was about to be removed. What cannot be removed is left to the
// next start: a disk that refuses it is no reason not to open.
func (s *Spool) scan() error {
	found, err := s.files.List(s.dir)
	if err != nil || s.ledger.Epoch == "" {
		return err
	}
	var gone []fs.DirEntry
	for _, f := range found {
		seq, k, ok := parseName(f.Name())
		switch {
		case strings.HasPrefix(f.Name(), rootfile.TempPrefix), ok && s.ledger.hasDropped(seq, k):
			gone = append(gone, f)
		case ok:
			info, err := f.Info()
			if err != nil {
				return err
			}
			s.waiting = append(s.waiting, entry{seq: seq, kind: k, size: bodySize(info.Size(), k), clock: -1})
		}
	}
	s.discard(gone)
	s.order()
	return nil
}

func bodySize(size int64, k kind) int64 {
	if k == former {
		return size
	}
	return max(0, size-headerSize)
}

// order sorts what waits, and finds the last number that was given.
func (s *Spool) order() {
	slices.SortFunc(s.waiting, func(a, b entry) int { return cmp.Or(cmp.Compare(a.seq, b.seq), cmp.Compare(a.kind, b.kind)) })
	for i := len(s.waiting) - 1; i > 0; i-- {
		if s.waiting[i].seq == s.waiting[i-1].seq {
			s.choose(i)
		}
	}
	s.last = max(s.ledger.Done, s.ledger.DroppedThrough)
	if n := len(s.waiting); n > 0 {
		s.last = max(s.last, s.waiting[n-1].seq)
	}
}

// choose keeps one of two files that bear one number: the one that is the report,
// for the other was never ours.
func (s *Spool) choose(i int) {
	if _, _, err := s.read(i); err == nil {
		i--
	}
	name := s.waiting[i].name()
	s.waiting = slices.Delete(s.waiting, i, i+1)
	_ = s.moveAside(name, name) // at worst it is met again at the next start
}

// discard removes what is of no use any more. What is no file was never ours,
// and a folder may not even be removable. A ledger that may not be on the disk is
// no proof that a report was counted.
func (s *Spool) discard(gone []fs.DirEntry) {
	var paths []string
	for _, f := range gone {
		switch {
		case !f.Type().IsRegular():
			_ = s.moveAside(f.Name(), f.Name())
		case !s.book.unsure || strings.HasPrefix(f.Name(), rootfile.TempPrefix):
			paths = append(paths, s.path(f.Name()))
		}
	}
	_ = s.names(s.files.Remove(paths...))
}

// counts are what Waiting tells.
type counts struct {
	waiting, quarantined int
	dropped              uint64
}

// publish makes the counts those of now. It is called with the lock held.
func (s *Spool) publish() {
	s.counts.Store(&counts{len(s.waiting), s.quarantined, s.ledger.Dropped})
}

// lock returns what ends an operation.
func (s *Spool) lock() (unlock func()) {
	s.mu.Lock()
	return func() {
		s.publish()
		s.mu.Unlock()
	}
}

// Limit changes the limits. What is too much by them leaves with the next report.
func (s *Spool) Limit(limits Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = limits
}

// Waiting says how many reports wait, how many are in quarantine, and how many
// were ever dropped. It neither looks at the disk nor waits for it.
func (s *Spool) Waiting() (waiting, quarantined int, dropped uint64) {
	c := s.counts.Load()
	return c.waiting, c.quarantined, c.dropped
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
