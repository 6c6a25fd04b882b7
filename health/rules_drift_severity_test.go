package health_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

func findingOf(found []health.Finding, code health.Code) (health.Finding, bool) {
	i := slices.IndexFunc(found, func(f health.Finding) bool { return f.Code == code })
	if i < 0 {
		return health.Finding{}, false
	}
	return found[i], true
}

// resetAtTheLockScreen is a Mac on which an agent wrote a new password into the
// account of somebody whose session is open.
func resetAtTheLockScreen(t *testing.T, way state.Enrolment, before ...state.Event) evidence.Snapshot {
	t.Helper()
	then := []state.Event{
		&state.FileVaultOn{User: "lea"}, &state.Login{User: "lea"}, &state.ResetPassword{User: "lea", New: "Roses2", By: state.ByAgent},
	}
	return seen(t, seedMac(t, way, slices.Concat(before, then)...))
}

// An open session says nothing about who set the password. It is less than critical
// only where a login or a recovery key would mend it.
func TestDriftInAnOpenSession(t *testing.T) {
	t.Parallel()
	forgets := &state.ServerDoes{Forgets: true}
	for _, tc := range []struct {
		name   string
		way    state.Enrolment
		before []state.Event
		want   health.Severity
	}{
		{"the Bootstrap Token works", state.ADE, nil, health.High},
		{"the server has lost it", state.ADE, []state.Event{forgets}, health.Critical},
		{"the server has lost it, and has the recovery key", state.ADE, []state.Event{&state.EscrowKeys{}, forgets}, health.High},
		{"no server", "", nil, health.Critical},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := resetAtTheLockScreen(t, tc.way, tc.before...)
			f, there := findingOf(judge(s).found, "ST_DRIFT_FV_ON")
			if !there || f.Severity != tc.want {
				t.Fatalf("%v, %s, want %s", there, f.Severity, tc.want)
			}
			if strings.Contains(f.Summary+f.NextStep, "nothing is to be done") || !strings.Contains(f.NextStep, "Do not restart") {
				t.Errorf("%s\n%s", f.Summary, f.NextStep)
			}
			for _, fact := range s.Facts() {
				j := judge(s.Without(fact.Name, evidence.Meta{State: evidence.Failed, Reason: evidence.Timeout}))
				g, _ := findingOf(j.found, "ST_DRIFT_FV_ON")
				if g.Severity > f.Severity && !slices.Contains(essential(j.model), fact.Name) {
					t.Errorf("without %s it rises to %s", fact.Name, g.Severity)
				}
			}
		})
	}
}

// A proof of an earlier check counts even while it is not known whether the enrolment
// is still the same.
func TestDriftBesideARememberedProof(t *testing.T) {
	t.Parallel()
	s := resetAtTheLockScreen(t, state.ADE)
	m := health.Derive(s, health.Ledger{})
	past, _, _ := health.Settle(health.Ledger{}, m, nil)
	m.Past, m.Enrollment.Identity, m.Bootstrap.Strength, m.Bootstrap.Preflight = past, "", health.StrengthClaimed, "System is not sealed"
	if f, _ := findingOf(health.Diagnose(m, health.Policy{}), "ST_DRIFT_FV_ON"); f.Severity != health.High {
		t.Errorf("with the proof: %s", f.Severity)
	}
	m.Past.Mac.Proof = health.Proof{}
	if f, _ := findingOf(health.Diagnose(m, health.Policy{}), "ST_DRIFT_FV_ON"); f.Severity != health.Critical {
		t.Errorf("without one: %s", f.Severity)
	}
}

// A key that lies sealed on a Mac whose server takes none is not known to open the disk.
func TestDriftBesideAFormerKey(t *testing.T) {
	t.Parallel()
	m := health.Derive(resetAtTheLockScreen(t, state.ADE, &state.EscrowKeys{}, &state.ServerDoes{Forgets: true}), health.Ledger{})
	m.FileVault.EscrowProfile = health.Unknown
	if f, _ := findingOf(health.Diagnose(m, health.Policy{}), "ST_DRIFT_FV_ON"); f.Severity != health.Critical {
		t.Errorf("without the payload: %s", f.Severity)
	}
}

