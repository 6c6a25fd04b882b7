package spool_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/simdisk"
)

// putAt stores a report at so many hours after the start.
func putAt(t fataler, s *spool.Spool, hours float64) report {
	t.Helper()
	made, err := tryPutAt(s.Put, start.Add(time.Duration(hours*float64(time.Hour))), fmt.Sprint(hours), 0)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestOldReportsAreDropped(t *testing.T) {
	t.Parallel()
	const year = 365 * 24
	for _, tc := range []struct {
		name  string
		hours []float64 // when the reports are made; the limit is 48
		want  []uint64
	}{
		{"none is too old", []float64{0, 12, 24, 36, 48}, []uint64{1, 2, 3, 4, 5}},
		{"one is", []float64{0, 12, 24, 36, 48, 49}, []uint64{2, 3, 4, 5, 6}},
		{"the Mac was off for a year", []float64{0, 1, year}, []uint64{1, 2, 3}},
		{"the clock jumped a year forward", []float64{0, 1, year, year + 1, year + 2}, []uint64{1, 2, 3, 4, 5}},
		{"and back", []float64{0, 1, year, 2, 3}, []uint64{1, 2, 3, 4, 5}},
		{"the clock is set back by a day", []float64{0, 24, 48, 24, 48, 49}, []uint64{3, 4, 5, 6}},
		{"it was a year ahead and is set right", []float64{year, year + 1, 0, 1}, []uint64{1, 2, 3, 4}},
		{"nothing came for months, three times", []float64{0, 1000, 2000, 3000}, []uint64{2, 3, 4}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, restart := range []bool{false, true} {
				limits := spool.Limits{Reports: 100, Bytes: everything, Age: 48 * time.Hour}
				disk := simdisk.New("/db")
				s := openOn(t, disk, limits)
				for _, at := range tc.hours {
					putAt(t, s, at)
					if restart {
						s = openOn(t, disk, limits)
					}
				}
				wantSeqs(t, next(t, s), tc.want...)
			}
		})
	}
}

// Without a limit nothing is too old.
func TestNoLimitOfAge(t *testing.T) {
	t.Parallel()
	s := openOn(t, simdisk.New("/db"), roomy)
	for day := range 4 {
		putAt(t, s, float64(24*day))
	}
	wantSeqs(t, next(t, s), 1, 2, 3, 4)
}

// A file of an older agent has no clock, and the clock of the spool begins with the
// first that has.
func TestClockBeginsAfterFormerReports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	limits := spool.Limits{Reports: 100, Bytes: everything, Age: 12 * time.Hour}
	toFormer(t, dir, put(t, open(t, dir, limits), "old", 0))
	s := open(t, dir, limits)
	putAt(t, s, 0)
	wantSeqs(t, next(t, s), 1, 2)
	putAt(t, s, 13)
	wantSeqs(t, next(t, s), 3)
}

// Reports that cannot be read are left to Next, and keep no other from leaving.
func TestAgeOfADamagedReport(t *testing.T) {
	t.Parallel()
	limits := spool.Limits{Reports: 100, Bytes: everything, Age: 48 * time.Hour}
	disk := simdisk.New("/db")
	s := openOn(t, disk, limits)
	for hour := range 4 {
		putAt(t, s, float64(12*hour))
	}
	for _, seq := range []uint64{1, 4} {
		disk.Flip(fileOf("/db", seq), 4321)
	}
	s = openOn(t, disk, limits)
	putAt(t, s, 60)
	wantSeqs(t, next(t, s), 2, 3, 5)
	putAt(t, s, 72) // the clock of the spool goes on where it could be read
	putAt(t, s, 73)
	wantSeqs(t, next(t, s), 3, 5, 6, 7)
	wantCounts(t, s, 4, 2, 1)
}

func TestReasonsAreCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	limits := spool.Limits{Reports: 5, Bytes: 2500, Age: 48 * time.Hour}
	s := open(t, dir, limits)
	for _, at := range []float64{0, 1, 2, 3, 23, 47, 50} { // the first is one too many, the second too old; then the third is one too many
		putAt(t, s, at)
	}
	put(t, s, "large", 2000)
	if _, err := tryPut(s, "too long", 3000); !errors.Is(err, spool.ErrTooLong) {
		t.Errorf("Put = %v", err)
	}
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	want := reasons(t, s)
	all := uint64(0)
	for _, n := range want {
		all += n
	}
	if _, _, dropped := s.Waiting(); all != dropped || want["count"] != 2 || want["age"] != 1 || want["bytes"] == 0 || want["too_long"] != 1 || want["lost_epoch"] == 0 {
		t.Errorf("%d dropped: %v", dropped, want)
	}
	if got := reasons(t, open(t, dir, limits)); !maps.Equal(got, want) {
		t.Errorf("after a restart: %v, want %v", got, want)
	}
}

func reasons(t fataler, s *spool.Spool) (seen map[string]uint64) {
	t.Helper()
	looked := errors.New("only looked")
	err := s.Put(start, func(stamp spool.Stamp) ([]byte, error) {
		seen = stamp.Reasons
		return nil, looked
	})
	if !errors.Is(err, looked) {
		t.Fatal(err)
	}
	return seen
}

func TestAuditsAreNeverDroppedForReports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	limits := spool.Limits{Reports: 2, Bytes: 2000, Age: 48 * time.Hour, Audits: 3}
	s := open(t, dir, limits)
	for i := range 3 {
		if _, err := tryPutAudit(s, fmt.Sprint("audit-", i), 0); err != nil {
			t.Fatal(err)
		}
		putAt(t, s, float64(100*i))
	}
	put(t, s, "large", 1850)
	for range 2 { // before and after a restart
		made, err := tryPutAudit(s, "one too many", 0)
		if !errors.Is(err, spool.ErrAuditsFull) {
			t.Errorf("PutAudit = %v (%+v)", err, made)
		}
		wantSeqs(t, next(t, s), 1, 3, 5, 7)
		wantCounts(t, s, 4, 0, 3)
		s = open(t, dir, limits)
	}
	done(t, s, next(t, s)[0])
	if made, err := tryPutAudit(s, "there is room", 0); err != nil || made.Seq != 8 {
		t.Errorf("number %d, %v", made.Seq, err)
	}
}

func TestAuditsAreBoundedByBytes(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), spool.Limits{Reports: 9, Bytes: 2000})
	if _, err := tryPutAudit(s, "first", 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := tryPutAudit(s, "second", 1000); !errors.Is(err, spool.ErrAuditsFull) {
		t.Errorf("PutAudit = %v", err)
	}
	put(t, s, "a report", 1000)
	wantSeqs(t, next(t, s), 1, 2)
}

