package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tokenward/tokenward/server/store"
)

// Decide is described at store.Registrar.
func (s *Store) Decide(ctx context.Context, at time.Time, d store.Decision) (e store.Enrollment, err error) {
	err = s.change(ctx, at, func(work enrolling) error {
		if err := work.forget(); err != nil {
			return err
		}
		if err := work.obey(d); err != nil {
			return err
		}
		e, _, err = scanEnrollment(work.row(`SELECT `+enrollmentColumns+` FROM enrollment AS e WHERE fingerprint = ?`, d.Fingerprint))
		return err
	})
	if err != nil {
		return store.Enrollment{}, fmt.Errorf("decide: %w", err)
	}
	return e, nil
}

// obey does nothing where it was decided so before.
func (e enrolling) obey(d store.Decision) error {
	key, err := scanKey(e.row(keySQL, d.Fingerprint))
	if err != nil || key.State == d.State {
		return err
	}
	if !store.May(key.State, d.State) {
		return store.ErrDecided
	}
	act := store.Act{By: d.By, Action: verb(d.State), Subject: d.Fingerprint, Detail: d.Reason}
	if d.State == store.KeyActive {
		return e.approve(key, d, act)
	}
	return e.decide(d.Fingerprint, d.State, d.By, act)
}

func (e enrolling) approve(key store.DeviceKey, d store.Decision, act store.Act) error {
	rivals, err := e.rivals(key.Fingerprint)
	if err != nil {
		return err
	}
	if store.Ambiguous(key, rivals) && !d.Replace {
		return store.ErrReplaces
	}
	return e.activate(key.Fingerprint, d.By, rivals, act)
}

func verb(to store.KeyState) string {
	switch to {
	case store.KeyActive:
		return "approve"
	case store.KeyRefused:
		return "refuse"
	case store.KeyRevoked:
		return "revoke"
	case store.KeyPending, store.KeyRetired:
	}
	return string(to)
}

// keyPlace is a place in a list that is ordered by key.
type keyPlace struct {
	Key int64 `json:"k"`
}

func keyPlaceOf(cursor string, first int64) (keyPlace, error) {
	place := keyPlace{first}
	if cursor == "" {
		return place, nil
	}
	place.Key = 0
	if err := decodeCursor(cursor, &place); err != nil || place.Key < 1 {
		return place, store.ErrCursor
	}
	return place, nil
}

// Enrollments is described at store.Registrar.
func (s *Store) Enrollments(ctx context.Context, q store.EnrollmentQuery) (store.EnrollmentPage, error) {
	from, err := keyPlaceOf(q.Cursor, 0)
	if err != nil {
		return store.EnrollmentPage{}, err
	}
	rows, err := s.read.QueryContext(ctx, `SELECT `+enrollmentColumns+` FROM enrollment AS e
		WHERE key > ?1 AND ?2 IN ('', state) AND (state <> 'pending' OR heard_at >= ?4) ORDER BY key LIMIT ?3`,
		from.Key, q.State, q.Limit+1, q.At.Add(-s.room.Age).UnixMilli())
	if err != nil {
		return store.EnrollmentPage{}, fmt.Errorf("list enrollments: %w", err)
	}
	page, last := store.EnrollmentPage{Enrollments: []store.Enrollment{}}, keyPlace{}
	err = each(rows, func() error {
		if len(page.Enrollments) == q.Limit {
			page.Next = encodeCursor(last)
			return nil
		}
		e, key, err := scanEnrollment(rows)
		page.Enrollments, last.Key = append(page.Enrollments, e), key
		return err
	})
	if err == nil {
		err = s.replaces(ctx, page.Enrollments)
	}
	if err != nil {
		return store.EnrollmentPage{}, fmt.Errorf("list enrollments: %w", err)
	}
	return page, nil
}

// replaces notes which keys an approval would retire.
func (s *Store) replaces(ctx context.Context, all []store.Enrollment) (err error) {
	look := asking{ctx: ctx, from: s.read}
	for i := range all {
		if all[i].State != store.KeyPending {
			continue
		}
		if all[i].Replaces, err = look.rivals(all[i].Fingerprint); err != nil {
			return err
		}
	}
	return nil
}

func scanEnrollment(row scanner) (e store.Enrollment, key int64, err error) {
	var (
		public         []byte
		asked, decided int64
	)
	err = row.Scan(&e.Fingerprint, &public, &e.State, &e.HardwareUUID, &e.Serial, &e.Recipient, &e.Name, &e.Model,
		&e.OSVersion, &e.AgentVersion, &asked, &decided, &e.DecidedBy, &key, &e.Expected, &e.Known)
	if errors.Is(err, sql.ErrNoRows) {
		return e, 0, store.ErrNotFound
	}
	e.Public, e.AskedAt = public, timeAt(asked)
	if decided != 0 {
		e.DecidedAt = timeAt(decided)
	}
	return e, key, err
}

// AddCode is described at store.Registrar. Codes that ended a day ago are swept out.
func (s *Store) AddCode(ctx context.Context, at time.Time, by string, i store.Invitation) error {
	err := s.change(ctx, at, func(e enrolling) error {
		if err := e.exec(`DELETE FROM code WHERE expires_at < ?`, at.Add(-24*time.Hour).UnixMilli()); err != nil {
			return err
		}
		if err := e.exec(`INSERT INTO code (hash, serial, expires_at) VALUES (?, ?, ?)`, i.Hash, i.Serial, i.Expires.UnixMilli()); err != nil {
			return err
		}
		until := "until " + i.Expires.UTC().Format(time.RFC3339)
		return e.note(store.Act{By: by, Action: "code", Subject: i.Serial, Detail: until})
	})
	if err != nil {
		return fmt.Errorf("add code: %w", err)
	}
	return nil
}

// AddSerials is described at store.Registrar.
func (s *Store) AddSerials(ctx context.Context, at time.Time, by string, serials []string) (added int, err error) {
	err = s.change(ctx, at, func(e enrolling) error {
		for _, serial := range serials {
			result, err := e.tx.ExecContext(ctx, `INSERT INTO expected_serial (serial) VALUES (?) ON CONFLICT DO NOTHING`, serial)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			added += int(n)
		}
		return e.note(store.Act{By: by, Action: "serials", Detail: fmt.Sprintf("%d given, %d new", len(serials), added)})
	})
	if err != nil {
		return 0, fmt.Errorf("add serials: %w", err)
	}
	return added, nil
}

// Audit is described at store.Auditor.
func (s *Store) Audit(ctx context.Context, cursor string, limit int) (store.AuditPage, error) {
	from, err := keyPlaceOf(cursor, math.MaxInt64)
	if err != nil {
		return store.AuditPage{}, err
	}
	rows, err := s.read.QueryContext(ctx, `SELECT key, at, by, action, subject, detail FROM audit
		WHERE key < ? ORDER BY key DESC LIMIT ?`, from.Key, limit+1)
	if err != nil {
		return store.AuditPage{}, fmt.Errorf("read audit: %w", err)
	}
	page, last := store.AuditPage{Acts: []store.Act{}}, keyPlace{}
	err = each(rows, func() error {
		if len(page.Acts) == limit {
			page.Next = encodeCursor(last)
			return nil
		}
		var (
			act store.Act
			at  int64
		)
		err := rows.Scan(&last.Key, &at, &act.By, &act.Action, &act.Subject, &act.Detail)
		act.At = timeAt(at)
		page.Acts = append(page.Acts, act)
		return err
	})
	if err != nil {
		return store.AuditPage{}, fmt.Errorf("read audit: %w", err)
	}
	return page, nil
}
