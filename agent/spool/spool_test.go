package spool_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestReportsComeOutInOrderAndUnchanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	if batch := next(t, s); len(batch) != 0 {
		t.Errorf("a new spool holds %v", batch)
	}
	putMany(t, s, 3)
	for range 2 { // Next takes nothing away
		batch := next(t, s)
		wantSeqs(t, batch, 1, 2, 3)
		for i, q := range batch {
			if want := fmt.Sprintf("report-%d", i+1); q.ID != want || !strings.HasSuffix(read(t, fileOf(dir, q.Seq)), "\n"+string(q.Data)) {
				t.Errorf("report %d is %s: %s", i+1, q.ID, q.Data)
			}
		}
	}
	wantCounts(t, s, 3, 0, 0)
}

func TestNextKeepsItsBounds(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), roomy)
	putMany(t, s, 5)
	size := int64(len(next(t, s)[0].Data))
	for _, tc := range []struct {
		name    string
		reports int
		bytes   int64
		want    int
	}{
		{"no reports", 0, everything, 0},
		{"one report", 1, everything, 1},
		{"three reports", 3, everything, 3},
		{"more than there are", 6, everything, 5},
		{"exactly two by size", 5, 2 * size, 2},
		{"not quite two", 5, 2*size - 1, 1},
		{"one is larger than all of it", 5, 1, 1},
		{"no bytes", 5, 0, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			batch, err := s.Next(tc.reports, tc.bytes)
			if err != nil || len(batch) != tc.want {
				t.Errorf("Next = %d reports, %v; want %d", len(batch), err, tc.want)
			}
		})
	}
}

func TestDoneRemovesWhatItNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	putMany(t, s, 5)
	batch := next(t, s)
	done(t, s)
	done(t, s, batch[3], batch[1])
	done(t, s, batch[1]) // again
	wantSeqs(t, next(t, s), 1, 3, 5)
	s = open(t, dir, roomy)
	wantSeqs(t, next(t, s), 1, 3, 5)
	wantCounts(t, s, 3, 0, 0)
	if made := put(t, s, "later", 0); made.Seq != 6 {
		t.Errorf("the next number is %d, want 6", made.Seq)
	}
}

func TestQuarantineKeepsTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	putMany(t, s, 2)
	batch := next(t, s)
	quarantine(t, s, batch[1])
	quarantine(t, s, batch[1]) // again
	wantSeqs(t, next(t, s), 1)
	wantCounts(t, s, 1, 1, 0)
	kept := filepath.Join(dir, "quarantine", filepath.Base(fileOf(dir, 2)))
	if got := read(t, kept); !strings.HasSuffix(got, "\n"+string(batch[1].Data)) {
		t.Errorf("in quarantine: %s", got)
	}
}

// A person may clear the quarantine at any time.
func TestNumberOfAQuarantinedReportIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	putMany(t, s, 2)
	for _, q := range next(t, s) {
		quarantine(t, s, q)
	}
	if err := os.RemoveAll(filepath.Join(dir, "quarantine")); err != nil {
		t.Fatal(err)
	}
	if made := put(t, open(t, dir, roomy), "later", 0); made.Seq != 3 {
		t.Errorf("the next number is %d, want 3", made.Seq)
	}
}

func TestPutThatFailsUsesNoNumber(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), spool.Limits{Reports: 2, Bytes: 1000})
	put(t, s, "first", 0)
	refused := errors.New("refused")
	if err := s.Put(start, func(spool.Stamp) ([]byte, error) { return nil, refused }); !errors.Is(err, refused) {
		t.Errorf("Put = %v", err)
	}
	if _, err := tryPut(s, "too large for the spool", 1000); err == nil {
		t.Error("a report larger than the whole spool was stored")
	}
	wantCounts(t, s, 1, 0, 1) // what was too long is lost
	if made := put(t, s, "second", 0); made.Seq != 2 || made.Dropped != 1 || !made.Since.Equal(start) {
		t.Errorf("got %+v, want number 2 that tells of 1 dropped", made)
	}
}

func TestPutRefusesWhatCouldNotBeReadBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, spool.Limits{Reports: 2, Bytes: 64 << 20})
	if _, err := tryPut(s, "vast", wire.MaxReport); !errors.Is(err, spool.ErrTooLong) {
		t.Errorf("a report that is too long: %v", err)
	}
	wantCounts(t, s, 0, 0, 1)
	s = open(t, dir, spool.Limits{Reports: 2, Bytes: 64 << 20})
	if made := put(t, s, "largest", wire.MaxReport-200); made.Seq != 1 || made.Dropped != 1 {
		t.Errorf("got number %d, %d dropped", made.Seq, made.Dropped)
	}
	if n := len(next(t, s)); n != 1 {
		t.Errorf("Next = %d reports", n)
	}
}

