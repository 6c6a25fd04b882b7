package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// Next returns the oldest reports, at least one if there is any, within the two
// bounds. A file that is not a report is moved to quarantine, and one that
// cannot be read now is left for later: neither blocks the rest. It is an error
// only if nothing else waits, or if the disk does not say that it keeps what is
// seen there: a report that is sent and then lost would leave its number to another.
func (s *Spool) Next(reports int, bytes int64) ([]wire.Queued, error) {
	defer s.lock()()
	if err := s.root(); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	var batch []wire.Queued
	var unread error
	for _, e := range slices.Clone(s.waiting) {
		if len(batch) == reports || (len(batch) > 0 && e.size > bytes) {
			break
		}
		h, body, err := s.read(s.find(e.seq))
		switch {
		case err == nil:
			batch, bytes = append(batch, wire.Queued{ID: h.ID, Seq: e.seq, Data: body}), bytes-e.size
		case errors.Is(err, errNoReport):
			if err := s.setAside(e); err != nil {
				unread = fmt.Errorf("spool: %w", err)
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

// find is the place of a number in what waits, and -1 where it does not wait.
func (s *Spool) find(seq uint64) int {
	return slices.IndexFunc(s.waiting, func(e entry) bool { return e.seq == seq })
}

// read reads a report that waits, and notes what is in its header.
func (s *Spool) read(i int) (header, []byte, error) {
	e := &s.waiting[i]
	path := s.path(e.name())
	data, err := s.files.Read(path, wire.MaxReport+headerSize)
	if err != nil {
		if s.foreign(path) {
			err = errNoReport
		}
		return header{}, nil, err
	}
	h, body, err := decodeAs(e.kind, data)
	if err != nil || h.Epoch != s.ledger.Epoch || h.Seq != e.seq || h.Kind != e.kind || len(body) > wire.MaxReport {
		return header{}, nil, errNoReport
	}
	e.id, e.clock = h.ID, time.Duration(h.Clock)*time.Millisecond
	return h, body, nil
}

func decodeAs(k kind, data []byte) (header, []byte, error) {
	if k == former {
		h, err := decodeFormer(data)
		return h, data, err
	}
	return decode(data)
}

// foreign says whether it is the file itself, rather than the disk or a folder
// above it, that keeps it from being read.
func (s *Spool) foreign(path string) bool {
	info, err := s.files.Lstat(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return !info.Mode().IsRegular() || info.Mode().Perm()&0o022 != 0 || info.Size() > wire.MaxReport+headerSize || !rootfile.Trusted(info)
}
