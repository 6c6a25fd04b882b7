package health_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// tries notes an attempt of an hour ago, as whoever acts on the Mac does, and
// checks the Mac.
func (w *watched) tries(what health.AttemptKind, on, by string, exit int, said health.Said) {
	w.t.Helper()
	guid := func(name string) string {
		a, ok := w.model.Account(name)
		if !ok {
			return ""
		}
		return a.Subject()
	}
	w.at = w.at.Add(time.Hour)
	w.ledger.Attempts = append(w.ledger.Attempts, health.Attempt{
		What: what, Subject: guid(on), By: guid(by), At: w.at, Exit: exit, Said: said,
	})
	w.check(time.Hour)
}

// An attempt is told of as long as the Mac says that it came to nothing.
func TestAttempts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		what           health.AttemptKind
		on, by         string
		exit           int
		said           health.Said
		code           health.Code
		mends          []state.Event
	}{
		{
			"a grant that ended well and brought nothing", "user-without-token", health.TriedGrant, "pnovak", "itadmin", 0, health.SaidDone,
			"ST_GRANT_FAILED_EXIT0",
			[]state.Event{&state.TokenOn{User: "pnovak", Granter: "itadmin"}},
		},
		{
			"a grant with a wrong password", "user-without-token", health.TriedGrant, "pnovak", "itadmin", 0, health.SaidAuthFailed,
			"ST_GRANTER_INVALID",
			[]state.Event{&state.TokenOn{User: "pnovak", Granter: "itadmin"}},
		},
		{
			"a grant by one without a token", "server-forgot-the-token", health.TriedGrant, "contractor", "contractor", 0, health.SaidNeedsUnlock,
			"ST_GRANTER_INVALID",
			[]state.Event{&state.TokenOn{User: "contractor", Granter: "itadmin"}},
		},
		{
			"a reset without credentials", "healthy", health.TriedReset, "mbauer", "", 0, health.SaidNeedsUnlock,
			"ST_RESET_NOOP",
			[]state.Event{&state.ResetPassword{User: "mbauer", New: "Roses2", Granter: "itadmin"}},
		},
		{
			"a reset whose password was refused afterwards", "healthy", health.TriedReset, "mbauer", "itadmin", 0, health.SaidPasswordDenied,
			"ST_RESET_NOOP",
			[]state.Event{&state.ResetPassword{User: "mbauer", New: "Roses2", Granter: "itadmin"}},
		},
		{
			"a reset that dscl refused", "healthy", health.TriedReset, "mbauer", "", 70, health.SaidAuthFailed,
			"ST_RESET_REFUSED_DSCL",
			[]state.Event{&state.ChangePassword{User: "mbauer", New: "Roses2"}},
		},
		{
			"deleting the last holder", "founder-leaves-company", health.TriedDelete, "founder", "", 0, health.SaidLastOne,
			"ST_DELETE_LAST_REFUSED",
			[]state.Event{&state.TokenOn{User: "itadmin", Granter: "founder"}},
		},
		{
			"deleting the last admin", "healthy", health.TriedDelete, "itadmin", "", 0, health.SaidLastOne,
			"ST_DELETE_LAST_REFUSED",
			[]state.Event{&state.MemberAdd{User: "mbauer"}},
		},
		{
			"turning off the own token", "administrator-for-an-hour", health.TriedOff, "spare", "spare", 0, health.SaidOwnCredential,
			"ST_OFF_SELF_REFUSED",
			[]state.Event{&state.TokenOff{User: "spare", Granter: "itadmin"}},
		},
		{
			"turning off a token that no check had seen", "user-without-token", health.TriedOff, "pnovak", "itadmin", 0, health.SaidDone,
			"ST_OFF_WILL_RETURN",
			[]state.Event{&state.Logout{}, &state.Login{User: "pnovak"}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, tc.scenario)
			if _, there := w.finds(tc.code); there {
				t.Fatal("it is told of before anything was tried")
			}
			w.tries(tc.what, tc.on, tc.by, tc.exit, tc.said)
			f, there := w.finds(tc.code)
			if !there || w.model.NameOf(f.Subject) != tc.on {
				t.Fatalf("it is not told of: %v", w.found)
			}
			finding(t, tc.scenario, f)
			w.happens(tc.mends...)
			if f, there := w.finds(tc.code); there {
				t.Errorf("it was mended, and is still told of: %+v", f)
			}
		})
	}
}

