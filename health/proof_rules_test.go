package health_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// What looks like a token that came with a login, and can have come another way.
func TestLoginsThatProveNothing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(health.Ledger, *evidence.Snapshot)
	}{
		{"the login is still to come, by the Mac's clock", func(_ health.Ledger, s *evidence.Snapshot) {
			for i := range s.Logins.Value.Window {
				if l := &s.Logins.Value.Window[i]; l.User == "pnovak" {
					l.At = s.TakenAt.Add(time.Hour)
				}
			}
		}},
		{"the account is mobile, whose login asks for an administrator", func(_ health.Ledger, s *evidence.Snapshot) {
			for i := range s.Directory.Value {
				if r := &s.Directory.Value[i]; r.Name == "pnovak" {
					r.Mobile = true
				}
			}
		}},
		{"nobody else held one, so that it was the Mac's first", func(past health.Ledger, _ *evidence.Snapshot) {
			for guid, a := range past.Mac.Accounts {
				a.Holder = health.No
				past.Mac.Accounts[guid] = a
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := unproven(t)
			past := w.ledger
			w.happens(&state.Logout{}, &state.Login{User: "pnovak"})
			s := w.snapshot()
			tc.change(past, &s)
			if m := health.Derive(s, past); m.Bootstrap.Strength != health.StrengthClaimed {
				t.Errorf("the Bootstrap Token is %s", m.Bootstrap.Strength)
			}
		})
	}
}

// Before macOS 13.3 the answer about an erase says nothing of the token.
func TestVersionsThatAskForTheToken(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]health.Strength{
		"13.0": health.StrengthClaimed, "13.2.1": health.StrengthClaimed, "13.3": health.StrengthProven, "15.7.1": health.StrengthProven,
	} {
		s := observe(t, "healthy")
		s.OSVersion.Value = version
		if m := health.Derive(s, health.Ledger{}); m.Bootstrap.Strength != want {
			t.Errorf("on %s: %s, want %s", version, m.Bootstrap.Strength, want)
		}
	}
}

// Nobody is listed as able to do what the Mac itself does not let anybody do.
func TestNobodyIsAble(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, "healthy"), health.Ledger{})
	if able := health.WhoIsAble(m); len(able.Escrowers) == 0 || len(able.Unlockers) == 0 {
		t.Fatalf("on a Mac in order: %+v", able)
	}
	for name, change := range map[string]func(*health.Model){
		"not enrolled":         func(m *health.Model) { m.Enrolled = health.No },
		"a server without":     func(m *health.Model) { m.Bootstrap.Supported = health.No },
		"an older macOS":       func(m *health.Model) { m.OS = health.ParseVersion("10.14.6") },
		"enrolled, or not":     func(m *health.Model) { m.Enrolled = health.Unknown },
		"a server that is mum": func(m *health.Model) { m.Bootstrap.Supported = health.Unknown },
	} {
		other := m
		change(&other)
		if able := health.WhoIsAble(other); len(able.Escrowers) > 0 {
			t.Errorf("%s: %+v escrow", name, able.Escrowers)
		}
	}
	for _, on := range []health.Tri{health.No, health.Unknown} {
		m.FileVault.On = on
		if able := health.WhoIsAble(m); len(able.Unlockers) > 0 {
			t.Errorf("FileVault is on: %s, and %+v unlock", on, able.Unlockers)
		}
	}
}
