package sqlite_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/server/store"
	"github.com/tokenward/tokenward/server/store/sqlite"
	"github.com/tokenward/tokenward/server/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, room store.Room) store.Store {
		t.Helper()
		s, err := sqlite.OpenWith(t.Context(), private(t, t.TempDir()), room)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		return s
	})
}

func open(t *testing.T, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), private(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// A stranger, and a Mac that only asks how it stands, wait for nobody who writes.
func TestWhatChangesNothingDoesNotWaitForTheWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	now := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	claim := store.Claim{Fingerprint: "known", Public: make([]byte, 32), HardwareUUID: "uuid-a", Serial: "C02A", Invited: true}
	if _, err := s.Enroll(t.Context(), now, claim); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	busy, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	if _, err := busy.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if k, err := s.Enroll(t.Context(), now.Add(time.Hour), claim); err != nil || k.State != store.KeyPending {
		t.Errorf("a Mac that asks again: %+v, %v", k, err)
	}
	stranger := store.Claim{Fingerprint: "new", Public: make([]byte, 32), HardwareUUID: "uuid-b", Serial: "C02B"}
	if _, err := s.Enroll(t.Context(), now, stranger); !errors.Is(err, store.ErrUninvited) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := busy.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
}

// private makes a folder as a server's must be.
func private(t *testing.T, dir string) string {
	t.Helper()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFilesAreClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	s, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v %v", info.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Errorf("files: %v %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, want string
		damage     func(t *testing.T, dir string)
	}{
		{"a folder that others may enter", "must be 0700", func(t *testing.T, dir string) {
			t.Helper()
			if err := os.Chmod(dir, 0o750); err != nil {
				t.Fatal(err)
			}
		}},
		{"a later schema", "schema version 99", func(t *testing.T, dir string) {
			t.Helper()
			execute(t, dir, "PRAGMA application_id = 1953199972; PRAGMA user_version = 99")
		}},
		{"another program's database", "another program", func(t *testing.T, dir string) {
			t.Helper()
			execute(t, dir, "CREATE TABLE recipes (name TEXT)")
		}},
		{"a file that is no database", "not a database", func(t *testing.T, dir string) {
			t.Helper()
			text := strings.Repeat("no database ", 1000)
			if err := os.WriteFile(filepath.Join(dir, sqlite.FileName), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := private(t, t.TempDir())
			c.damage(t, dir)
			s, err := sqlite.Open(t.Context(), dir)
			if err == nil {
				_ = s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Open: %v, want %q in it", err, c.want)
			}
		})
	}
}

// The database must be a file of ours: a pipe would hang the server, and a link
// have it write elsewhere.
func TestOpenRefusesWhatOthersMade(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]func(dir, path string) error{
		"a pipe":          func(_, path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link":          func(_, path string) error { return os.Symlink(filepath.Join(t.TempDir(), "other"), path) },
		"a folder":        func(_, path string) error { return os.Mkdir(path, 0o700) },
		"another's file":  func(_, path string) error { return errors.Join(os.WriteFile(path, nil, 0o600), give(path)) },
		"another's place": func(dir, _ string) error { return give(dir) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := private(t, t.TempDir())
			if err := replace(dir, filepath.Join(dir, sqlite.FileName)); errors.Is(err, os.ErrPermission) {
				t.Skip("only root can give a file away")
			} else if err != nil {
				t.Fatal(err)
			}
			s, err := sqlite.Open(t.Context(), dir)
			if err == nil {
				_ = s.Close()
			}
			if !errors.Is(err, rootfile.ErrUntrusted) {
				t.Errorf("Open: %v", err)
			}
		})
	}
}

// give makes a file another user's.
func give(path string) error { return os.Chown(path, 12345, 12345) }

func execute(t *testing.T, dir, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), text)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	t.Parallel()
	dir := private(t, t.TempDir())
	r := store.Report{
		ID: "0198c0de-0000-7000-8000-000000000001", Kind: "snapshot", Seq: 1,
		Epoch:  "0a000000-0000-4000-8000-00000000000a",
		Device: store.Identity{ID: "mac"}, Raw: []byte(`{"a":1}`),
	}
	for _, want := range []store.Outcome{store.Stored, store.Repeated} {
		s, err := sqlite.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := s.Ingest(t.Context(), time.Unix(1, 0), []store.Report{r})
		if err != nil || receipt.Outcomes[0] != want {
			t.Errorf("Ingest: %v %v, want %v", receipt.Outcomes, err, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Ingest(t.Context(), time.Unix(1, 0), nil); !errors.Is(err, store.ErrClosed) {
			t.Errorf("Ingest after Close: %v", err)
		}
	}
}