func TestOldestAreDroppedAndCounted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		limits spool.Limits
		pads   []int
		want   []uint64
	}{
		{"as many as fit", spool.Limits{Reports: 3, Bytes: everything}, []int{0, 0, 0}, []uint64{1, 2, 3}},
		{"one too many", spool.Limits{Reports: 3, Bytes: everything}, []int{0, 0, 0, 0}, []uint64{2, 3, 4}},
		{"only the latest", spool.Limits{Reports: 1, Bytes: everything}, []int{0, 0, 0, 0}, []uint64{4}},
		{"by size", spool.Limits{Reports: 9, Bytes: 2500}, []int{1000, 0, 1000, 0}, []uint64{1, 2, 3, 4}},
		{"a large one pushes out several", spool.Limits{Reports: 9, Bytes: 2500}, []int{500, 500, 500, 2000}, []uint64{4}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir, tc.limits)
			for i, pad := range tc.pads {
				put(t, s, fmt.Sprint(i), pad)
			}
			dropped := len(tc.pads) - len(tc.want)
			for range 2 { // before and after a restart
				wantSeqs(t, next(t, s), tc.want...)
				wantCounts(t, s, len(tc.want), 0, uint64(dropped))
				s = open(t, dir, tc.limits)
			}
		})
	}
}

func TestLossIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	limits := spool.Limits{Reports: 1, Bytes: everything}
	s := open(t, dir, limits)
	for i := range 4 {
		made := put(t, s, fmt.Sprint(i), 0)
		if want := uint64(max(0, i-1)); made.Dropped != want || (made.Since == nil) != (want == 0) {
			t.Errorf("report %d tells of %d dropped since %v, want %d", i, made.Dropped, made.Since, want)
		}
	}
	made := put(t, open(t, dir, limits), "after a restart", 0)
	if made.Dropped != 3 || made.Since == nil || !made.Since.Equal(start) {
		t.Errorf("after a restart: %d dropped since %v, want 3 since %v", made.Dropped, made.Since, start)
	}
}

// A crash may come after the ledger was written and before the files are gone.
func TestCrashWhileDropping(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		removed int // of the three that are dropped
	}{
		{"before the first removal", 0}, {"after the first", 1}, {"after the last", 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			limits := spool.Limits{Reports: 9, Bytes: 2000}
			s := open(t, dir, limits)
			old := map[uint64]string{}
			for seq := uint64(1); seq <= 3; seq++ {
				put(t, s, fmt.Sprint(seq), 500)
				old[seq] = read(t, fileOf(dir, seq))
			}
			put(t, s, "large", 1700)
			for seq := uint64(tc.removed) + 1; seq <= 3; seq++ {
				write(t, fileOf(dir, seq), old[seq])
			}
			if err := os.Remove(fileOf(dir, 4)); err != nil { // it was not written yet
				t.Fatal(err)
			}
			s = open(t, dir, limits)
			wantCounts(t, s, 0, 0, 3)
			if made := put(t, s, "again", 0); made.Seq != 4 || made.Dropped != 3 {
				t.Errorf("got %+v, want number 4 that tells of 3 dropped", made)
			}
			wantSeqs(t, next(t, s), 4)
		})
	}
}

func TestCrashWhileAcknowledging(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	putMany(t, s, 2)
	old := read(t, fileOf(dir, 2))
	done(t, s, next(t, s)...)
	write(t, fileOf(dir, 2), old) // the removal did not happen
	s = open(t, dir, roomy)
	batch := next(t, s)
	wantSeqs(t, batch, 2) // sent once more
	done(t, s, batch...)
	if made := put(t, open(t, dir, roomy), "later", 0); made.Seq != 3 {
		t.Errorf("the next number is %d, want 3", made.Seq)
	}
}

func TestRenewBeginsAnewAndSetsTheOldAside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	first := put(t, s, "old", 0)
	quarantine(t, s, next(t, s)[0])
	putMany(t, s, 2)
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, s, 0, 3, 2)
	made := put(t, s, "new", 0)
	if made.Epoch == first.Epoch || made.Seq != 1 || made.Dropped != 2 || made.Since == nil {
		t.Errorf("got %+v, want number 1 of another epoch than %s, that tells of 2 dropped", made, first.Epoch)
	}
	quarantine(t, s, next(t, s)[0])
	s = open(t, dir, roomy)
	wantCounts(t, s, 0, 4, 2) // the old number 1 is still there
	if again := put(t, s, "newer", 0); again.Epoch != made.Epoch || again.Seq != 2 {
		t.Errorf("after a restart: %+v, want number 2 of %s", again, made.Epoch)
	}
}

