package health_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// altered is the model of a scenario in which something is otherwise.
func altered(t *testing.T, scenario string, change func(*health.Model)) health.Model {
	t.Helper()
	m := health.Derive(observe(t, scenario), health.Ledger{})
	change(&m)
	return m
}

func inModel(t *testing.T, m *health.Model, name string) *health.Account {
	t.Helper()
	a, there := m.Account(name)
	if !there {
		t.Fatalf("there is no %s", name)
	}
	return a
}

// What would lock somebody out, or break what was promised, is not said to be well.
func TestNotSaidToBeSafe(t *testing.T) {
	t.Parallel()
	drifted := func(m *health.Model) { inModel(t, m, "mbauer").Drift = health.Yes }
	for _, tc := range []struct {
		name   string
		of     health.ForecastName
		who    string
		policy health.Policy
		change func(*health.Model)
		want   health.Tri
	}{
		{"a proof older than the organisation trusts", health.SafeToReset, "mbauer", health.Policy{ProofAge: 24 * time.Hour}, aged(25 * time.Hour), health.Unknown},
		{"a proof of today", health.SafeToReset, "mbauer", health.Policy{ProofAge: 24 * time.Hour}, aged(23 * time.Hour), health.Yes},
		{"a proof of two months ago", health.NextUserGranted, "device", health.Policy{}, aged(60 * 24 * time.Hour), health.Unknown},
		{"a proof of two months ago that is trusted", health.NextUserGranted, "device", health.Policy{ProofAge: 90 * 24 * time.Hour}, aged(60 * 24 * time.Hour), health.Yes},
		{"a proof that lies ahead", health.NextUserGranted, "device", health.Policy{}, aged(-2 * time.Hour), health.Unknown},
		{"a proof of yesterday and no way to the server", health.SafeToReset, "mbauer", health.Policy{}, func(m *health.Model) {
			aged(24 * time.Hour)(m)
			m.Enrollment.Reachable = health.No
		}, health.Unknown},
		{"the token was refused, and the recovery key is escrowed", health.SafeToReset, "mbauer", health.Policy{}, func(m *health.Model) {
			m.Bootstrap.Strength, m.Bootstrap.Preflight = health.StrengthRefuted, "Unable to get Bootstrap Token"
		}, health.No},
		{"a key file on a Mac that is not enrolled", health.RecoveryPathExists, "device", health.Policy{}, func(m *health.Model) {
			m.Enrolled, inModel(t, m, "mbauer").Unlocks = health.No, health.No
		}, health.Unknown},
		{"a key file and no escrow profile", health.RecoveryPathExists, "device", health.Policy{}, func(m *health.Model) {
			m.FileVault.EscrowProfile, inModel(t, m, "mbauer").Unlocks = health.Unknown, health.No
		}, health.Unknown},
		{"a key file from before FileVault was turned on anew", health.RecoveryPathExists, "device", health.Policy{}, func(m *health.Model) {
			m.Past.Mac.Uncovered, inModel(t, m, "mbauer").Unlocks = m.FileVault.SealedAt.Add(time.Hour), health.No
		}, health.Unknown},
		{"a key file since", health.RecoveryPathExists, "device", health.Policy{}, func(m *health.Model) {
			m.Past.Mac.Uncovered, inModel(t, m, "mbauer").Unlocks = m.FileVault.SealedAt.Add(-time.Hour), health.No
		}, health.Yes},
		{"the last who opens the disk", health.SafeToTurnOff, "itadmin", health.Policy{ServiceAccounts: []string{"itadmin"}}, func(m *health.Model) {
			a := inModel(t, m, "mbauer")
			a.Admin, a.Unlocks = health.Yes, health.No
		}, health.No},
		{"one of two who open the disk", health.SafeToTurnOff, "itadmin", health.Policy{ServiceAccounts: []string{"itadmin"}}, func(m *health.Model) {
			inModel(t, m, "mbauer").Admin = health.Yes
		}, health.Yes},
		{"drift while the disk is decrypted", health.EveryUserUnlocks, "device", health.Policy{}, func(m *health.Model) {
			m.FileVault.On, m.FileVault.Busy = health.No, health.Yes
			drifted(m)
		}, health.Unknown},
		{"drift while the disk is decrypted, and a restart", health.HoldRestart, "device", health.Policy{}, func(m *health.Model) {
			m.FileVault.On, m.FileVault.Busy = health.No, health.Yes
			drifted(m)
		}, health.Unknown},
		{"an Intel Mac without a server", health.UpdatesUnattended, "device", health.Policy{}, func(m *health.Model) {
			m.AppleSilicon, m.Chip, m.Enrolled = health.No, health.Intel, health.No
		}, health.No},
		{"nobody who works with the Mac, and nobody who opens it", health.EveryUserUnlocks, "device", health.Policy{}, func(m *health.Model) {
			for i := range m.Accounts {
				m.Accounts[i].Person, m.Accounts[i].Unlocks = health.No, health.No
			}
		}, health.No},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := altered(t, "healthy", tc.change)
			f, err := health.Foresee(&m, tc.policy, tc.of, tc.who)
			if err != nil || f.Answer != tc.want {
				t.Errorf("got %+v, %v; want %s", f, err, tc.want)
			}
		})
	}
}

