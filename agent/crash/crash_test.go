package crash_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/crash"
	"github.com/tokenward/tokenward/internal/rootfile"
)

func at(hours int) time.Time { return time.Date(2026, 3, 4, hours, 0, 0, 0, time.UTC) }

func TestRecordsComeBack(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "crashes")
	f := crash.In(dir)
	if got := f.Records(); got != nil {
		t.Errorf("before the first: %+v", got)
	}
	want := crash.Record{Part: "uplink", Kind: crash.Panicked, At: at(5), Version: "1.2.3", What: "string", Stack: []string{"main.x x.go:3"}}
	if err := f.Note(want); err != nil {
		t.Fatal(err)
	}
	got := f.Records()
	if len(got) != 1 || got[0].Part != want.Part || got[0].Kind != want.Kind || !got[0].At.Equal(want.At) || !slices.Equal(got[0].Stack, want.Stack) {
		t.Errorf("Records = %+v, want %+v", got, want)
	}
	for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "1.json"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want mode %v", path, info, err, mode)
		}
	}
}

// A daemon that fails every ten seconds for a weekend fills no disk, and what it
// keeps is the latest, whatever the clock did.
func TestRecordsAreBounded(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "crashes")
	f := crash.In(dir)
	for i := range 30 {
		if err := f.Note(crash.Record{Part: fmt.Sprint(i), At: at(23 - i%24)}); err != nil {
			t.Fatal(err)
		}
	}
	got := f.Records()
	if len(got) != 8 || got[0].Part != "22" || got[7].Part != "29" {
		t.Errorf("Records = %+v", got)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 8 {
		t.Errorf("%d files, %v", len(entries), err)
	}
}

// What somebody else put there is no evidence, and keeps nobody from noting more.
func TestForeignFilesAreNoRecords(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "crashes")
	f := crash.In(dir)
	if err := f.Note(crash.Record{Part: "watch"}); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"2.json": "{", "3.json": "null", "4.json": strings.Repeat(" ", 17<<10) + "{}", "notes.json": "{}", "-5.json": "{}", "99999999999999.json": "{}",
		rootfile.TempPrefix + "1": "half", "5.txt": "{}",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "1.json"), filepath.Join(dir, "6.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "7.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := f.Records(); len(got) != 1 || got[0].Part != "watch" {
		t.Errorf("Records = %+v", got)
	}
	if err := f.Note(crash.Record{Part: "uplink"}); err != nil {
		t.Errorf("Note = %v", err)
	}
	if got := f.Records(); len(got) != 2 || got[1].Part != "uplink" {
		t.Errorf("Records = %+v", got)
	}
}

// What a crash left half written goes with the next record, and what others can read
// is no evidence: a stack was for root alone.
func TestWhatACrashLeft(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "crashes")
	f := crash.In(dir)
	if err := f.Note(crash.Record{Part: "watch"}); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, rootfile.TempPrefix+"1")
	if err := errors.Join(os.WriteFile(half, []byte("half"), 0o600), os.Chmod(filepath.Join(dir, "1.json"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if got := f.Records(); len(got) != 0 {
		t.Errorf("Records = %+v", got)
	}
	if err := f.Note(crash.Record{Part: "uplink"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a record is left: %v", err)
	}
}

func TestNoteFails(t *testing.T) {
	t.Parallel()
	t.Run("a link as the folder", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "crashes")
		if err := os.Symlink(t.TempDir(), path); err != nil {
			t.Fatal(err)
		}
		if err := crash.In(path).Note(crash.Record{Part: "x"}); !errors.Is(err, rootfile.ErrUntrusted) {
			t.Errorf("Note = %v, want ErrUntrusted", err)
		}
	})
	t.Run("a file as the folder", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "crashes")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := crash.In(path).Note(crash.Record{Part: "x"}); err == nil {
			t.Error("it was noted in a file")
		}
		if got := crash.In(path).Records(); got != nil {
			t.Errorf("Records = %+v", got)
		}
	})
}

func TestRecent(t *testing.T) {
	t.Parallel()
	now := at(12)
	for _, tc := range []struct {
		name string
		all  []crash.Record
		want []string
	}{
		{"none", nil, nil},
		{"today", []crash.Record{{Part: "uplink", Version: "2", At: at(3)}}, []string{"uplink"}},
		{"yesterday", []crash.Record{{Part: "uplink", Version: "2", At: now.Add(-24 * time.Hour)}}, nil},
		{"another version", []crash.Record{{Part: "uplink", Version: "1", At: at(3)}}, nil},
		{"a clock that was set back a little", []crash.Record{{Part: "uplink", Version: "2", At: at(15)}}, []string{"uplink"}},
		{"a clock that was set back for good", []crash.Record{{Part: "uplink", Version: "2", At: now.Add(48 * time.Hour)}}, nil},
		{"several", []crash.Record{{Part: "watch", Version: "2", At: at(3)}, {Part: "check", Version: "2", At: at(4)}, {Part: "watch", Version: "2", At: at(5)}}, []string{"check", "watch"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := crash.Recent(tc.all, "2", now); !slices.Equal(got, tc.want) {
				t.Errorf("Recent = %q, want %q", got, tc.want)
			}
		})
	}
}
