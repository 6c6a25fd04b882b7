package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tokenward/tokenward/server/store"
)

// querier is what a transaction and a connection that reads have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// asking is a look at the keys, at one time.
type asking struct {
	ctx  context.Context //nolint:containedctx // lives as long as the one call that it serves
	from querier
	at   int64
	room store.Room
}

// settled answers a claim that changes nothing: of a stranger, and of a key that only
// asks how it stands.
func (a asking) settled(c store.Claim) (key store.DeviceKey, settled bool, err error) {
	known, heard, err := a.known(c.Fingerprint)
	fresh := errors.Is(err, store.ErrNotFound)
	switch {
	case err != nil && !fresh:
		return known, false, err
	case !fresh && !store.SameMac(known, c.HardwareUUID, c.Serial):
		return known, true, store.ErrOtherMac
	case fresh || known.State == store.KeyPending:
		return a.waits(c, known, fresh, heard)
	}
	learns, err := a.learns(known, c)
	return known, !learns, err
}

// waits is settled for a key that nobody decided about.
func (a asking) waits(c store.Claim, known store.DeviceKey, fresh bool, heard int64) (store.DeviceKey, bool, error) {
	standing, err := a.standing(c)
	if err != nil {
		return known, false, err
	}
	admission, err := store.Admit(c, standing, a.room)
	if fresh || errors.Is(err, store.ErrHasty) {
		return known, false, err
	}
	learns, failed := a.learns(known, c)
	stays := err != nil || admission.State == store.KeyPending
	return known, stays && !learns && a.at-heard < heardPause.Milliseconds(), failed
}

// known finds a key, and when it asked last. One that waits and was forgotten, though it
// was not swept out yet, is not found.
func (a asking) known(fingerprint string) (k store.DeviceKey, heard int64, err error) {
	k, err = scanKey(a.row(keySQL, fingerprint))
	if err == nil {
		err = a.row(`SELECT heard_at FROM enrollment WHERE fingerprint = ?`, fingerprint).Scan(&heard)
	}
	if err == nil && k.State == store.KeyPending && heard < a.oldest() {
		return store.DeviceKey{}, 0, store.ErrNotFound
	}
	return k, heard, err
}

// oldest is the time before which a pending key is forgotten.
func (a asking) oldest() int64 { return time.UnixMilli(a.at).Add(-a.room.Age).UnixMilli() }

// learns says whether a claim brings a serial that the key lacks, and that no other Mac
// was let in with.
func (a asking) learns(known store.DeviceKey, c store.Claim) (ok bool, err error) {
	if known.Serial != "" || c.Serial == "" || known.State != store.KeyPending && known.State != store.KeyActive {
		return false, nil
	}
	err = a.row(learnableSQL, c.Serial, c.Fingerprint, known.HardwareUUID).Scan(&ok)
	return ok, err
}

func (a asking) standing(c store.Claim) (s store.Standing, err error) {
	var code sql.NullString
	err = a.row(`SELECT serial FROM code WHERE hash = ? AND used_by = '' AND expires_at > ? AND serial IN ('', ?)`,
		c.CodeHash, a.at, c.Serial).Scan(&code)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	s.CodeFits, s.CodeBound = code.Valid, code.Valid && code.String != ""
	err = a.row(formerSQL, c.HardwareUUID, c.Serial, c.Fingerprint, c.Previous, a.at-store.RotationPause.Milliseconds()).
		Scan(&s.Former, &s.Hasty)
	s.Rotation = err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	err = a.row(standingSQL, c.HardwareUUID, c.Serial, c.Fingerprint, a.oldest()).Scan(
		&s.Expected, &s.Seen, &s.Contradict, &s.Strangers, &s.OfSerial)
	return s, err
}

// rivals lists the active keys in the place of which a key would step.
func (a asking) rivals(fingerprint string) ([]store.DeviceKey, error) {
	rows, err := a.from.QueryContext(a.ctx, rivalsSQL, fingerprint)
	if err != nil {
		return nil, err
	}
	var all []store.DeviceKey
	err = each(rows, func() error {
		k, err := scanKey(rows)
		all = append(all, k)
		return err
	})
	return all, err
}

func (a asking) row(query string, args ...any) *sql.Row {
	return a.from.QueryRowContext(a.ctx, query, args...)
}

func scanKey(row scanner) (k store.DeviceKey, err error) {
	var public []byte
	err = row.Scan(&k.Fingerprint, &public, &k.State, &k.HardwareUUID, &k.Serial)
	if errors.Is(err, sql.ErrNoRows) {
		return k, store.ErrNotFound
	}
	k.Public = public
	return k, err
}
