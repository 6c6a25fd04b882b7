package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tokenward/tokenward/server/store"
)

// heardPause is how much later a pending key must ask so that it is noted again: an agent
// asks every hour, and nothing but a term of days rests on it.
const heardPause = 24 * time.Hour

// Key is described at store.KeyFinder.
func (s *Store) Key(ctx context.Context, fingerprint string) (store.DeviceKey, error) {
	k, err := scanKey(s.read.QueryRowContext(ctx, keySQL, fingerprint))
	if err != nil {
		return store.DeviceKey{}, fmt.Errorf("read key: %w", err)
	}
	return k, nil
}

// Enroll is described at store.Enroller. What changes nothing is answered by a connection
// that reads: neither a Mac that asks how things stand nor a stranger makes the reports
// wait.
func (s *Store) Enroll(ctx context.Context, at time.Time, c store.Claim) (key store.DeviceKey, err error) {
	key, settled, err := asking{ctx, s.read, at.UnixMilli(), s.room}.settled(c)
	if err == nil && !settled {
		err = s.change(ctx, at, func(e enrolling) error {
			key, err = e.enroll(c)
			return err
		})
	}
	if err != nil {
		return store.DeviceKey{}, fmt.Errorf("enroll: %w", err)
	}
	return key, nil
}

// enrolling is one transaction about keys.
type enrolling struct {
	asking

	tx *sql.Tx
}

// change does its work and commits, or leaves everything as it was. It shares the one
// connection that writes with the writer of reports: each waits for the other.
func (s *Store) change(ctx context.Context, at time.Time, work func(enrolling) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := work(enrolling{asking{ctx, tx, at.UnixMilli(), s.room}, tx}); err != nil {
		return err
	}
	return commit(tx)
}

func (e enrolling) enroll(c store.Claim) (store.DeviceKey, error) {
	if err := e.forget(); err != nil {
		return store.DeviceKey{}, err
	}
	known, _, err := e.known(c.Fingerprint)
	if errors.Is(err, store.ErrNotFound) {
		return e.admit(c, "")
	}
	if err != nil {
		return store.DeviceKey{}, err
	}
	if !store.SameMac(known, c.HardwareUUID, c.Serial) {
		return known, store.ErrOtherMac
	}
	if known, err = e.learn(known, c); err != nil || known.State != store.KeyPending {
		return known, err
	}
	if err := e.exec(`UPDATE enrollment SET heard_at = ? WHERE fingerprint = ?`, e.at, c.Fingerprint); err != nil {
		return store.DeviceKey{}, err
	}
	key, err := e.admit(c, known.State)
	if errors.Is(err, store.ErrUninvited) || errors.Is(err, store.ErrFull) {
		return known, nil // it waits already
	}
	return key, err
}

// forget sweeps out the keys that wait and no longer ask.
func (e enrolling) forget() error { return e.exec(forgetSQL, e.oldest()) }

// learn notes a serial that the Mac could not read when it asked for the first time.
func (e enrolling) learn(known store.DeviceKey, c store.Claim) (store.DeviceKey, error) {
	ok, err := e.learns(known, c)
	if err != nil || !ok {
		return known, err
	}
	if err := e.exec(learnSQL, c.Serial, c.Fingerprint); err != nil {
		return known, err
	}
	known.Serial = c.Serial
	return known, e.note(store.Act{By: store.ByServerItself, Action: "serial", Subject: c.Fingerprint, Detail: c.Serial})
}

// admit lets a key in that is new or in a state from which it may become active.
func (e enrolling) admit(c store.Claim, was store.KeyState) (store.DeviceKey, error) {
	standing, err := e.standing(c)
	if err != nil {
		return store.DeviceKey{}, err
	}
	admission, err := store.Admit(c, standing, e.room)
	if err != nil {
		return store.DeviceKey{}, err
	}
	if admission.By == store.ByPreviousKey && c.Serial == "" {
		c.Serial = standing.Former // a Mac that could not read its serial this time is no other
	}
	if was == "" {
		err = e.add(c, admission)
	}
	if err == nil && admission.State == store.KeyActive {
		err = e.letIn(c, admission.By)
	}
	return store.DeviceKey{
		Fingerprint: c.Fingerprint, Public: c.Public, State: admission.State, HardwareUUID: c.HardwareUUID, Serial: c.Serial,
	}, err
}

// add notes a key as one that waits.
func (e enrolling) add(c store.Claim, admission store.Admission) error {
	if admission.Oldest {
		if err := e.exec(dropOldestSQL, c.Serial); err != nil {
			return err
		}
	}
	return e.exec(addKeySQL, c.Fingerprint, []byte(c.Public), c.Recipient, c.HardwareUUID, c.Serial,
		c.Name, c.Model, c.OSVersion, c.AgentVersion, store.KeyPending, e.at)
}

// letIn makes a key active because of what the claim brought.
func (e enrolling) letIn(c store.Claim, by string) error {
	if err := e.exec(learnSQL, c.Serial, c.Fingerprint); err != nil {
		return err
	}
	if by == store.ByCode {
		if err := e.exec(useCodeSQL, c.CodeHash, c.Fingerprint); err != nil {
			return err
		}
	}
	rivals, err := e.rivals(c.Fingerprint)
	if err != nil {
		return err
	}
	return e.activate(c.Fingerprint, by, rivals, store.Act{By: store.ByServerItself, Action: "enroll", Subject: c.Fingerprint, Detail: "by " + by})
}

// activate makes a key active and retires those that stood in its place.
func (e enrolling) activate(fingerprint, by string, rivals []store.DeviceKey, act store.Act) error {
	for _, rival := range rivals {
		retire := store.Act{By: act.By, Action: "retire", Subject: rival.Fingerprint, Detail: "replaced by " + fingerprint}
		if err := e.decide(rival.Fingerprint, store.KeyRetired, by, retire); err != nil {
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

func (e enrolling) exec(query string, args ...any) error {
	_, err := e.tx.ExecContext(e.ctx, query, args...)
	return err
}