// What nearly is such an attempt is none, or nothing is left of it.
func TestAttemptsThatSayNothing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		what           health.AttemptKind
		on, by         string
		exit           int
		said           health.Said
		code           health.Code
	}{
		{"a grant to one who holds a token", "healthy", health.TriedGrant, "mbauer", "itadmin", 0, health.SaidDone, "ST_GRANT_FAILED_EXIT0"},
		{"a grant that failed and said so", "user-without-token", health.TriedGrant, "pnovak", "itadmin", 1, health.SaidAuthFailed, "ST_GRANT_FAILED_EXIT0"},
		{"a grant that said Done", "user-without-token", health.TriedGrant, "pnovak", "itadmin", 0, health.SaidDone, "ST_GRANTER_INVALID"},
		{"a reset that failed and said so", "healthy", health.TriedReset, "mbauer", "", 70, health.SaidAuthFailed, "ST_RESET_NOOP"},
		{"a reset that ended well", "healthy", health.TriedReset, "mbauer", "", 0, health.SaidNeedsUnlock, "ST_RESET_REFUSED_DSCL"},
		{"deleting one of several holders", "healthy", health.TriedDelete, "mbauer", "", 0, health.SaidLastOne, "ST_DELETE_LAST_REFUSED"},
		{"turning off the own token, which is not there", "user-without-token", health.TriedOff, "pnovak", "pnovak", 0, health.SaidOwnCredential, "ST_OFF_SELF_REFUSED"},
		{"a token that was turned off, and is there", "healthy", health.TriedOff, "mbauer", "itadmin", 0, health.SaidDone, "ST_OFF_WILL_RETURN"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, tc.scenario)
			w.tries(tc.what, tc.on, tc.by, tc.exit, tc.said)
			if f, there := w.finds(tc.code); there {
				t.Errorf("%+v", f)
			}
		})
	}
}

// A reset that was taken is noted by the directory after the attempt began.
func TestResetThatWasTaken(t *testing.T) {
	t.Parallel()
	w := watch(t, "healthy")
	before := w.at
	w.happens(&state.ResetPassword{User: "mbauer", New: "Roses2", Granter: "itadmin"})
	a, _ := w.model.Account("mbauer")
	w.ledger.Attempts = []health.Attempt{{What: health.TriedReset, Subject: a.Subject(), At: before, Said: health.SaidDone}}
	w.check(time.Hour)
	if f, there := w.finds("ST_RESET_NOOP"); there {
		t.Errorf("%+v", f)
	}
}

// Only the latest attempt counts, and none counts after a week.
func TestAttemptsThatArePast(t *testing.T) {
	t.Parallel()
	w := watch(t, "user-without-token")
	w.tries(health.TriedGrant, "pnovak", "itadmin", 0, health.SaidNotAuthorized)
	w.tries(health.TriedGrant, "pnovak", "itadmin", 0, health.SaidDone)
	if f, there := w.finds("ST_GRANTER_INVALID"); there {
		t.Errorf("a later attempt got further: %+v", f)
	}
	w.check(8 * 24 * time.Hour)
	w.check(time.Hour)
	if f, there := w.finds("ST_GRANT_FAILED_EXIT0"); there {
		t.Errorf("after eight days: %+v", f)
	}
}

// A token that was turned off comes back where the Bootstrap Token works.
func TestTokenThatWillReturn(t *testing.T) {
	t.Parallel()
	const code = "ST_OFF_WILL_RETURN"
	w := watch(t, "healthy")
	w.happens(&state.TokenOff{User: "mbauer", Granter: "itadmin"})
	for range 3 {
		f, there := w.finds(code)
		if !there || w.model.NameOf(f.Subject) != "mbauer" {
			t.Fatalf("not told of: %v", w.found)
		}
		finding(t, "healthy", f)
		w.check(time.Hour)
	}
	w.happens(&state.Logout{}, &state.Login{User: "mbauer"})
	if f, there := w.finds(code); there {
		t.Errorf("it has come back: %+v", f)
	}

	w = watch(t, "server-without-bootstrap-support")
	w.happens(&state.TokenOff{User: "lmoreau", Granter: "itadmin"})
	if f, there := w.finds(code); there {
		t.Errorf("without a Bootstrap Token: %+v", f)
	}
	w = watch(t, "user-without-token")
	if f, there := w.finds(code); there {
		t.Errorf("a token that never was: %+v", f)
	}
}
