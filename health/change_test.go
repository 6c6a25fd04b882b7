package health_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Each change is seen at the next check, and not again at the one after it.
func TestEachChangeIsSeenOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		events         []state.Event
		kind           health.ChangeKind
		who            string // empty: the Mac
	}{
		{"a token came", "user-without-token", []state.Event{&state.TokenOn{User: "pnovak", Granter: "itadmin"}}, health.TokenGained, "pnovak"},
		{"a token was taken", "healthy", []state.Event{&state.TokenOff{User: "mbauer", Granter: "itadmin"}}, health.TokenLost, "mbauer"},
		{"a hidden account lost its token", "badge-hidden-and-closed-accounts", []state.Event{&state.TokenOff{User: "helpdesk", Granter: "itadmin"}}, health.TokenLost, "helpdesk"},
		{"an account went with its token", "healthy", []state.Event{&state.Logout{}, &state.Delete{User: "mbauer"}}, health.HolderGone, "mbauer"},
		{"an administrator more", "healthy", []state.Event{&state.MemberAdd{User: "mbauer"}}, health.AdminGained, "mbauer"},
		{"an administrator less", "healthy", []state.Event{&state.MemberRemove{User: "itadmin"}}, health.AdminLost, "itadmin"},
		{"FileVault was turned off", "healthy", []state.Event{&state.FileVaultOff{User: "itadmin"}}, health.FileVaultChanged, ""},
		{"a new key was sealed", "healthy", []state.Event{&state.ChangeKey{User: "itadmin"}}, health.KeySealedAnew, ""},
		{"another system", "healthy", []state.Event{&state.Upgrade{Version: "26.2", Build: "25C50"}, &state.Unlock{User: "mbauer"}}, health.SystemChanged, ""},
		{"no enrolment any more", "healthy", []state.Event{&state.Unenroll{}}, health.EnrollmentChanged, ""},
		{"the server forgot", "healthy", []state.Event{&state.ServerDoes{Forgets: true}}, health.ServerForgot, ""},
		{"another password", "healthy", []state.Event{&state.ResetPassword{User: "mbauer", New: "Roses2", By: state.ByAgent}}, health.PasswordSetAnew, "mbauer"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, tc.scenario)
			w.happens(tc.events...)
			if !w.saw(tc.kind, tc.who) {
				t.Errorf("not seen: %+v", w.changes)
			}
			if w.check(time.Hour); w.saw(tc.kind, tc.who) {
				t.Errorf("seen again: %+v", w.changes)
			}
		})
	}
}

// What a check could not find out stays as it was, and is no change in either
// direction.
func TestUnknownIsNoChange(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"diskutil", "dscl", "profiles", "fdesetup", "sw_vers", "mdmclient", "last"} {
		t.Run(tool, func(t *testing.T) {
			t.Parallel()
			w := watch(t, "healthy")
			before := w.ledger.Mac
			for _, event := range []state.Event{&state.Break{Fault: state.Fault{Tool: tool, Kind: state.Missing}}, &state.Mend{Tool: tool}} {
				w.happens(event)
				if len(w.changes) != 0 {
					t.Errorf("after %T: %+v", event, w.changes)
				}
			}
			before.At = w.ledger.Mac.At
			if proof := w.ledger.Mac.Proof; proof.Identity != before.Proof.Identity || proof.At.Before(before.Proof.At) {
				t.Errorf("proof %+v, before it %+v", proof, before.Proof)
			}
			before.Proof = w.ledger.Mac.Proof
			if text(t, before) != text(t, w.ledger.Mac) {
				t.Errorf("remembered\n%s\nbefore\n%s", text(t, w.ledger.Mac), text(t, before))
			}
		})
	}
}

// That a token is refuted says something of this enrolment only where it was
// believed in this one.
func TestServerForgotInThisEnrolment(t *testing.T) {
	t.Parallel()
	unreached := func(m health.Model, reachable health.Tri) health.Model {
		m.Enrollment.Reachable = reachable
		return m
	}
	silent := func(m health.Model) health.Model {
		m.Enrollment.Reachable, m.Lost = health.Unknown, append(m.Lost, evidence.MDMReachFact)
		return m
	}
	model := func(identity string, strength health.Strength) health.Model {
		return health.Model{
			TakenAt: now, Enrolled: health.Yes, Enrollment: health.Enrollment{Identity: identity, Reachable: health.Yes},
			Bootstrap: health.Bootstrap{Strength: strength, ProvenAt: now}, Lost: []evidence.FactName{evidence.DirectoryFact},
		}
	}
	for _, tc := range []struct {
		name          string
		before, after health.Model
		want          bool
		kept          bool // the proof
	}{
		{"the same", model("a", health.StrengthProven), model("a", health.StrengthRefuted), true, false},
		{"not known for the moment", model("a", health.StrengthClaimed), model("", health.StrengthRefuted), true, false},
		{"the way to the server cannot be followed", model("a", health.StrengthProven), unreached(model("a", health.StrengthRefuted), health.Unknown), false, false},
		{"no connection was tried", model("a", health.StrengthProven), silent(model("a", health.StrengthRefuted)), false, true},
		{"another", model("a", health.StrengthProven), model("b", health.StrengthRefuted), false, false},
		{"never known", model("", health.StrengthClaimed), model("", health.StrengthRefuted), false, false},
		{"never believed", model("a", health.StrengthUnknown), model("a", health.StrengthRefuted), false, false},
		{"refuted before", model("a", health.StrengthRefuted), model("a", health.StrengthRefuted), false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ledger, _, _ := health.Settle(health.Ledger{}, tc.before, nil)
			tc.after.TakenAt = now.Add(time.Hour)
			next, _, changes := health.Settle(ledger, tc.after, nil)
			got := false
			for _, c := range changes {
				got = got || c.Kind == health.ServerForgot
			}
			if got != tc.want {
				t.Errorf("changes %+v", changes)
			}
			if !next.Mac.Proof.At.IsZero() != tc.kept {
				t.Errorf("proof %+v", next.Mac.Proof)
			}
		})
	}
}
