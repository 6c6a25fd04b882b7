package spool_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/simdisk"
)

// spacious has room for a damaged file that has become large.
var spacious = spool.Limits{Reports: 1000, Bytes: 64 << 20}

// TestDamageDoesNotBlock damages the second of three reports in every way.
func TestDamageDoesNotBlock(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		damage func(path, content string) error
	}{
		{"torn", rewrite(func(s string) string { return s[:len(s)/2] })},
		{"empty", rewrite(func(string) string { return "" })},
		{"zeros", rewrite(func(s string) string { return strings.Repeat("\x00", len(s)) })},
		{"no JSON", rewrite(func(string) string { return "hello" })},
		{"JSON of another kind", rewrite(func(string) string { return "[]" })},
		{"null", rewrite(func(string) string { return "null" })},
		{"a bit of its structure", rewrite(func(s string) string { return string(s[0]^1) + s[1:] })},
		{"a bit of its number", rewrite(func(s string) string { return strings.Replace(s, `"seq":2`, `"seq":3`, 1) })},
		{"a bit of its epoch", rewrite(flipEpoch)},
		{"no ID", rewrite(func(s string) string { return strings.Replace(s, "report-2", "", 1) })},
		{"more than is read", rewrite(func(s string) string { return s + strings.Repeat(" ", 5<<20) })},
		{"a folder", replace(func(path string) error { return os.MkdirAll(filepath.Join(path, "full"), 0o700) })},
		{"a link", replace(func(path string) error { return os.Symlink("/etc/passwd", path) })},
		{"a pipe", replace(func(path string) error { return syscall.Mkfifo(path, 0o600) })},
		{"writable by others", func(path, _ string) error { return os.Chmod(path, 0o666) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, restart := range []bool{false, true} {
				dir := t.TempDir()
				s := open(t, dir, spacious)
				putMany(t, s, 3)
				if err := tc.damage(fileOf(dir, 2), read(t, fileOf(dir, 2))); err != nil {
					t.Fatal(err)
				}
				if restart {
					s = open(t, dir, spacious)
				}
				wantSeqs(t, next(t, s), 1, 3)
				wantCounts(t, s, 2, 1, 0)
				if made := put(t, s, "later", 0); made.Seq != 4 {
					t.Errorf("the next number is %d, want 4", made.Seq)
				}
			}
		})
	}
}

func rewrite(change func(string) string) func(path, content string) error {
	return func(path, content string) error { return os.WriteFile(path, []byte(change(content)), 0o600) }
}

func replace(with func(path string) error) func(path, content string) error {
	return func(path, _ string) error {
		if err := os.Remove(path); err != nil {
			return err
		}
		return with(path)
	}
}

// flipEpoch changes the first digit of the epoch.
func flipEpoch(s string) string {
	const key = `"epoch":"`
	i := strings.Index(s, key) + len(key)
	return s[:i] + string(s[i]^1) + s[i+1:]
}

func TestReportThatVanishedIsCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	putMany(t, s, 3)
	for _, seq := range []uint64{1, 3} {
		if err := os.Remove(fileOf(dir, seq)); err != nil {
			t.Fatal(err)
		}
	}
	wantSeqs(t, next(t, s), 2)
	wantCounts(t, s, 1, 0, 2)
	if got := reasons(t, s); got["missing"] != 2 {
		t.Errorf("counted: %v", got)
	}
	if made := put(t, open(t, dir, roomy), "later", 0); made.Seq != 4 {
		t.Errorf("the next number is %d, want 4", made.Seq)
	}
}

func TestOpenCleansUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	limits := spool.Limits{Reports: 1, Bytes: everything}
	s := open(t, dir, limits)
	putMany(t, s, 3) // two are dropped
	write(t, filepath.Join(dir, ".writing-123"), "half a rep")
	for _, name := range []string{".writing-folder", filepath.Base(fileOf(dir, 1))} {
		if err := os.MkdirAll(filepath.Join(dir, name, "full"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	strangers := []string{"00000000000000000000.json", "18446744073709551615.json", "99999999999999999999.json", "1.json", "notes.txt"}
	for _, name := range strangers {
		write(t, filepath.Join(dir, name), "{}")
		write(t, filepath.Join(dir, "quarantine", name), "{}")
	}
	s = open(t, dir, limits)
	want := append(slices.Clone(strangers), filepath.Base(fileOf(dir, 3)), "ledger", "quarantine")
	if slices.Sort(want); !slices.Equal(names(t, dir), want) {
		t.Errorf("left in the spool: %q, want %q", names(t, dir), want)
	}
	wantSeqs(t, next(t, s), 3)
	wantCounts(t, s, 1, len(strangers)+2, 2)
	if made := put(t, s, "later", 0); made.Seq != 4 {
		t.Errorf("the next number is %d, want 4", made.Seq)
	}
}

func TestQuarantineReplacesNothing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		make func(path string) error
	}{
		{"a file", func(path string) error { return os.WriteFile(path, []byte("older"), 0o600) }},
		{"a folder", func(path string) error { return os.MkdirAll(filepath.Join(path, "full"), 0o700) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir, roomy)
			putMany(t, s, 1)
			if err := tc.make(filepath.Join(dir, "quarantine", filepath.Base(fileOf(dir, 1)))); err != nil {
				t.Fatal(err)
			}
			quarantine(t, s, next(t, s)[0])
			wantCounts(t, s, 0, 2, 0)
		})
	}
}

func TestLostLedgerBeginsANewEpoch(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		damage func(path, content string) error
	}{
		{"missing", func(path, _ string) error { return os.Remove(path) }},
		{"empty", rewrite(func(string) string { return "" })},
		{"no ledger", rewrite(func(string) string { return "\x00\x00" })},
		{"zeros", rewrite(func(s string) string { return strings.Repeat("\x00", len(s)) })},
		{"torn", rewrite(func(s string) string { return s[:100] })},
		{"every copy damaged", rewrite(func(s string) string { return strings.ReplaceAll(s, `"done":`, `"dome":`) })},
		{"another form", rewrite(func(s string) string { return strings.ReplaceAll(s, "ledger/1", "ledger/2") })},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir, roomy)
			old := put(t, s, "old", 0)
			putMany(t, s, 2)
			done(t, s, next(t, s)[0])
			quarantine(t, s, next(t, s)[1])
			done(t, s)
			if err := tc.damage(ledgerOf(dir), read(t, ledgerOf(dir))); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir, roomy)
			wantSeqs(t, next(t, s))
			wantCounts(t, s, 0, 2, 1)
			made := put(t, s, "new", 0)
			if made.Epoch == old.Epoch || made.Seq != 1 || made.Dropped != 1 {
				t.Errorf("got %+v, want number 1 of another epoch than %s, that tells of 1 dropped", made, old.Epoch)
			}
			if again := put(t, open(t, dir, roomy), "newer", 0); again.Epoch != made.Epoch || again.Seq != 2 {
				t.Errorf("after a restart: %+v, want number 2 of %s", again, made.Epoch)
			}
		})
	}
}

// A bit that turns over in the ledger must not bring back what it said before.
func TestLedgerBearsAnyBitFlip(t *testing.T) {
	t.Parallel()
	disk := simdisk.New("/db")
	s := openOn(t, disk, roomy)
	putMany(t, s, 3)
	done(t, s, next(t, s)[0])
	done(t, s, next(t, s)...)
	last := put(t, s, "last", 0)
	done(t, s, next(t, s)...)
	for bit := 0; bit < 8*len(disk.Content("/db/ledger")); bit += 61 {
		once := drawNothingLost(disk)
		once.Flip("/db/ledger", bit)
		if made := put(t, openOn(t, once, roomy), "next", 0); made.Seq != last.Seq+1 || made.Epoch != last.Epoch {
			t.Fatalf("bit %d: number %d of %s", bit, made.Seq, made.Epoch)
		}
	}
}