// A number is on the server's side of things: a report that does not bear its own
// could never be told from another.
func TestPutRefusesWhatDoesNotBearItsStamp(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), roomy)
	for name, spoil := range map[string]func(*report){
		"no ID":          func(r *report) { r.ID = "" },
		"another number": func(r *report) { r.Seq++ },
		"another epoch":  func(r *report) { r.Epoch = "" },
		"a vast ID":      func(r *report) { r.ID = strings.Repeat("x", 1000) },
	} {
		if err := s.Put(start, func(stamp spool.Stamp) ([]byte, error) {
			r := report{ID: "a", Epoch: stamp.Epoch, Seq: stamp.Seq}
			spoil(&r)
			return json.Marshal(r)
		}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if made := put(t, s, "a", 0); made.Seq != 1 {
		t.Errorf("the next number is %d, want 1", made.Seq)
	}
}

// A spool of an agent before this form keeps its numbers, and what waits in it.
func TestUpgradeKeepsWhatWaits(t *testing.T) {
	t.Parallel()
	const epoch = "0198c0de-0000-7000-8000-000000000000"
	dir := t.TempDir()
	for _, seq := range []uint64{4, 5} {
		write(t, filepath.Join(dir, fmt.Sprintf("%020d.json", seq)), fmt.Sprintf(`{"report_id":"old-%d","epoch":%q,"seq":%d}`, seq, epoch, seq))
	}
	write(t, filepath.Join(dir, "ledger.json"), fmt.Sprintf(`{"epoch":%q,"done":5,"dropped_through":2,"dropped":2,"dropped_since":"2026-01-02T03:04:05Z"}`, epoch))
	for range 2 { // the second start finds the new form
		s := open(t, dir, roomy)
		batch := next(t, s)
		wantSeqs(t, batch, 4, 5)
		if want := fmt.Sprintf(`{"report_id":"old-4","epoch":%q,"seq":4}`, epoch); string(batch[0].Data) != want || batch[0].ID != "old-4" {
			t.Errorf("%s: %s", batch[0].ID, batch[0].Data)
		}
		wantCounts(t, s, 2, 0, 2)
	}
	s := open(t, dir, roomy)
	made := put(t, s, "new", 0)
	if made.Seq != 6 || made.Epoch != epoch || made.Dropped != 2 || !made.Since.Equal(start) {
		t.Errorf("got %+v", made)
	}
	done(t, s, next(t, s)...)
	if left := names(t, dir); len(left) != 2 || left[0] != "ledger" {
		t.Errorf("left: %q", left)
	}
}

// A crash of the old agent in the middle of Renew left a ledger without an epoch,
// with what was lost before.
func TestUpgradeFromALedgerWithoutAnEpoch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	toFormer(t, dir, put(t, s, "old", 0))
	if err := os.Remove(ledgerOf(dir)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "ledger.json"), `{"epoch":"","dropped":5,"dropped_since":"2026-01-02T03:04:05Z"}`)
	s = open(t, dir, roomy)
	wantCounts(t, s, 0, 1, 6)
	if made := put(t, s, "new", 0); made.Seq != 1 || !made.Since.Equal(start) {
		t.Errorf("got %+v", made)
	}
}

// Whatever stands in the ledger of an older agent must fit into a page of ours.
func TestUpgradeFromALedgerWithManyReasons(t *testing.T) {
	t.Parallel()
	many := map[string]uint64{}
	for i := range 1000 {
		many[fmt.Sprint("a reason of its own, number ", i)] = 1
	}
	text, err := json.Marshal(map[string]any{"epoch": "0198c0de-0000-7000-8000-000000000000", "done": 5, "dropped": 1000, "reasons": many})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "ledger.json"), string(text))
	if made := put(t, open(t, dir, roomy), "new", 0); made.Seq != 6 || made.Dropped != 1000 {
		t.Errorf("got %+v", made)
	}
}

// Where an older agent was at work in between, its ledger has an epoch of its own:
// neither may go on under the numbers of the other.
func TestDowngradeAndUpgradeBeginAnew(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, ledger string }{
		{"an epoch of its own", `{"epoch":"0198c0de-0000-7000-8000-000000000000","done":1,"dropped":3}`},
		{"not readable", `{`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			old := put(t, open(t, dir, roomy), "old", 0)
			write(t, filepath.Join(dir, "ledger.json"), tc.ledger)
			made := put(t, open(t, dir, roomy), "new", 0)
			if made.Seq != 1 || made.Epoch == old.Epoch || made.Epoch == "0198c0de-0000-7000-8000-000000000000" || made.Dropped == 0 {
				t.Errorf("got %+v", made)
			}
			if again := put(t, open(t, dir, roomy), "newer", 0); again.Seq != 2 || again.Epoch != made.Epoch {
				t.Errorf("after a restart: %+v", again)
			}
		})
	}
}

// Who asks how many wait must not wait for a disk that takes a minute to sync.
func TestCountsDoNotWaitForTheDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		disk := simdisk.New("/db")
		s := openOn(t, disk, roomy)
		putMany(t, s, 2)
		disk.Before(func(op simdisk.Op, _ string) error {
			if op == simdisk.Sync {
				time.Sleep(time.Minute)
			}
			return nil
		})
		began := time.Now()
		stored := make(chan error)
		go func() { stored <- second(tryPut(s, "slow", 0)) }()
		synctest.Wait()
		wantCounts(t, s, 2, 0, 0)
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %s", took)
		}
		if err := <-stored; err != nil || time.Since(began) < time.Minute {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		wantCounts(t, s, 3, 0, 0)
	})
}
