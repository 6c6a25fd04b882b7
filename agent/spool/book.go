package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// The ledger's file has three pages that are written in turn, each where it
// lies, so that it needs no room that it does not have. Each is sealed, and the
// newest that is whole counts. Two would do for a power cut; the third is for a
// sync that failed: what it was about may be seen until the power is cut and not
// be on the disk, and then the page before it must still be there. Each page is
// there twice, a block of the disk each: a bit that turned over must not bring
// an older page back, and with it numbers that were given.
const (
	ledgerName = "ledger"
	ledgerForm = "tokenward-ledger/1"
	copySize   = 4096
	pageSize   = 2 * copySize
	pages      = 3
)

// book says what is in the pages.
type book struct {
	turns  [pages]uint64 // 0: not whole, or not known
	unsure bool          // what is on the disk may be another ledger than the one in memory
}

type page struct {
	Turn uint64 `json:"turn"`
	ledger
}

// commit makes next the ledger, on the disk and then in memory. A write that fails
// changes nothing in memory, and nobody knows what on the disk: the next start may
// find it done. So no number is given before a later commit went well. That one
// writes the same page, so that the newest whole ones stay.
func (s *Spool) commit(next ledger) error {
	if err := s.root(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ledger: %w", err)
	}
	turn := slices.Max(s.book.turns[:]) + 1
	i := slices.Index(s.book.turns[:], slices.Min(s.book.turns[:]))
	text, err := pageOf(turn, next)
	if err != nil {
		return err
	}
	s.book.turns[i], s.book.unsure = 0, true
	err = s.files.Overwrite(s.path(ledgerName), int64(i)*pageSize, text)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.newBook(next) // somebody removed it, and we still know
	case err != nil:
		return fmt.Errorf("ledger: %w", err)
	}
	s.book.turns[i], s.book.unsure, s.ledger = turn, false, next
	return nil
}

// newBook puts a new file in the place of what may be there.
func (s *Spool) newBook(next ledger) error {
	text, err := pageOf(1, next)
	if err != nil {
		return err
	}
	text = append(text, bytes.Repeat([]byte{'\n'}, (pages-1)*pageSize)...)
	if err := s.files.Write(s.path(ledgerName), text, 0o600); err != nil {
		s.rooted, s.book.unsure = false, true
		return fmt.Errorf("ledger: %w", err)
	}
	s.book, s.ledger = book{turns: [pages]uint64{1}}, next
	return nil
}

// pageOf makes a page, which blanks fill up.
func pageOf(turn uint64, l ledger) ([]byte, error) {
	line, err := json.Marshal(page{turn, l})
	if err != nil {
		return nil, err
	}
	room := copySize - len(sealOf(ledgerForm, nil)) - 1
	if len(line) > room {
		return nil, fmt.Errorf("ledger: %d bytes, at most %d fit", len(line), room)
	}
	line = append(line, bytes.Repeat([]byte{' '}, room-len(line))...)
	return bytes.Repeat(seal(ledgerForm, append(line, '\n')), 2), nil
}

// readBook returns the newest page that is whole; ok is false if none is.
func readBook(data []byte) (b book, newest ledger, ok bool) {
	for i := range 2 * pages {
		text, whole := unseal(ledgerForm, data[min(i*copySize, len(data)):min((i+1)*copySize, len(data))])
		var p page
		if !whole || json.Unmarshal(text, &p) != nil || p.Turn == 0 || p.Turn > maxSeq || !p.valid() {
			continue
		}
		if p.Turn > slices.Max(b.turns[:]) {
			newest, ok = p.ledger, true
		}
		b.turns[i/2] = max(b.turns[i/2], p.Turn)
	}
	return b, newest, ok
}

// openLedger finds the ledger of the start before, in whichever form. Where there
// is none a new epoch begins: numbers that may have been used before must not be
// used again under the same name.
func (s *Spool) openLedger(now time.Time) error {
	data, err := s.readWhole(ledgerName, pages*pageSize)
	if err != nil {
		return err
	}
	found, newest, ok := readBook(data)
	old, err := s.formerLedger()
	switch {
	case err != nil:
		return err
	case ok && (old == nil || old.Epoch == newest.Epoch) && len(data) == pages*pageSize:
		s.book, s.ledger = found, newest
		s.assure()
	case ok && (old == nil || old.Epoch == newest.Epoch):
		err = s.newBook(newest)
	case !ok && old != nil && old.Epoch != "":
		err = s.newBook(*old)
	default:
		err = s.newEpoch(newest.with(old), now)
	}
	if err != nil || old == nil {
		return err
	}
	return s.files.Remove(s.path(formerLedgerName))
}

// assure writes again what was read: after a sync that failed it may be in the
// memory of the system alone. It needs no room; where it fails, nothing is
// removed that this ledger alone accounts for, until a later write succeeds.
func (s *Spool) assure() {
	s.book.unsure = true
	_ = s.commit(s.ledger)
}

// attempts is how often a file is read before the disk is believed that it
// cannot: the drive itself has tried for seconds each time.
const attempts = 3

// readWhole reads a file of ours; nil where there is none. What is not ours under
// its name is moved out of the way. A file with a block that cannot be read is like
// an empty one, which tells nothing and is written anew: to wait for the block would
// be to send nothing ever again.
func (s *Spool) readWhole(name string, limit int64) ([]byte, error) {
	data, err := s.files.Read(s.path(name), limit)
	for i := 1; i < attempts && errors.Is(err, rootfile.ErrBadBlock); i++ {
		data, err = s.files.Read(s.path(name), limit)
	}
	switch {
	case err == nil:
		return data, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, rootfile.ErrBadBlock):
		return []byte{}, nil
	}
	if info, look := s.files.Lstat(s.path(name)); look == nil && (s.foreign(s.path(name)) || info.Size() > limit) {
		return nil, s.moveAside(name, name)
	}
	return nil, err
}