// What is under the name of the ledger and was never ours is moved away.
func TestLedgerThatIsForeign(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		damage func(path, content string) error
	}{
		{"a folder", replace(func(path string) error { return os.MkdirAll(filepath.Join(path, "full"), 0o700) })},
		{"a link", replace(func(path string) error { return os.Symlink("/etc/passwd", path) })},
		{"writable by others", func(path, _ string) error { return os.Chmod(path, 0o666) }},
		{"too large", rewrite(func(s string) string { return s + s })},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			old := put(t, open(t, dir, roomy), "old", 0)
			if err := tc.damage(ledgerOf(dir), read(t, ledgerOf(dir))); err != nil {
				t.Fatal(err)
			}
			s := open(t, dir, roomy)
			wantCounts(t, s, 0, 2, 1)
			if made := put(t, s, "new", 0); made.Epoch == old.Epoch || made.Seq != 1 {
				t.Errorf("got %+v, want number 1 of another epoch than %s", made, old.Epoch)
			}
		})
	}
}

// The ledger is all that still knows, as long as the daemon runs.
func TestLedgerThatIsRemovedIsWrittenAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	putMany(t, s, 2)
	if err := os.Remove(ledgerOf(dir)); err != nil {
		t.Fatal(err)
	}
	done(t, s, next(t, s)...)
	if made := put(t, open(t, dir, roomy), "later", 0); made.Seq != 3 {
		t.Errorf("the next number is %d, want 3", made.Seq)
	}
}

// A block of the ledger that cannot be read costs an epoch, and not all that is to
// come; one that can be read the second time costs nothing.
func TestLedgerOnABadBlock(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		times int
		lost  bool
	}{
		{"for a moment", 2, false}, {"for good", -1, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			disk := simdisk.New("/db")
			old := put(t, openOn(t, disk, roomy), "old", 0)
			disk.Spoil("/db/ledger", tc.times)
			made := put(t, openOn(t, disk, roomy), "new", 0)
			if lost := made.Epoch != old.Epoch; lost != tc.lost || (made.Dropped == 1) != tc.lost {
				t.Errorf("got %+v after %+v", made, old)
			}
			if again := put(t, openOn(t, disk, roomy), "newer", 0); again.Epoch != made.Epoch || again.Seq != made.Seq+1 {
				t.Errorf("after a restart: %+v", again)
			}
		})
	}
}

// The ledger of an older agent that cannot be read may have had another epoch.
func TestFormerLedgerOnABadBlock(t *testing.T) {
	t.Parallel()
	disk := simdisk.New("/db")
	old := put(t, openOn(t, disk, roomy), "old", 0)
	disk.Plant("/db/ledger.json", []byte("{}"))
	disk.Spoil("/db/ledger.json", -1)
	s := openOn(t, disk, roomy)
	if made := put(t, s, "new", 0); made.Epoch == old.Epoch || made.Seq != 1 {
		t.Errorf("got %+v after %+v", made, old)
	}
	if disk.Content("/db/ledger.json") != nil {
		t.Error("it is still there")
	}
}

// What bears the name of the quarantine is put into it.
func TestQuarantineThatIsForeign(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		make func(path string) error
	}{
		{"a file", func(path string) error { return os.WriteFile(path, []byte("mine"), 0o600) }},
		{"a link", func(path string) error { return os.Symlink("/etc", path) }},
		{"a link to nothing", func(path string) error { return os.Symlink("/nowhere", path) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, restart := range []bool{false, true} {
				dir := t.TempDir()
				s := open(t, dir, roomy)
				putMany(t, s, 2)
				aside := filepath.Join(dir, "quarantine")
				if err := errors.Join(os.Remove(aside), tc.make(aside)); err != nil {
					t.Fatal(err)
				}
				if restart {
					s = open(t, dir, roomy)
				}
				quarantine(t, s, next(t, s)[0])
				wantCounts(t, s, 1, 2, 0)
				if left := names(t, dir); len(left) != 3 {
					t.Errorf("left: %q", left)
				}
			}
		})
	}
}

// A report of another Mac, or from a backup, is none of this epoch.
func TestReportsOfAnotherEpochAreSetAside(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	putMany(t, open(t, other, roomy), 2)
	s := open(t, dir, roomy)
	putMany(t, s, 1)
	write(t, fileOf(dir, 2), read(t, fileOf(other, 2)))
	s = open(t, dir, roomy)
	wantSeqs(t, next(t, s), 1)
	wantCounts(t, s, 1, 1, 0)
}

