package health_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// told lists the changes of findings.
func told(all []health.Change) []string {
	var list []string
	for _, c := range all {
		if c.Code != "" {
			list = append(list, fmt.Sprintf("%s %s", c.Kind, c.Code))
		}
	}
	return list
}

// A condition whose evidence does not come for a while is neither gone nor new.
func TestLostEvidenceIsNoNews(t *testing.T) {
	t.Parallel()
	w := watch(t, "removed-from-filevault-list")
	first := w.at
	w.happens(&state.Break{Fault: state.Fault{Tool: "fdesetup", Kind: state.Missing}})
	if _, found := w.finds("FV_USER_NOT_ENABLED"); found || len(told(w.changes)) != 0 {
		t.Fatalf("without fdesetup: %v, changes %v", codesOf(w.found), told(w.changes))
	}
	w.check(24 * time.Hour)
	w.happens(&state.Mend{Tool: "fdesetup"})
	f, found := w.finds("FV_USER_NOT_ENABLED")
	if !found || !f.Since.Equal(first) || len(told(w.changes)) != 0 {
		t.Errorf("with fdesetup again: since %s, want %s; changes %v", f.Since, first, told(w.changes))
	}
	w.happens(&state.FileVaultAdd{User: "rsilva", Unlocker: "itadmin"})
	if got := told(w.changes); !slices.Contains(got, "finding_cleared FV_USER_NOT_ENABLED") {
		t.Errorf("when it was mended: %v", got)
	}
	w.check(time.Hour)
	if len(w.changes) != 0 {
		t.Errorf("and again: %+v", w.changes)
	}
}

// Mended while nobody could see it: it is told when it can be seen.
func TestMendedUnseen(t *testing.T) {
	t.Parallel()
	w := watch(t, "removed-from-filevault-list")
	w.happens(&state.FileVaultAdd{User: "rsilva", Unlocker: "itadmin"}, &state.Break{Fault: state.Fault{Tool: "fdesetup", Kind: state.Missing}})
	if got := told(w.changes); len(got) != 0 {
		t.Errorf("unseen: %v", got)
	}
	w.happens(&state.Mend{Tool: "fdesetup"})
	if got := told(w.changes); !slices.Contains(got, "finding_cleared FV_USER_NOT_ENABLED") {
		t.Errorf("seen: %v", got)
	}
}

// waiting is a finding that is held back for an hour.
func waiting() health.Finding {
	return health.Finding{Code: "FV_DEFER_PENDING_NO_TOKEN", Subject: "x", Because: []evidence.FactName{evidence.FileVaultStateFact}}
}

// What is held back is not told before its time, and once told it stays, even
// where the clock is set back.
func TestHold(t *testing.T) {
	t.Parallel()
	f := waiting()
	at := func(after time.Duration) health.Model { return health.Model{TakenAt: now.Add(after)} }
	ledger, found, changes := health.Settle(health.Ledger{}, at(0), []health.Finding{f})
	if len(found) != 0 || len(changes) != 0 || len(ledger.Shown) != 0 {
		t.Fatalf("at once: %v, %v", found, changes)
	}
	ledger, found, _ = health.Settle(ledger, at(59*time.Minute), []health.Finding{f})
	if len(found) != 0 {
		t.Fatalf("after 59 minutes: %v", found)
	}
	ledger, found, changes = health.Settle(ledger, at(time.Hour), []health.Finding{f})
	if len(found) != 1 || !found[0].Since.Equal(now) || len(told(changes)) != 1 {
		t.Fatalf("after an hour: %+v, %v", found, changes)
	}
	ledger, found, changes = health.Settle(ledger, at(-24*time.Hour), []health.Finding{f})
	if len(found) != 1 || found[0].Since.After(now.Add(-24*time.Hour)) || len(told(changes)) != 0 {
		t.Errorf("when the clock was set back: %+v, %v", found, changes)
	}
	ledger, _, changes = health.Settle(ledger, at(2*time.Hour), nil)
	if len(told(changes)) != 1 {
		t.Errorf("when it is over: %v", changes)
	}
	if _, found, _ = health.Settle(ledger, at(3*time.Hour), []health.Finding{f}); len(found) != 0 {
		t.Errorf("when it comes back: %v", found)
	}
}