// Whose account is the server's is remembered, so that the server's silence makes no
// administrator a spare one who is known to be none.
func TestDriftOfAnAdministrator(t *testing.T) {
	t.Parallel()
	reset := func(forget bool) health.Severity {
		w := watch(t, "healthy")
		w.happens(&state.MemberAdd{User: "mbauer"}, &state.Logout{}, &state.Break{Fault: state.Fault{Tool: "mdmclient", Kind: state.Missing}})
		if forget {
			w.ledger = health.Ledger{}
		}
		w.happens(&state.ResetPassword{User: "mbauer", New: "Roses2", By: state.ByAgent})
		f, there := w.finds("ST_DRIFT_FV_ON")
		if !there {
			t.Fatalf("not found: %v", codesOf(w.found))
		}
		return f.Severity
	}
	if got := reset(false); got != health.Critical {
		t.Errorf("known to be no administrator of the server's: %s", got)
	}
	if got := reset(true); got != health.High {
		t.Errorf("never known whose: %s", got)
	}
}

// The server's administrator is a spare one only while nobody sits at the Mac with it.
func TestDriftOfTheManagedAdministrator(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, "weekly-password-of-the-administrator"), health.Ledger{})
	admin, _ := m.Account("itadmin")
	for console, want := range map[health.Tri]health.Severity{health.No: health.High, health.Unknown: health.High, health.Yes: health.Critical} {
		admin.Console = console
		f, there := findingOf(health.Diagnose(m, health.Policy{}), "ST_DRIFT_FV_ON")
		if !there || f.Severity != want {
			t.Errorf("at the console %s: %v, %s, want %s", console, there, f.Severity, want)
		}
	}
}

// Nobody is sent to an administrator who does not exist.
func TestDriftOfTheOnlyHolder(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		before   []state.Event
		another  bool
		fileFree bool
	}{
		{"alone", []state.Event{&state.FileVaultOn{User: "lea"}}, false, false},
		{"alone, and FileVault is off", nil, false, true},
		{"with another admin who holds a token", []state.Event{
			&state.Create{User: "tim", Password: new("p"), With: state.Settings, Granter: "lea"}, &state.MemberAdd{User: "tim"}, &state.FileVaultOn{User: "lea"},
		}, true, false},
		{"with another admin whose password was set as well", []state.Event{
			&state.Create{User: "tim", Password: new("p"), With: state.Settings, Granter: "lea"}, &state.MemberAdd{User: "tim"}, &state.FileVaultOn{User: "lea"},
			&state.ResetPassword{User: "tim", New: "Roses2", By: state.ByAgent},
		}, false, false},
		{"with a standard user who holds one", []state.Event{
			&state.Create{User: "tim", Password: new("p"), With: state.Settings, Granter: "lea"}, &state.FileVaultOn{User: "lea"},
		}, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			then := []state.Event{&state.ResetPassword{User: "lea", New: "Roses2", By: state.ByAgent}, &state.Logout{}}
			found := judge(seen(t, seedMac(t, "", slices.Concat(tc.before, then)...))).found
			code := health.Code("ST_DRIFT_FV_ON")
			if tc.fileFree {
				code = "ST_DRIFT_FV_OFF"
			}
			f, there := findingOf(found, code)
			asks := strings.Contains(f.NextStep, "Have an admin who holds a token")
			if !there || asks != tc.another || strings.Contains(f.NextStep, "former password") == tc.another {
				t.Errorf("%v: %s", there, f.NextStep)
			}
			if strings.Contains(f.NextStep, "recovery key") == (tc.another || tc.fileFree) {
				t.Errorf("a recovery key: %s", f.NextStep)
			}
		})
	}
}

