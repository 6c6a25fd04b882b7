package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenward/tokenward/server/store"
)

// maxGroup bounds the reports of one transaction, and so the time that the
// first of them waits for the last.
const maxGroup = 1000

// A job is one call of Ingest on its way through the writer.
type job struct {
	at      time.Time
	entries []entry
	answer  chan answer // takes one, so that the writer never waits for a caller
}

type answer struct {
	receipt store.Receipt
	err     error
}

// Ingest is described at store.Ingester.
func (s *Store) Ingest(ctx context.Context, at time.Time, reports []store.Report) (store.Receipt, error) {
	entries, err := s.entries(reports)
	if err != nil {
		return store.Receipt{}, fmt.Errorf("ingest: %w", err)
	}
	j := &job{at: at, entries: entries, answer: make(chan answer, 1)}
	select {
	case s.jobs <- j:
	case <-s.closing:
		return store.Receipt{}, store.ErrClosed
	case <-ctx.Done():
		return store.Receipt{}, ctx.Err()
	}
	select {
	case a := <-j.answer:
		return a.receipt, a.err
	case <-ctx.Done(): // it may be stored all the same, which does no harm
		return store.Receipt{}, ctx.Err()
	}
}

// writeUntilClosed is the one goroutine that writes.
func (s *Store) writeUntilClosed() {
	defer close(s.done)
	for {
		select {
		case j := <-s.jobs:
			s.writeGroup(s.gather(j))
		case <-s.closing:
			return
		}
	}
}

// gather takes along whoever is waiting now. It does not linger for more: while
// a commit is on its way to the disk the next group forms by itself, and a
// caller that is alone waits for nobody.
func (s *Store) gather(first *job) []*job {
	group, size := []*job{first}, len(first.entries)
	for size < maxGroup {
		select {
		case j := <-s.jobs:
			group, size = append(group, j), size+len(j.entries)
		default:
			return group
		}
	}
	return group
}

// writeGroup commits a group at once. If that fails, each job gets a
// transaction of its own, so that one of them cannot fail its neighbours.
func (s *Store) writeGroup(group []*job) {
	receipts, err := s.commitGroup(group)
	if err != nil && len(group) > 1 {
		for _, j := range group {
			s.writeGroup([]*job{j})
		}
		return
	}
	for i, j := range group {
		if err != nil {
			j.answer <- answer{err: fmt.Errorf("ingest: %w", err)}
			continue
		}
		j.answer <- answer{receipt: receipts[i]}
	}
}

// commitGroup runs without the callers' contexts: a caller that goes away must
// not roll back the reports of another.
func (s *Store) commitGroup(group []*job) ([]store.Receipt, error) {
	ctx := context.Background()
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	receipts := make([]store.Receipt, len(group))
	for i, j := range group {
		t := transaction{ctx: ctx, tx: tx, st: s.st, at: j.at.UnixMilli()}
		if receipts[i], err = t.putAll(j.entries); err != nil {
			return nil, err
		}
	}
	return receipts, commit(tx)
}
