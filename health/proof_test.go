package health_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// unproven is a Mac whose MDM client does not answer, so that nothing but a login
// can prove its Bootstrap Token, and whose only holder is no admin any more.
func unproven(t *testing.T) *watched {
	t.Helper()
	w := watch(t, "user-without-token")
	w.happens(&state.Break{Fault: state.Fault{Tool: "mdmclient", Kind: state.Missing}}, &state.MemberRemove{User: "itadmin"})
	w.ledger.Mac.Proof = health.Proof{}
	w.check(time.Hour)
	if w.model.Bootstrap.Strength != health.StrengthClaimed {
		t.Fatalf("the Bootstrap Token is %s before anything happened", w.model.Bootstrap.Strength)
	}
	return w
}

// A token that came with a login proves the Bootstrap Token: the Mac can have got
// it from the server alone. One that may have come another way proves nothing.
func TestLoginProvesTheBootstrapToken(t *testing.T) {
	t.Parallel()
	login := &state.Login{User: "pnovak"}
	add, remove := &state.MemberAdd{User: "itadmin"}, &state.MemberRemove{User: "itadmin"}
	granted := []state.Event{add, &state.TokenOn{User: "pnovak", Granter: "itadmin"}, remove}
	then := func(e ...state.Event) []state.Event { return slices.Concat(granted, e) }
	for _, tc := range []struct {
		name   string
		before func(*watched)
		events []state.Event
		want   health.Strength
	}{
		{"a login", nil, []state.Event{&state.Logout{}, login}, health.StrengthProven},
		{"a grant by an administrator, without a login", nil, granted, health.StrengthClaimed},
		{"a login over the network", nil, then(&state.Login{User: "pnovak", Via: state.SSH}), health.StrengthClaimed},
		{"somebody else's login", nil, then(&state.Logout{}, &state.Login{User: "itadmin"}), health.StrengthClaimed},
		{"a grant that this program made, and a login", func(w *watched) {
			w.ledger.Attempts = append(w.ledger.Attempts, health.Attempt{
				What: health.TriedGrant, Subject: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0302", At: w.at.Add(time.Minute), Said: health.SaidDone,
			})
		}, then(&state.Logout{}, login), health.StrengthClaimed},
		{"a reset of the password, and a login", nil, []state.Event{
			&state.ResetPassword{User: "pnovak", New: "Roses2", By: state.ByAgent}, &state.Logout{}, login,
		}, health.StrengthClaimed},
		{"a login, beside an administrator at the last check", func(w *watched) { w.happens(add) }, []state.Event{&state.Logout{}, login, remove}, health.StrengthClaimed},
		{"a login, and an administrator since", nil, []state.Event{&state.Logout{}, login, add}, health.StrengthClaimed},
		{"an enrolment that is not known", func(w *watched) { w.ledger.Mac.Identity = "" }, []state.Event{&state.Logout{}, login}, health.StrengthClaimed},
		{
			"a last check that did not see who holds a token", func(w *watched) { w.ledger.Mac.HoldersKnown = false },
			[]state.Event{&state.Logout{}, login},
			health.StrengthClaimed,
		},
		{"no network", nil, []state.Event{&state.Logout{}, login, &state.Connect{}}, health.StrengthClaimed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := unproven(t)
			if tc.before != nil {
				tc.before(w)
			}
			w.happens(tc.events...)
			a, _ := w.model.Account("pnovak")
			if a.Holder != health.Yes {
				t.Fatalf("pnovak holds a token: %s", a.Holder)
			}
			if got := w.model.Bootstrap.Strength; got != tc.want {
				t.Errorf("the Bootstrap Token is %s, want %s", got, tc.want)
			}
		})
	}
}