// Whoever sets the clock moves the time of the last start with it: that is no restart.
func TestClockThatWasSetIsNoRestart(t *testing.T) {
	t.Parallel()
	const code = "ST_DRIFT_AT_PREBOOT"
	s := seen(t, seedMac(t, state.ADE, &state.FileVaultOn{User: "lea"}, &state.Logout{}, &state.ResetPassword{User: "lea", New: "Roses2", By: state.ByAgent}))
	first := health.Derive(s, health.Ledger{})
	ledger, _, _ := health.Settle(health.Ledger{}, first, health.Diagnose(first, health.Policy{}))
	for _, tc := range []struct {
		name         string
		later, start time.Duration
		want         bool
	}{
		{"the clock was set", 48 * time.Hour, 48 * time.Hour, false},
		{"the clock was set, an hour ago", 49 * time.Hour, 48 * time.Hour, false},
		{"the clock was put right by half a minute more", 48 * time.Hour, 48*time.Hour + 30*time.Second, false},
		{"nothing happened", 48 * time.Hour, 0, false},
		{"started anew, an hour ago", 48 * time.Hour, 47*time.Hour + s.TakenAt.Sub(s.Machine.BootedAt.Value), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			later := s
			later.TakenAt = s.TakenAt.Add(tc.later)
			later.Machine.BootedAt.Value = s.Machine.BootedAt.Value.Add(tc.start)
			m := health.Derive(later, ledger)
			found := health.Diagnose(m, health.Policy{})
			if _, there := findingOf(found, code); there != tc.want {
				t.Errorf("%v: %v", there, codesOf(found))
			}
			// What was noticed stays so for as long as the password is what it is.
			next, _, _ := health.Settle(ledger, m, found)
			later.TakenAt = later.TakenAt.Add(30 * 24 * time.Hour)
			if _, there := findingOf(health.Diagnose(health.Derive(later, next), health.Policy{}), code); there != tc.want {
				t.Errorf("a month later: %v", there)
			}
		})
	}
}

// A restart counts only from when the passwords are two, with FileVault on.
func TestRestartsThatAskedForOnePassword(t *testing.T) {
	t.Parallel()
	const code = "ST_DRIFT_AT_PREBOOT"
	reset := func(password string) state.Event {
		return &state.ResetPassword{User: "lea", New: password, By: state.ByAgent}
	}
	login := func(password string) state.Event { return &state.Login{User: "lea", Password: new(password)} }

	w := watchMac(t, seedMac(t, state.ADE, &state.FileVaultOn{User: "lea"}, &state.Logout{}))
	w.happens(reset("Roses2"))
	w.happens(login("Roses2"))
	w.happens(&state.Restart{}, &state.Unlock{User: "lea", Password: new("Roses2")}, &state.Logout{})
	w.happens(reset("Roses3"))
	w.check(time.Hour)
	if f, there := w.finds(code); there {
		t.Errorf("the first suspicion was settled before the restart: %+v", f)
	}

	w = watchMac(t, seedMac(t, state.ADE, &state.Create{User: "tim", Password: new("p"), With: state.Settings, Granter: "lea"}, &state.Logout{}, reset("Roses2")))
	if _, there := w.finds("ST_DRIFT_FV_OFF"); !there {
		t.Fatalf("no suspicion: %v", codesOf(w.found))
	}
	w.happens(&state.FileVaultOn{User: "tim"}, &state.Restart{}, &state.Unlock{User: "tim"})
	if _, there := w.finds("ST_DRIFT_FV_ON"); !there {
		t.Fatalf("no suspicion: %v", codesOf(w.found))
	}
	if f, there := w.finds(code); there {
		t.Errorf("FileVault was off at the last check: %+v", f)
	}
}

// watchMac is watch for a Mac that is made of events.
func watchMac(t *testing.T, mac *state.Mac) *watched {
	t.Helper()
	w := &watched{t: t, mac: macsim.NewRunner(mac.Clone()), at: mac.Clock}
	w.check(time.Hour)
	return w
}
