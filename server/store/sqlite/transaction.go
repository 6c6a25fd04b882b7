package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/store"
)

// A transaction stores the reports of one job.
type transaction struct {
	ctx context.Context //nolint:containedctx // lives as long as the one call that it serves
	tx  *sql.Tx
	st  *statements
	at  int64 // when they were received
}

// current is the part of a device's row that decides what a report changes.
type current struct {
	key, epoch, seq int64
	findings        string
}

func (t transaction) putAll(entries []entry) (store.Receipt, error) {
	receipt := store.Receipt{Outcomes: make([]store.Outcome, len(entries))}
	touched := map[int64]bool{}
	for i := range entries {
		device, outcome, err := t.put(&entries[i])
		if err != nil {
			return store.Receipt{}, fmt.Errorf("store report: %w", err)
		}
		receipt.Outcomes[i] = outcome
		touched[device] = true
	}
	var err error
	receipt.SendFull, err = t.anyWantsSnapshot(touched)
	return receipt, err
}

// put stores one report and returns the key of its device.
func (t transaction) put(e *entry) (int64, store.Outcome, error) {
	device, err := t.device(e.Device)
	if err != nil {
		return 0, 0, err
	}
	outcome, err := t.seen(device.key, e)
	if err != nil || outcome != store.Stored {
		return device.key, outcome, err
	}
	rank, err := t.rank(device.key, e)
	if err != nil {
		return 0, 0, err
	}
	report, err := t.add(device.key, rank, e)
	if err != nil {
		return 0, 0, err
	}
	return device.key, store.Stored, t.show(device, rank, report, e)
}

// device finds or makes the row of a device.
func (t transaction) device(who store.Identity) (current, error) {
	var c current
	err := t.row(t.st.device, who.ID).Scan(&c.key, &c.epoch, &c.seq, &c.findings)
	if !errors.Is(err, sql.ErrNoRows) {
		return c, err
	}
	c.findings = "[]"
	return c, t.row(t.st.addDevice, who.ID, who.Serial, who.Name, who.Model,
		who.OSVersion, who.OSBuild, who.AgentVersion, t.at).Scan(&c.key)
}

// seen says what to do with a report: Stored means that it is new.
func (t transaction) seen(device int64, e *entry) (store.Outcome, error) {
	var digest []byte
	err := t.row(t.st.seen, device, e.id[:]).Scan(&digest)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return store.Stored, nil
	case err != nil:
		return 0, err
	case bytes.Equal(digest, e.digest[:]):
		return store.Repeated, nil
	}
	return store.Conflict, nil
}

// rank returns the rank of a report's epoch, and counts the report there.
func (t transaction) rank(device int64, e *entry) (rank int64, err error) {
	err = t.row(t.st.nextInEpoch, device, e.epoch[:], e.Seq).Scan(&rank)
	if errors.Is(err, sql.ErrNoRows) {
		err = t.row(t.st.addEpoch, device, e.epoch[:], e.Seq, t.at).Scan(&rank)
	}
	return rank, err
}

func (t transaction) add(device, rank int64, e *entry) (key int64, err error) {
	err = t.row(t.st.addReport, device, e.id[:], e.digest[:], rank, e.Seq, e.Kind, worstFirst(e.Verdict),
		joinCodes(e.codes), e.ObservedAt.UnixMilli(), t.at, e.payload).Scan(&key)
	return key, err
}

// show lets a report become what the device shows, if it is the newest one that
// speaks of a state.
func (t transaction) show(was current, rank, report int64, e *entry) error {
	newer := rank > was.epoch || rank == was.epoch && int64(e.Seq) > was.seq
	if !newer || e.Kind == wire.Audit {
		return t.exec(t.st.touch, was.key, t.at)
	}
	who := e.Device
	state := []any{
		was.key, t.at, e.ObservedAt.UnixMilli(), rank, e.Seq, e.StateHash, worstFirst(e.Verdict),
		who.Serial, who.Name, who.Model, who.OSVersion, who.OSBuild, who.AgentVersion,
	}
	if e.Kind != wire.Snapshot {
		return t.exec(t.st.heartbeat, state...)
	}
	if err := t.exec(t.st.snapshot, append(state, e.findings, report, e.forecasts)...); err != nil {
		return err
	}
	return t.replaceFindings(was, e.codes)
}

// replaceFindings writes the difference only: most snapshots change few of them.
func (t transaction) replaceFindings(was current, now []string) error {
	var before []store.Finding
	if err := json.Unmarshal([]byte(was.findings), &before); err != nil {
		return fmt.Errorf("read findings: %w", err)
	}
	old := codesOf(before)
	for _, code := range old {
		if !slices.Contains(now, code) {
			if err := t.exec(t.st.removeFinding, code, was.key); err != nil {
				return err
			}
		}
	}
	for _, code := range now {
		if !slices.Contains(old, code) {
			if err := t.exec(t.st.addFinding, code, was.key); err != nil {
				return err
			}
		}
	}
	return nil
}

// anyWantsSnapshot is asked after all reports of a job, since a heartbeat and
// the snapshot that it misses may come together.
func (t transaction) anyWantsSnapshot(devices map[int64]bool) (bool, error) {
	for key := range devices {
		var wants bool
		if err := t.row(t.st.wantsSnapshot, key).Scan(&wants); err != nil || wants {
			return wants, err
		}
	}
	return false, nil
}

func (t transaction) row(s *sql.Stmt, args ...any) *sql.Row {
	return t.tx.StmtContext(t.ctx, s).QueryRowContext(t.ctx, args...)
}

func (t transaction) exec(s *sql.Stmt, args ...any) error {
	_, err := t.tx.StmtContext(t.ctx, s).ExecContext(t.ctx, args...)
	return err
}
