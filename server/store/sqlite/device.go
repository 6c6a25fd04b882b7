package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/server/store"
)

const maxEpochs = 10

// Device is described at store.Devices.
func (s *Store) Device(ctx context.Context, id string) (store.Detail, error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return store.Detail{}, fmt.Errorf("read device: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	detail, key, err := s.detail(ctx, tx, id)
	if err != nil {
		return store.Detail{}, fmt.Errorf("read device: %w", err)
	}
	if detail.Epochs, err = epochs(ctx, tx, key); err != nil {
		return store.Detail{}, fmt.Errorf("read epochs: %w", err)
	}
	return detail, nil
}

func (s *Store) detail(ctx context.Context, tx *sql.Tx, id string) (detail store.Detail, key int64, err error) {
	row := tx.QueryRowContext(ctx, `SELECT `+deviceColumns+`, key,
		snapshot IS NOT NULL AND snapshot_hash <> state_hash,
		(SELECT payload FROM report WHERE report.key = device.snapshot)
		FROM device WHERE id = ?`, id)
	var packed []byte
	detail.Device, err = scanDevice(row, &key, &detail.Outdated, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return detail, 0, store.ErrNotFound
	}
	if err != nil || packed == nil {
		return detail, key, err
	}
	detail.Snapshot, err = s.unpack.DecodeAll(packed, nil)
	return detail, key, err
}

func epochs(ctx context.Context, tx *sql.Tx, device int64) ([]store.Epoch, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, first_seen, reports, last_seq, last_seq - numbers
		FROM epoch WHERE device = ? ORDER BY rank DESC LIMIT ?`, device, maxEpochs)
	if err != nil {
		return nil, err
	}
	all := []store.Epoch{}
	err = each(rows, func() error {
		var (
			e     store.Epoch
			id    uuid.UUID
			first int64
		)
		if err := rows.Scan(&id, &first, &e.Reports, &e.LastSeq, &e.Missing); err != nil {
			return err
		}
		e.ID, e.FirstSeen = id.String(), timeAt(first)
		all = append(all, e)
		return nil
	})
	return all, err
}