// What was lost before is still lost, and counted, in the new epoch.
func TestRenewKeepsTheCount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, spool.Limits{Reports: 2, Bytes: everything})
	putMany(t, s, 3) // one is dropped
	for _, want := range []uint64{3, 3} {
		if err := s.Renew(); err != nil {
			t.Fatal(err)
		}
		wantCounts(t, s, 0, 2, want)
	}
	if made := put(t, open(t, dir, roomy), "new", 0); made.Dropped != 3 || !made.Since.Equal(start) {
		t.Errorf("%d dropped since %v, want 3 since %s", made.Dropped, made.Since, start)
	}
}

// A batch may be on its way when the numbering begins anew. Its numbers must
// not be taken for those of the new epoch.
func TestAnswerThatComesAfterRenewTouchesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	putMany(t, s, 3)
	old := next(t, s)
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	put(t, s, "new", 0)
	done(t, s, old...)
	quarantine(t, s, old[0])
	wantSeqs(t, next(t, s), 1)
	if made := put(t, open(t, dir, roomy), "newer", 0); made.Seq != 2 {
		t.Errorf("the next number is %d, want 2", made.Seq)
	}
}

func TestAnswerThatComesAfterTheDropTouchesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), spool.Limits{Reports: 1, Bytes: everything})
	put(t, s, "first", 0)
	sent := next(t, s)
	put(t, s, "second", 0)
	done(t, s, sent...)
	quarantine(t, s, sent[0])
	wantSeqs(t, next(t, s), 2)
	wantCounts(t, s, 1, 0, 1)
}

// A crash in the middle of Renew must not leave numbers that are given again.
func TestCrashWhileRenewing(t *testing.T) {
	t.Parallel()
	for _, moved := range []int{0, 1, 3} {
		t.Run(fmt.Sprintf("after %d of 3", moved), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir, roomy)
			old := put(t, s, "old", 0)
			putMany(t, s, 2)
			halfRenewed(t, s, dir, moved)
			s = open(t, dir, roomy)
			wantCounts(t, s, 0, 3, uint64(3-moved)) // with the ledger went what was counted in it
			if made := put(t, s, "new", 0); made.Epoch == old.Epoch || made.Seq != 1 {
				t.Errorf("got %+v, want number 1 of another epoch than %s", made, old.Epoch)
			}
		})
	}
}

// halfRenewed leaves the folder as Renew does when it fails, by an obstacle
// that it meets after so many reports.
func halfRenewed(t *testing.T, s *spool.Spool, dir string, moved int) {
	t.Helper()
	reports := map[string]string{}
	for seq := uint64(1); seq <= 3; seq++ {
		reports[fileOf(dir, seq)] = read(t, fileOf(dir, seq))
	}
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(ledgerOf(dir)); err != nil { // the new one is written last
		t.Fatal(err)
	}
	aside := names(t, filepath.Join(dir, "quarantine"))
	for i, path := range slices.Sorted(maps.Keys(reports)) {
		if i >= moved {
			write(t, path, reports[path])
			if err := os.Remove(filepath.Join(dir, "quarantine", aside[i])); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestArrivedTellsOfReports(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), roomy)
	arrived := func() bool {
		select {
		case <-s.Arrived():
			return true
		default:
			return false
		}
	}
	if !arrived() || arrived() {
		t.Error("want one signal after Open")
	}
	putMany(t, s, 3)
	if !arrived() || arrived() {
		t.Error("want one signal for what has come in")
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	const reports = 60
	dir := t.TempDir()
	s := open(t, dir, roomy)
	var parts sync.WaitGroup
	for i := range 3 {
		parts.Go(func() {
			for j := range reports / 3 {
				if _, err := tryPut(s, fmt.Sprintf("%d-%d", i, j), 10); err != nil {
					t.Error(err)
				}
			}
		})
	}
	out := &outlet{seen: map[uint64]string{}}
	for range 2 {
		parts.Go(func() { out.take(t, s, reports) })
	}
	parts.Wait()
	wantCounts(t, open(t, dir, roomy), 0, 0, 0)
}

// outlet is where reports go that were taken from a spool.
type outlet struct {
	mu   sync.Mutex
	seen map[uint64]string
}

// take takes reports until so many different ones came out.
func (o *outlet) take(t *testing.T, s *spool.Spool, all int) {
	for o.add(t, nil) < all {
		batch, err := s.Next(7, everything)
		if err = errors.Join(err, s.Done(batch)); err != nil {
			t.Error(err)
			return
		}
		o.add(t, batch)
	}
}

func (o *outlet) add(t *testing.T, batch []wire.Queued) (seen int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, q := range batch {
		if id, twice := o.seen[q.Seq]; twice && id != q.ID {
			t.Errorf("number %d was given to %s and to %s", q.Seq, id, q.ID)
		}
		o.seen[q.Seq] = q.ID
	}
	return len(o.seen)
}

func TestOpenRefusesAFolderThatIsNone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "spool")
	write(t, path, "")
	if _, err := spool.Open(path, roomy); err == nil || !strings.HasPrefix(err.Error(), "open spool: ") {
		t.Errorf("Open = %v", err)
	}
}