// aged makes the proof of a Mac so old, and no part of this check.
func aged(age time.Duration) func(*health.Model) {
	return func(m *health.Model) { m.Bootstrap.ProvenAt, m.Bootstrap.Preflight = m.TakenAt.Add(-age), "" }
}

// A server can lose a Bootstrap Token that it no longer announces, or that nobody
// approved, as any other: the answer hangs on who could escrow again.
func TestRenewalLosesWhatIsEscrowed(t *testing.T) {
	t.Parallel()
	for _, unusable := range []func(*health.Model){
		func(m *health.Model) { m.Bootstrap.Supported = health.No },
		func(m *health.Model) { m.UserApproved = health.No },
	} {
		m := altered(t, "healthy", func(m *health.Model) {
			unusable(m)
			for i := range m.Accounts {
				m.Accounts[i].Admin = health.No
			}
		})
		if f := foresee(t, m, health.SafeToRenew, health.DeviceSubject); f.Answer != health.Unknown {
			t.Errorf("got %+v", f)
		}
	}
}

// A grant by hand between two checks is no proof of the Bootstrap Token, though a
// login came before it.
func TestGrantByHandProvesNothing(t *testing.T) {
	t.Parallel()
	w := watch(t, "user-without-token")
	w.happens(&state.Break{Fault: state.Fault{Tool: "mdmclient", Kind: state.Missing}})
	w.ledger.Mac.Proof = health.Proof{}
	w.check(time.Hour)
	w.happens(&state.ServerDoes{Forgets: true}, &state.Logout{}, &state.Login{User: "pnovak"}, &state.TokenOn{User: "pnovak", Granter: "itadmin"})
	if f := foresee(t, w.model, health.SafeToReset, "itadmin"); f.Answer == health.Yes || w.model.Bootstrap.Strength == health.StrengthProven {
		t.Errorf("the Bootstrap Token is %s: %+v", w.model.Bootstrap.Strength, f)
	}
}

// A password that was seen set anew counts as mended where a login could fetch a
// proven Bootstrap Token, and is not known to be elsewhere.
func TestLoginMendsByTheBootstrapToken(t *testing.T) {
	t.Parallel()
	reset, login := &state.ResetPassword{User: "lea", New: "Roses2", By: state.ByAgent}, &state.Login{User: "lea"}
	for _, tc := range []struct {
		name   string
		events []state.Event // the Mac is checked after each
		want   health.Tri
	}{
		{"with the Bootstrap Token", []state.Event{reset, login}, health.No},
		{"after the server forgot it", []state.Event{&state.ServerDoes{Forgets: true}, reset, login}, health.Unknown},
		{"and at the next check", []state.Event{&state.ServerDoes{Forgets: true}, reset, login, &state.Logout{}}, health.Unknown},
		{"with the network away", []state.Event{reset, &state.Connect{}, login, &state.Connect{Network: true}}, health.Unknown},
		{"and again with it", []state.Event{reset, &state.Connect{}, login, &state.Connect{Network: true}, &state.Logout{}, login}, health.No},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			mac := seedMac(t, state.ADE, &state.FileVaultOn{User: "lea"}, &state.Logout{})
			var ledger health.Ledger
			var m health.Model
			for _, e := range slices.Concat([]state.Event{&state.Connect{Network: true}}, tc.events) {
				if why, err := mac.Do(mac.Clock.Add(2*time.Hour), e); err != nil || why != state.NotRefused {
					t.Fatalf("%s: %s, %v", state.EventName(e), why, err)
				}
				m = health.Derive(seen(t, mac), ledger)
				ledger, _, _ = health.Settle(ledger, m, health.Diagnose(m, health.Policy{}))
			}
			if got := inModel(t, &m, "lea").Drift; got != tc.want {
				t.Errorf("drift is %s, want %s", got, tc.want)
			}
			if f := foresee(t, m, health.HoldRestart, health.DeviceSubject); f.Answer != tc.want {
				t.Errorf("got %+v", f)
			}
		})
	}
}