// A trouble that went by before its time was never one.
func TestHeldAndGone(t *testing.T) {
	t.Parallel()
	ledger, _, _ := health.Settle(health.Ledger{}, health.Model{TakenAt: now}, []health.Finding{waiting()})
	_, found, changes := health.Settle(ledger, health.Model{TakenAt: now.Add(time.Minute)}, nil)
	if len(found)+len(changes) != 0 {
		t.Errorf("found %v, changes %v", found, changes)
	}
}

func anyFindings() *rapid.Generator[[]health.Finding] {
	finding := rapid.Custom(func(t *rapid.T) health.Finding {
		return health.Finding{
			Code:     rapid.SampledFrom([]health.Code{"FV_DEFER_PENDING_NO_TOKEN", "FV_LAST_OS_USER", "EVIDENCE_CONFLICT"}).Draw(t, "code"),
			Subject:  rapid.SampledFrom([]string{"device", "x"}).Draw(t, "subject"),
			Severity: rapid.SampledFrom([]health.Severity{health.Info, health.Critical}).Draw(t, "severity"),
			Summary:  rapid.SampledFrom([]string{"one", "two"}).Draw(t, "summary"),
			Because:  rapid.SampledFrom([][]evidence.FactName{{evidence.MDMFact}, {evidence.FileVaultStateFact, evidence.MDMFact}}).Draw(t, "because"),
		}
	})
	return rapid.SliceOfNDistinct(finding, 0, 6, func(f health.Finding) string { return string(f.Code) + f.Subject + f.Summary + f.Severity.String() })
}

// Settling loses no finding and makes none up, tells of each once, and the order in
// which they come makes no difference, nor that the ledger lay on a disk between.
func TestSettleAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := now
		var ledger health.Ledger
		open := map[string]bool{}
		for range rapid.IntRange(1, 8).Draw(t, "checks") {
			at = at.Add(time.Duration(rapid.IntRange(-2, 4).Draw(t, "hours")) * time.Hour)
			m := health.Model{TakenAt: at, Lost: rapid.SampledFrom([][]evidence.FactName{nil, {evidence.MDMFact}}).Draw(t, "lost")}
			found := anyFindings().Draw(t, "found")
			shuffled := rapid.Permutation(found).Draw(t, "shuffled")
			first := ledger.Mac.At.IsZero()
			next, settled, changes := health.Settle(ledger, m, found)
			other, again, same := health.Settle(restored(t, ledger), m, shuffled)
			if a, b := text(t, next, settled, changes), text(t, other, again, same); a != b {
				t.Fatalf("the order counts, or the disk:\n%s\n%s", a, b)
			}
			settledRight(t, next, found, settled, at)
			if !first {
				toldOnce(t, open, changes)
			}
			for key := range next.Shown {
				open[key] = open[key] || first
			}
			ledger = next
		}
	})
}

// settledRight: every finding is there once, with a time that is not to come, or is
// held back and remembered.
func settledRight(t *rapid.T, ledger health.Ledger, found, settled []health.Finding, at time.Time) {
	left := slices.Clone(found)
	for _, f := range settled {
		i := slices.IndexFunc(left, func(g health.Finding) bool {
			return f.Code == g.Code && f.Subject == g.Subject && f.Summary == g.Summary && f.Severity == g.Severity
		})
		if i < 0 {
			t.Fatalf("made up: %+v", f)
		}
		left = slices.Delete(left, i, i+1)
		if f.Since.After(at) || f.Since.IsZero() {
			t.Fatalf("%s since %s, at %s", f.Code, f.Since, at)
		}
	}
	for _, f := range left {
		rule, _ := health.RuleOf(f.Code)
		if since, known := ledger.Since[string(f.Code)+" "+f.Subject]; rule.Hold == 0 || !known || at.Sub(since.At) >= rule.Hold {
			t.Fatalf("lost: %+v", f)
		}
	}
}

// toldOnce: what is raised was not open, and what is cleared was.
func toldOnce(t *rapid.T, open map[string]bool, changes []health.Change) {
	for _, c := range changes {
		key := string(c.Code) + " " + c.Subject
		raised := c.Kind == health.FindingRaised
		if c.Code == "" || open[key] != raised {
			open[key] = raised
			continue
		}
		t.Fatalf("%s of %s, which is open: %t", c.Kind, key, open[key])
	}
}