// One number is one report's: which of two files has it is not left to chance.
func TestTwoFilesWithOneNumber(t *testing.T) {
	t.Parallel()
	for _, ending := range []string{".report", ".audit", ".json"} {
		for _, other := range []string{".report", ".audit", ".json"} {
			dir := t.TempDir()
			s := open(t, dir, roomy)
			store := tryPut
			if ending == ".audit" {
				store = tryPutAudit
			}
			made, err := store(s, "the one", 0)
			if err != nil {
				t.Fatal(err)
			}
			path := strings.TrimSuffix(fileOf(dir, 1), ".report")
			if ending == ".json" {
				toFormer(t, dir, made)
			}
			if other == ending {
				continue
			}
			write(t, path+other, "{}")
			s = open(t, dir, roomy)
			if batch := next(t, s); len(batch) != 1 || batch[0].ID != "the one" {
				t.Errorf("%s beside %s: %v", other, ending, batch)
			}
			wantCounts(t, s, 1, 1, 0)
		}
	}
}

// TestFailuresLoseNothing takes the folder away for a while: it works for root
// as well, unlike a mode.
func TestFailuresLoseNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "spool")
	limits := spool.Limits{Reports: 3, Bytes: everything}
	s := open(t, dir, limits)
	putMany(t, s, 3)
	batch := next(t, s)
	away := hide(t, dir)
	for name, err := range map[string]error{
		"Put":        second(tryPut(s, "lost", 0)), // would drop the first one
		"Next":       second(s.Next(everything, everything)),
		"Done":       s.Done(batch),
		"Quarantine": s.Quarantine(batch[0]),
		"Renew":      s.Renew(),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	wantCounts(t, s, 3, 0, 0)
	away()
	wantSeqs(t, next(t, s), 1, 2, 3)
	made := put(t, s, "four", 0)
	if made.Seq != 4 {
		t.Errorf("the next number is %d, want 4", made.Seq)
	}
	wantCounts(t, s, 3, 0, 1)
	s = open(t, dir, limits)
	wantSeqs(t, next(t, s), 2, 3, 4)
	wantCounts(t, s, 3, 0, 1)
}

// hide puts a file in the place of a folder, and returns what undoes it.
func hide(t *testing.T, dir string) (show func()) {
	t.Helper()
	if err := os.Rename(dir, dir+".hidden"); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "")
	return func() {
		t.Helper()
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(dir+".hidden", dir); err != nil {
			t.Fatal(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// The mode of a folder above, which is not ours, stops neither sending nor a start.
func TestFolderAboveThatOthersMayWriteTo(t *testing.T) {
	t.Parallel()
	above := filepath.Join(t.TempDir(), "above")
	dir := filepath.Join(above, "spool")
	s := open(t, dir, roomy)
	putMany(t, s, 2)
	if err := os.Chmod(above, 0o777); err != nil {
		t.Fatal(err)
	}
	for range 2 { // before and after a restart
		wantSeqs(t, next(t, s), 1, 2)
		s = open(t, dir, roomy)
	}
}

// The spool's own folder that others may write to is a reason to stop, and none to
// give up the reports in it; a start repairs it.
func TestUntrustedFolderKeepsTheReports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, roomy)
	putMany(t, s, 2)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if batch, err := s.Next(everything, everything); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("Next = %d reports, %v", len(batch), err)
	}
	wantCounts(t, s, 2, 0, 0)
	wantSeqs(t, next(t, open(t, dir, roomy)), 1, 2)
}

// TestObstacleToARemoval puts folders in the way of single steps.
func TestObstacleToARemoval(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	limits := spool.Limits{Reports: 2, Bytes: everything}
	s := open(t, dir, limits)
	putMany(t, s, 2)
	if err := replace(func(path string) error { return os.MkdirAll(filepath.Join(path, "full"), 0o700) })(fileOf(dir, 1), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := tryPut(s, "in vain", 0); err == nil {
		t.Error("Put: no error")
	}
	for i := range 2 {
		if made := put(t, s, fmt.Sprint(i), 0); made.Seq != uint64(i)+3 {
			t.Errorf("the next number is %d, want %d", made.Seq, i+3)
		}
	}
	wantCounts(t, s, 2, 0, 2)
	s = open(t, dir, limits)
	wantSeqs(t, next(t, s), 3, 4)
	wantCounts(t, s, 2, 1, 2)
}