// A reset and a login between two checks are no better known than apart.
func TestResetAndLoginBetweenTwoChecks(t *testing.T) {
	t.Parallel()
	mac := seedMac(t, state.ADE, &state.FileVaultOn{User: "lea"}, &state.ServerDoes{Forgets: true})
	m := health.Derive(seen(t, mac), health.Ledger{})
	for range 3 {
		ledger, _, _ := health.Settle(m.Past, m, nil)
		if m.Past.Mac.At.IsZero() {
			for _, e := range []state.Event{&state.ResetPassword{User: "lea", New: "Roses2", By: state.ByAgent}, &state.Login{User: "lea"}} {
				if why, err := mac.Do(mac.Clock.Add(2*time.Hour), e); err != nil || why != state.NotRefused {
					t.Fatal(why, err)
				}
			}
		}
		m = health.Derive(seen(t, mac), ledger)
		if got := inModel(t, &m, "lea").Drift; got != health.Unknown {
			t.Errorf("drift is %s", got)
		}
	}
}

// A restart is held for somebody who would miss it. Without the answer that names
// the managed administrator it is not known who that is.
func TestRestartIsHeldForPeople(t *testing.T) {
	t.Parallel()
	const rotated = "weekly-password-of-the-administrator"
	full := observe(t, rotated)
	quick := full.Without(evidence.ManagedAdminsFact, evidence.Meta{State: evidence.NotObserved})
	alone := func(s evidence.Snapshot, change func(*health.Account)) health.Model {
		m := health.Derive(s, health.Ledger{})
		a := inModel(t, &m, "itadmin")
		a.Console, a.Drift = health.No, health.Yes
		change(a)
		return m
	}
	as := func(kind health.Kind) func(*health.Account) { return func(a *health.Account) { a.Kind = kind } }
	local := func(change func(*health.Account)) func(*health.Account) {
		return func(a *health.Account) { a.Kind = health.KindLocal; change(a) }
	}
	for _, tc := range []struct {
		name   string
		m      health.Model
		policy health.Policy
		want   health.Tri
	}{
		{"an administrator", alone(full, as(health.KindLocal)), health.Policy{}, health.Yes},
		{"one that nobody works with", alone(full, as(health.KindLocal)), health.Policy{ServiceAccounts: []string{"itadmin"}}, health.No},
		{"the managed administrator", alone(full, as(health.KindManagedAdmin)), health.Policy{}, health.No},
		{"that one, logged in", alone(full, func(a *health.Account) { a.Kind, a.Console = health.KindManagedAdmin, health.Yes }), health.Policy{}, health.Yes},
		{"an administrator, perhaps the managed one", alone(quick, as(health.KindLocal)), health.Policy{}, health.Unknown},
		{"one that cannot log in", alone(full, local(func(a *health.Account) { a.CanLogIn = health.No })), health.Policy{}, health.No},
		{"one that the window does not show", alone(full, local(func(a *health.Account) { a.Unlocks = health.No })), health.Policy{}, health.No},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f, err := health.Foresee(&tc.m, tc.policy, health.HoldRestart, health.DeviceSubject)
			if err != nil || f.Answer != tc.want {
				t.Errorf("got %+v, %v; want %s", f, err, tc.want)
			}
		})
	}
}