type fataler interface{ Fatal(args ...any) }

func text(t fataler, all ...any) string {
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// restored is a ledger as the next start of the daemon reads it.
func restored(t fataler, l health.Ledger) health.Ledger {
	var back []health.Ledger
	if err := json.Unmarshal([]byte(text(t, l)), &back); err != nil {
		t.Fatal(err)
	}
	return back[0]
}

// An earlier version kept the times alone.
func TestLedgerOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	var ledger health.Ledger
	old := `{"since":{"FV_LAST_OS_USER x":"2026-03-01T00:00:00Z","GONE x":"2026-03-01T00:00:00Z"},"from_a_later_version":1}`
	if err := json.Unmarshal([]byte(old), &ledger); err != nil {
		t.Fatal(err)
	}
	next, found, changes := health.Settle(ledger, health.Model{TakenAt: now}, []health.Finding{{Code: "FV_LAST_OS_USER", Subject: "x"}})
	if len(found) != 1 || found[0].Since.Day() != 1 || len(next.Since) != 1 || len(changes) != 0 {
		t.Errorf("found %+v, ledger %+v, changes %+v", found, next, changes)
	}
	for _, broken := range []string{`{"since":{"A x":5}}`, `{"since":{"A x":{"at":5}}}`, `{"since":{"A x":"yesterday"}}`} {
		if err := json.Unmarshal([]byte(broken), new(health.Ledger)); err == nil {
			t.Errorf("%s is read", broken)
		}
	}
}

// Nothing in the ledger opens anything, on any Mac.
func TestLedgerHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, name)
			w.check(time.Hour)
			ledger := text(t, w.ledger)
			mac, err := macsim.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			secrets := []string{mac.RecoveryKeyText()}
			for _, a := range mac.Accounts {
				secrets = append(secrets, a.Password, a.Token.Password)
			}
			for _, secret := range secrets {
				if len(secret) > 1 && strings.Contains(ledger, secret) {
					t.Errorf("%q is in %s", secret, ledger)
				}
			}
		})
	}
}

// A Mac that changes all the time, with thousands of accounts, keeps a ledger of a
// size that can be written in a moment.
func TestLedgerIsBounded(t *testing.T) {
	t.Parallel()
	const people = 2000
	m := health.Model{}
	for i := range people {
		m.Accounts = append(m.Accounts, health.Account{
			Name: fmt.Sprintf("student%04d", i), GUID: fmt.Sprintf("00000000-0000-4000-8000-00000000%04d", i),
			Person: health.Yes, Holder: health.No, Admin: health.No, VolumeOwner: health.No, Drift: health.No, PasswordSet: now, LastLogin: now,
		})
	}
	var ledger health.Ledger
	for i := range 50 {
		m.TakenAt = now.Add(time.Duration(i) * time.Hour)
		ledger.Attempts = append(ledger.Attempts, slices.Repeat([]health.Attempt{{What: health.TriedGrant, At: m.TakenAt}}, 10)...)
		for j := range 20 {
			m.Accounts[j].Holder = health.TriOf(i%2 == 0)
		}
		ledger, _, _ = health.Settle(ledger, m, nil)
	}
	if len(ledger.Changes) != 200 || len(ledger.Attempts) != 200 || len(ledger.Mac.Accounts) != people {
		t.Errorf("%d changes, %d attempts, %d accounts", len(ledger.Changes), len(ledger.Attempts), len(ledger.Mac.Accounts))
	}
	if last := ledger.Changes[199]; !last.At.Equal(m.TakenAt) {
		t.Errorf("the newest change is of %s", last.At)
	}
	const most = 600 << 10
	if size := len(text(t, ledger)); size > most {
		t.Errorf("%d bytes, at most %d are expected", size, most)
	}
	m.TakenAt = now.Add(30 * 24 * time.Hour)
	if ledger, _, _ = health.Settle(ledger, m, nil); len(ledger.Attempts) != 0 {
		t.Errorf("%d attempts of last month", len(ledger.Attempts))
	}
}
