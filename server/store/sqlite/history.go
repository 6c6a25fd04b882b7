package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/server/store"
)

// The number before a report's is looked up in the index, beyond the page.
const historySQL = `SELECT r.id, e.id, r.seq, r.kind, r.verdict, r.findings, r.observed_at, r.received_at,
	r.epoch, r.key,
	coalesce((SELECT max(p.seq) FROM report p WHERE p.device = r.device AND p.epoch = r.epoch AND p.seq < r.seq), 0)
	FROM report r JOIN epoch e ON e.device = r.device AND e.rank = r.epoch
	WHERE r.device = ? AND (r.epoch, r.seq, r.key) < (?, ?, ?)
	ORDER BY r.epoch DESC, r.seq DESC, r.key DESC LIMIT ?`

// History is described at store.Devices.
func (s *Store) History(ctx context.Context, id, cursor string, limit int) (store.History, error) {
	from := pastPlace{Epoch: math.MaxInt64}
	if cursor != "" {
		var err error
		if from, err = pastPlaceOf(cursor); err != nil {
			return store.History{}, err
		}
	}
	key, err := s.key(ctx, id)
	if err != nil {
		return store.History{}, fmt.Errorf("read history: %w", err)
	}
	rows, err := s.read.QueryContext(ctx, historySQL, key, from.Epoch, from.Seq, from.Key, limit+1)
	if err != nil {
		return store.History{}, fmt.Errorf("read history: %w", err)
	}
	h, err := scanHistory(rows, limit)
	if err != nil {
		return store.History{}, fmt.Errorf("read history: %w", err)
	}
	return h, nil
}

func (s *Store) key(ctx context.Context, id string) (key int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT key FROM device WHERE id = ?`, id).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, store.ErrNotFound
	}
	return key, err
}

func scanHistory(rows *sql.Rows, limit int) (store.History, error) {
	h := store.History{Reports: []store.Past{}}
	var last pastPlace
	err := each(rows, func() error {
		if len(h.Reports) == limit {
			h.Next = encodeCursor(last)
			return nil
		}
		p, place, err := scanPast(rows)
		h.Reports, last = append(h.Reports, p), place
		return err
	})
	return h, err
}

func scanPast(rows *sql.Rows) (store.Past, pastPlace, error) {
	var (
		p                  store.Past
		place              pastPlace
		id, epoch          uuid.UUID
		verdict            int
		codes              string
		observed, received int64
		before             uint64
	)
	err := rows.Scan(&id, &epoch, &p.Seq, &p.Kind, &verdict, &codes, &observed, &received,
		&place.Epoch, &place.Key, &before)
	place.Seq = int64(p.Seq)
	p.ID, p.Epoch, p.Verdict, p.Findings = id.String(), epoch.String(), verdictAt(verdict), splitCodes(codes)
	p.ObservedAt, p.ReceivedAt = timeAt(observed), timeAt(received)
	p.MissingBefore = p.Seq - before - 1
	return p, place, err
}
