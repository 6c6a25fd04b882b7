package sqlite

import (
	"context"
	"database/sql"
	"os"
	"testing"
)

// TestEveryConnectionHasItsSettings holds several connections at once, since a
// setting that only the first one has shows up on no other.
func TestEveryConnectionHasItsSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	common := map[string]string{"journal_mode": "wal", "page_size": "8192", "foreign_keys": "1", "busy_timeout": "5000"}
	check(t, s.write, 1, common, map[string]string{"synchronous": "2", "query_only": "0"}) // 2 is FULL
	check(t, s.read, readers, common, map[string]string{"query_only": "1"})
}

func check(t *testing.T, db *sql.DB, connections int, wanted ...map[string]string) {
	t.Helper()
	for range connections {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		for _, settings := range wanted {
			for name, want := range settings {
				if got := pragma(t.Context(), conn, name); got != want {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			}
		}
	}
}

func pragma(ctx context.Context, conn *sql.Conn, name string) string {
	var value string
	if err := conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value); err != nil {
		return err.Error()
	}
	return value
}
