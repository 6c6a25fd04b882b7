package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// statements are what the writer says, prepared once.
type statements struct {
	device, addDevice          *sql.Stmt
	seen                       *sql.Stmt
	nextInEpoch, addEpoch      *sql.Stmt
	addReport                  *sql.Stmt
	touch, heartbeat, snapshot *sql.Stmt
	addFinding, removeFinding  *sql.Stmt
	wantsSnapshot              *sql.Stmt
}

const (
	deviceSQL = `SELECT key, epoch, seq, findings FROM device WHERE id = ?`

	addDeviceSQL = `INSERT INTO device
		(id, serial, name, model, os_version, os_build, agent_version, first_seen, last_seen)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) RETURNING key`

	seenSQL = `SELECT digest FROM report WHERE device = ? AND id = ?`

	// A number counts once, however many reports carry it.
	nextInEpochSQL = `UPDATE epoch SET
		reports = reports + 1,
		numbers = numbers + NOT EXISTS (SELECT 1 FROM report
			WHERE report.device = epoch.device AND report.epoch = epoch.rank AND report.seq = ?3),
		last_seq = max(last_seq, ?3)
		WHERE device = ?1 AND id = ?2 RETURNING rank`

	addEpochSQL = `INSERT INTO epoch (device, id, rank, first_seen, reports, numbers, last_seq)
		SELECT ?1, ?2, coalesce(max(rank), 0) + 1, ?4, 1, 1, ?3 FROM epoch WHERE device = ?1 RETURNING rank`

	addReportSQL = `INSERT INTO report
		(device, id, digest, epoch, seq, kind, verdict, findings, observed_at, received_at, payload)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key`

	touchSQL = `UPDATE device SET last_seen = max(last_seen, ?2) WHERE key = ?1`

	// What a report does not know must not wipe out what an earlier one knew.
	stateColumns = `last_seen = max(last_seen, ?2), observed_at = ?3, epoch = ?4, seq = ?5, state_hash = ?6, verdict = ?7,
		serial = coalesce(nullif(?8, ''), serial), name = coalesce(nullif(?9, ''), name),
		model = coalesce(nullif(?10, ''), model), os_version = coalesce(nullif(?11, ''), os_version),
		os_build = coalesce(nullif(?12, ''), os_build), agent_version = coalesce(nullif(?13, ''), agent_version)`

	heartbeatSQL = `UPDATE device SET ` + stateColumns + ` WHERE key = ?1`

	snapshotSQL = `UPDATE device SET ` + stateColumns + `,
		findings = ?14, snapshot = ?15, snapshot_hash = ?6, forecasts = ?16 WHERE key = ?1`

	addFindingSQL    = `INSERT INTO finding (code, device) VALUES (?, ?)`
	removeFindingSQL = `DELETE FROM finding WHERE code = ? AND device = ?`

	wantsSnapshotSQL = `SELECT snapshot IS NULL OR snapshot_hash <> state_hash FROM device WHERE key = ?`
)

func prepareStatements(ctx context.Context, db *sql.DB) (*statements, error) {
	s := &statements{}
	for place, text := range s.texts() {
		prepared, err := db.PrepareContext(ctx, text)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("prepare %q: %w", text, err), s.close())
		}
		*place = prepared
	}
	return s, nil
}

func (s *statements) texts() map[**sql.Stmt]string {
	return map[**sql.Stmt]string{
		&s.device: deviceSQL, &s.addDevice: addDeviceSQL,
		&s.seen:        seenSQL,
		&s.nextInEpoch: nextInEpochSQL, &s.addEpoch: addEpochSQL,
		&s.addReport: addReportSQL,
		&s.touch:     touchSQL, &s.heartbeat: heartbeatSQL, &s.snapshot: snapshotSQL,
		&s.addFinding: addFindingSQL, &s.removeFinding: removeFindingSQL,
		&s.wantsSnapshot: wantsSnapshotSQL,
	}
}

func (s *statements) close() error {
	var all []error
	for place := range s.texts() {
		if *place != nil {
			all = append(all, (*place).Close())
		}
	}
	return errors.Join(all...)
}
