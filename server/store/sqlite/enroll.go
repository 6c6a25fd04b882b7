package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tokenward/tokenward/server/store"
)

// Key is described at store.KeyFinder.
func (s *Store) Key(ctx context.Context, fingerprint string) (store.DeviceKey, error) {
	k, err := scanKey(s.read.QueryRowContext(ctx, keySQL, fingerprint))
	if err != nil {
		return store.DeviceKey{}, fmt.Errorf("read key: %w", err)
	}
	return k, nil
}

// Enroll is described at store.Enroller.
func (s *Store) Enroll(ctx context.Context, at time.Time, c store.Claim) (key store.DeviceKey, err error) {
	key, err = s.Key(ctx, c.Fingerprint)
	if err == nil && key.State != store.KeyPending {
		return key, sameMac(key, c) // most ask again what they know, and that writes nothing
	}
	err = s.change(ctx, at, func(e enrolling) error {
		key, err = e.enroll(c)
		return err
	})
	if err != nil {
		return store.DeviceKey{}, fmt.Errorf("enroll: %w", err)
	}
	return key, nil
}

func sameMac(k store.DeviceKey, c store.Claim) error {
	if k.HardwareUUID != c.HardwareUUID || !strings.EqualFold(k.Serial, c.Serial) {
		return store.ErrOtherMac
	}
	return nil
}

// enrolling is one transaction about keys.
type enrolling struct {
	ctx context.Context //nolint:containedctx // lives as long as the one call that it serves
	tx  *sql.Tx
	at  int64
}

// change does its work and commits, or leaves everything as it was. It shares the one
// connection that writes with the writer of reports: each waits for the other.
func (s *Store) change(ctx context.Context, at time.Time, work func(enrolling) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := work(enrolling{ctx, tx, at.UnixMilli()}); err != nil {
		return err
	}
	return commit(tx)
}

func (e enrolling) enroll(c store.Claim) (store.DeviceKey, error) {
	if err := e.exec(forgetSQL, e.at-store.MaxPendingAge.Milliseconds()); err != nil {
		return store.DeviceKey{}, err
	}
	known, err := scanKey(e.row(keySQL, c.Fingerprint))
	if errors.Is(err, store.ErrNotFound) {
		return e.admit(c, "")
	}
	if err != nil {
		return store.DeviceKey{}, err
	}
	if err := sameMac(known, c); err != nil || known.State != store.KeyPending {
		return known, err
	}
	key, err := e.admit(c, known.State)
	if errors.Is(err, store.ErrUninvited) || errors.Is(err, store.ErrFull) {
		return known, nil // it waits already
	}
	return key, err
}

// admit lets a key in that is new or in a state from which it may become active.
func (e enrolling) admit(c store.Claim, was store.KeyState) (store.DeviceKey, error) {
	standing, err := e.standing(c)
	if err != nil {
		return store.DeviceKey{}, err
	}
	state, by, err := store.Admit(c, standing)
	if err != nil {
		return store.DeviceKey{}, err
	}
	if was == "" {
		err = e.exec(addKeySQL, c.Fingerprint, []byte(c.Public), c.Recipient, c.HardwareUUID, c.Serial,
			c.Name, c.Model, c.OSVersion, c.AgentVersion, store.KeyPending, e.at)
	}
	if err == nil && state == store.KeyActive {
		err = e.letIn(c, by)
	}
	return store.DeviceKey{
		Fingerprint: c.Fingerprint, Public: c.Public, State: state, HardwareUUID: c.HardwareUUID, Serial: c.Serial,
	}, err
}

// letIn makes a key active because of what the claim brought.
func (e enrolling) letIn(c store.Claim, by string) error {
	if by == store.ByCode {
		if err := e.exec(useCodeSQL, c.CodeHash, c.Fingerprint); err != nil {
			return err
		}
	}
	return e.activate(c.Fingerprint, by, store.Act{By: store.ByServerItself, Action: "enroll", Subject: c.Fingerprint, Detail: "by " + by})
}

// activate makes a key active and retires those that stood in its place.
func (e enrolling) activate(fingerprint, by string, act store.Act) error {
	rows, err := e.tx.QueryContext(e.ctx, rivalsSQL, fingerprint)
	if err != nil {
		return err
	}
	var rivals []string
	err = each(rows, func() error {
		var rival string
		rivals = append(rivals, rival)
		return rows.Scan(&rivals[len(rivals)-1])
	})
	if err != nil {
		return err
	}
	for _, rival := range rivals {
		if err := e.decide(rival, store.KeyRetired, by, store.Act{By: act.By, Action: "retire", Subject: rival, Detail: "replaced by " + fingerprint}); err != nil {
			return err
		}
	}
	return e.decide(fingerprint, store.KeyActive, by, act)
}

// decide writes a state and the act that led to it.
func (e enrolling) decide(fingerprint string, state store.KeyState, by string, act store.Act) error {
	if err := e.exec(`UPDATE enrollment SET state = ?, decided_at = ?, decided_by = ? WHERE fingerprint = ?`,
		state, e.at, by, fingerprint); err != nil {
		return err
	}
	return e.note(act)
}

// note adds to the audit.
func (e enrolling) note(act store.Act) error {
	return e.exec(`INSERT INTO audit (at, by, action, subject, detail) VALUES (?, ?, ?, ?, ?)`,
		e.at, act.By, act.Action, act.Subject, act.Detail)
}

func (e enrolling) standing(c store.Claim) (s store.Standing, err error) {
	uuid, serial, self := c.HardwareUUID, c.Serial, c.Fingerprint
	var code sql.NullString
	err = e.row(`SELECT serial FROM code WHERE hash = ? AND used_by = '' AND expires_at > ? AND serial IN ('', ?)`,
		c.CodeHash, e.at, serial).Scan(&code)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	s.CodeFits, s.CodeBound = code.Valid, code.Valid && code.String != ""
	err = e.row(standingSQL, uuid, serial, self, c.Previous).Scan(
		&s.Rotation, &s.Expected, &s.Seen, &s.Active, &s.Contradict, &s.Strangers, &s.OfSerial)
	return s, err
}

func (e enrolling) row(query string, args ...any) *sql.Row {
	return e.tx.QueryRowContext(e.ctx, query, args...)
}

func (e enrolling) exec(query string, args ...any) error {
	_, err := e.tx.ExecContext(e.ctx, query, args...)
	return err
}

func scanKey(row *sql.Row) (k store.DeviceKey, err error) {
	var public []byte
	err = row.Scan(&k.Fingerprint, &public, &k.State, &k.HardwareUUID, &k.Serial)
	if errors.Is(err, sql.ErrNoRows) {
		return k, store.ErrNotFound
	}
	k.Public = public
	return k, err
}