// A proof lasts as long as the enrolment and until something speaks against it.
func TestProofEnds(t *testing.T) {
	t.Parallel()
	proof := func(w *watched) bool { return !w.ledger.Mac.Proof.At.IsZero() }
	w := unproven(t)
	w.happens(&state.Logout{}, &state.Login{User: "pnovak"})
	a, _ := w.model.Account("pnovak")
	if !w.model.Bootstrap.ProvenAt.Equal(a.LastLogin) || !w.ledger.Mac.Proof.At.Equal(a.LastLogin) {
		t.Errorf("proven at %s and remembered at %s, want %s", w.model.Bootstrap.ProvenAt, w.ledger.Mac.Proof.At, a.LastLogin)
	}
	for range 3 {
		w.check(24 * time.Hour)
	}
	if !proof(w) || w.model.Bootstrap.Strength != health.StrengthProven || !w.model.Bootstrap.ProvenAt.Equal(a.LastLogin) {
		t.Fatalf("days later: %s at %s", w.model.Bootstrap.Strength, w.model.Bootstrap.ProvenAt)
	}
	forgotten := *w
	forgotten.happens(&state.ServerDoes{Forgets: true}, &state.Mend{Tool: "mdmclient"})
	if proof(&forgotten) || forgotten.model.Bootstrap.Strength != health.StrengthRefuted || !forgotten.saw(health.ServerForgot, "") {
		t.Errorf("the server forgot it: %s, proof %v, changes %+v", forgotten.model.Bootstrap.Strength, forgotten.ledger.Mac.Proof, forgotten.changes)
	}
	left := unproven(t)
	left.happens(&state.Logout{}, &state.Login{User: "pnovak"})
	if left.happens(&state.Unenroll{}); proof(left) || !left.saw(health.EnrollmentChanged, "") {
		t.Errorf("the enrolment ended: proof %v, changes %+v", left.ledger.Mac.Proof, left.changes)
	}
}

// A token that cannot be got while its server is away is not refuted by that: when
// the server is back, it is proven as it was before.
func TestProofOutlivesAnOutage(t *testing.T) {
	t.Parallel()
	down, up := true, false
	silent := &state.Break{Fault: state.Fault{Tool: "mdmclient", Kind: state.Missing}}
	w := unproven(t)
	w.happens(&state.Logout{}, &state.Login{User: "pnovak"})
	since := w.model.Bootstrap.ProvenAt
	w.happens(&state.ServerDoes{Down: &down}, &state.Mend{Tool: "mdmclient"})
	if got := w.model.Bootstrap.Strength; got != health.StrengthRefuted || w.saw(health.ServerForgot, "") {
		t.Fatalf("in the outage: %s, changes %+v", got, w.changes)
	}
	w.check(24 * time.Hour)
	w.happens(silent, &state.ServerDoes{Down: &up})
	if b := w.model.Bootstrap; b.Strength != health.StrengthProven || !b.ProvenAt.Equal(since) {
		t.Errorf("after the outage: %s at %s, want a proof of %s", b.Strength, b.ProvenAt, since)
	}
}

// What the server lost during an outage is told when it is back.
func TestLostDuringAnOutage(t *testing.T) {
	t.Parallel()
	down, up := true, false
	w := watch(t, "healthy")
	w.happens(&state.ServerDoes{Down: &down, Forgets: true})
	if w.saw(health.ServerForgot, "") {
		t.Errorf("in the outage: %+v", w.changes)
	}
	w.happens(&state.ServerDoes{Down: &up})
	if _, found := w.finds("BT_CLEARED_BY_REENROL_OR_RENEWAL"); !found || !w.saw(health.ServerForgot, "") {
		t.Errorf("after the outage: %+v, changes %+v", w.found, w.changes)
	}
	if !w.ledger.Mac.Proof.At.IsZero() {
		t.Errorf("the proof is kept: %+v", w.ledger.Mac.Proof)
	}
}

// Somebody without a token is not sent to an administrator because the server is
// away: nothing is known then of what a login would bring.
func TestMissingTokenInAnOutage(t *testing.T) {
	t.Parallel()
	down := true
	for _, tc := range []struct {
		name  string
		event state.Event
		want  bool
	}{
		{"the server is away", &state.ServerDoes{Down: &down}, false},
		{"the server has lost the token", &state.ServerDoes{Forgets: true}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, "user-without-token")
			w.happens(tc.event)
			if w.model.Bootstrap.Strength != health.StrengthRefuted {
				t.Fatalf("the Bootstrap Token is %s", w.model.Bootstrap.Strength)
			}
			if _, found := w.finds("ST_USER_MISSING_ADMIN_READY"); found != tc.want {
				t.Errorf("an administrator is asked for: %v, want %v", found, tc.want)
			}
		})
	}
}
