package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"

	"github.com/tokenward/tokenward/internal/fault"
)

// applicationID marks a file as ours, so that another program's database is
// not taken for an empty one. It reads "tkwd".
const applicationID = 0x746b7764

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings a database to the version of this program. The file numbered
// n takes it from version n-1 to n, in a transaction of its own.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if version > len(files) {
		return fmt.Errorf("the database has schema version %d, and this program knows %d: it needs a later tokenward-server", version, len(files))
	}
	for n := version; n < len(files); n++ {
		if err := apply(ctx, db, files[n], n+1); err != nil {
			return fmt.Errorf("migration %s: %w", path.Base(files[n]), err)
		}
	}
	return nil
}

func schemaVersion(ctx context.Context, db *sql.DB) (int, error) {
	var version, id, tables int
	row := db.QueryRowContext(ctx, `SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_user_version, pragma_application_id`)
	if err := row.Scan(&version, &id, &tables); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if id != applicationID && (id != 0 || tables != 0) {
		return 0, fmt.Errorf("the file is a database of another program (application_id %#x)", id)
	}
	return version, nil
}

func apply(ctx context.Context, db *sql.DB, file string, version int) error {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	mark := fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d;", version, applicationID)
	if _, err := tx.ExecContext(ctx, string(text)+mark); err != nil {
		return err
	}
	return commit(tx)
}

// commit makes a transaction durable, between two points at which a crash test
// may stop the process.
func commit(tx *sql.Tx) error {
	fault.Point(fault.Commit)
	err := tx.Commit()
	fault.Point(fault.Commit)
	return err
}
