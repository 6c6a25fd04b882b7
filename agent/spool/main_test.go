package spool_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/simdisk"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// roomy are limits that no test reaches by accident.
var roomy = spool.Limits{Reports: 1000, Bytes: 1 << 20}

// everything asks Next for all that waits.
const everything = 1 << 30

// start is when the tests' reports are made.
var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// fataler is a test or a property's run.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func open(t fataler, dir string, limits spool.Limits) *spool.Spool {
	t.Helper()
	s, err := spool.Open(dir, limits)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openOn opens the spool of a simulated disk.
func openOn(t fataler, disk *simdisk.Disk, limits spool.Limits) *spool.Spool {
	t.Helper()
	s, err := spool.OpenOn(disk, "/db", limits)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// drawNothingLost is the disk after a power cut that took nothing.
func drawNothingLost(disk *simdisk.Disk) *simdisk.Disk {
	return disk.Future(func(int) int { return 0 })
}

// report is a report as the spool sees it.
type report struct {
	ID      string     `json:"report_id"`
	Epoch   string     `json:"epoch"`
	Seq     uint64     `json:"seq"`
	Dropped uint64     `json:"dropped"`
	Since   *time.Time `json:"since"`
	Pad     string     `json:"pad"`
}

// put stores a report that is padded by so many bytes, and returns it.
func put(t fataler, s *spool.Spool, id string, pad int) report {
	t.Helper()
	made, err := tryPut(s, id, pad)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func tryPut(s *spool.Spool, id string, pad int) (report, error) {
	return tryPutAt(s.Put, start, id, pad)
}

func tryPutAudit(s *spool.Spool, id string, pad int) (report, error) {
	return tryPutAt(s.PutAudit, start, id, pad)
}

func tryPutAt(put func(time.Time, func(spool.Stamp) ([]byte, error)) error, at time.Time, id string, pad int) (report, error) {
	var made report
	err := put(at, func(stamp spool.Stamp) ([]byte, error) {
		made = report{id, stamp.Epoch, stamp.Seq, stamp.Dropped, stamp.DroppedSince, strings.Repeat("x", pad)}
		return json.Marshal(made)
	})
	return made, err
}

func isNoSpace(err error) bool  { return errors.Is(err, rootfile.ErrNoSpace) }
func isReadOnly(err error) bool { return errors.Is(err, rootfile.ErrReadOnly) }

// parse reads a report as it would be sent.
func parse(data []byte) (r report, err error) {
	err = json.Unmarshal(data, &r)
	return r, err
}

// toFormer leaves a report as an agent before this form did.
func toFormer(t fataler, dir string, made report) {
	t.Helper()
	data, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(fileOf(dir, made.Seq)); err != nil {
		t.Fatal(err)
	}
	write(t, strings.TrimSuffix(fileOf(dir, made.Seq), ".report")+".json", string(data))
}

func putMany(t fataler, s *spool.Spool, n int) {
	t.Helper()
	for i := range n {
		put(t, s, fmt.Sprintf("report-%d", i+1), 0)
	}
}

func next(t fataler, s *spool.Spool) []wire.Queued {
	t.Helper()
	batch, err := s.Next(everything, everything)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func done(t fataler, s *spool.Spool, reports ...wire.Queued) {
	t.Helper()
	if err := s.Done(reports); err != nil {
		t.Fatal(err)
	}
}

func quarantine(t fataler, s *spool.Spool, r wire.Queued) {
	t.Helper()
	if err := s.Quarantine(r); err != nil {
		t.Fatal(err)
	}
}

func wantSeqs(t *testing.T, batch []wire.Queued, want ...uint64) {
	t.Helper()
	got := make([]uint64, 0, len(batch))
	for _, q := range batch {
		got = append(got, q.Seq)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("waiting: %v, want %v", got, want)
	}
}

func wantCounts(t *testing.T, s *spool.Spool, waiting, quarantined int, dropped uint64) {
	t.Helper()
	if w, q, d := s.Waiting(); w != waiting || q != quarantined || d != dropped {
		t.Errorf("%d waiting, %d in quarantine, %d dropped; want %d, %d, %d", w, q, d, waiting, quarantined, dropped)
	}
}

// fileOf is where a report with that number lies.
func fileOf(dir string, seq uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%020d.report", seq))
}

func ledgerOf(dir string) string { return filepath.Join(dir, "ledger") }

func write(t fataler, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t fataler, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// names lists a folder.
func names(t fataler, dir string) []string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		all = append(all, f.Name())
	}
	return all
}
