package health_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// A tool that is gone for good does not freeze what rests on it: it is told that a
// trouble is over, and the next one is a new one.
func TestToolThatIsGoneForGood(t *testing.T) {
	t.Parallel()
	const code = "ST_DRIFT_FV_ON"
	w := watch(t, "healthy")
	w.happens(&state.Break{Fault: state.Fault{Tool: "mdmclient", Kind: state.Missing}})
	w.happens(&state.ResetPassword{User: "mbauer", New: "x", By: state.ByAgent})
	first, there := w.finds(code)
	if !there || len(w.model.Lost) == 0 {
		t.Fatalf("%v, lost %v", there, w.model.Lost)
	}
	w.happens(&state.Login{User: "mbauer", Password: new("x")})
	if got := told(w.changes); !slices.Contains(got, "finding_cleared "+code) {
		t.Errorf("after the login: %v", got)
	}
	w.check(180 * 24 * time.Hour)
	w.happens(&state.ResetPassword{User: "mbauer", New: "y", By: state.ByAgent})
	f, there := w.finds(code)
	if !there || !f.Since.After(first.Since) || !slices.Contains(told(w.changes), "finding_raised "+code) {
		t.Errorf("half a year later: %v, since %s, first %s; %v", there, f.Since, first.Since, told(w.changes))
	}
}

// What happens every hour does not push out what happened once.
func TestChangesOfOneKindLeaveTheOthers(t *testing.T) {
	t.Parallel()
	w := watch(t, "healthy")
	w.happens(&state.TokenOff{User: "mbauer", Granter: "itadmin"})
	lost := slices.IndexFunc(w.ledger.Changes, func(c health.Change) bool { return c.Kind == health.TokenLost })
	if lost < 0 {
		t.Fatalf("changes %+v", w.ledger.Changes)
	}
	once := w.ledger.Changes[lost]
	mbauer, _ := w.model.Account("mbauer")
	for i := range 250 {
		w.model.TakenAt = w.model.TakenAt.Add(time.Hour)
		mbauer.Admin = health.TriOf(i%2 == 0)
		w.model.Past = w.ledger
		w.ledger, _, _ = health.Settle(w.ledger, w.model, nil)
	}
	kinds := map[health.ChangeKind]int{}
	for i, c := range w.ledger.Changes {
		kinds[c.Kind]++
		if i > 0 && c.At.Before(w.ledger.Changes[i-1].At) {
			t.Fatalf("%+v stands after %+v", c, w.ledger.Changes[i-1])
		}
	}
	if !slices.Contains(w.ledger.Changes, once) || kinds[health.AdminGained] != 100 || kinds[health.AdminLost] != 100 {
		t.Errorf("kept %v", kinds)
	}
	if last := w.ledger.Changes[len(w.ledger.Changes)-1]; !last.At.Equal(w.model.TakenAt) {
		t.Errorf("the latest is of %s, want %s", last.At, w.model.TakenAt)
	}
}

// Whether somebody noted a new recovery key nobody can see, so the question ends.
func TestNewKeyIsAskedForAMonth(t *testing.T) {
	t.Parallel()
	const code = "FV_PRK_NOT_PRINTED_26"
	w := watch(t, "virtual-mac-for-tests")
	w.happens(&state.FileVaultOn{User: "tester"})
	w.check(30 * 24 * time.Hour)
	if _, there := w.finds(code); !there {
		t.Errorf("after 30 days: %v", codesOf(w.found))
	}
	if w.check(time.Hour); slices.Contains(codesOf(w.found), code) || !slices.Contains(told(w.changes), "finding_cleared "+code) {
		t.Errorf("an hour later: %v, %v", codesOf(w.found), told(w.changes))
	}
}

// The first key that is sealed is no other one.
func TestFirstSealedKeyIsNoChange(t *testing.T) {
	t.Parallel()
	w := watchMac(t, seedMac(t, state.ADE, &state.EscrowKeys{}))
	w.happens(&state.FileVaultOn{User: "lea"})
	if w.model.FileVault.SealedAt.IsZero() || w.saw(health.KeySealedAnew, "") {
		t.Errorf("sealed at %s: %+v", w.model.FileVault.SealedAt, w.changes)
	}
}
