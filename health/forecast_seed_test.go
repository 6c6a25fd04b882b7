package health_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// seedMac is a Mac that one person set up, with what happened to it since.
func seedMac(t *testing.T, way state.Enrolment, events ...state.Event) *state.Mac {
	t.Helper()
	m, err := state.Decode("seed", []byte("{os: {version: 15.7.1, build: 24G231}, chip: apple_silicon, model: Mac15, serial: S, hardware_uuid: 00000000-0000-0000-0000-000000000000, phase: setup_assistant}"))
	if err != nil {
		t.Fatal(err)
	}
	m.Clock, m.Booted = now, now
	none := state.NoCapability
	begin := []state.Event{&state.Enroll{Way: way}, &state.SetUp{User: "lea"}}
	if way == "" {
		begin[0] = &state.Enroll{Capability: &none}
	}
	for _, e := range append(begin, events...) {
		if why, err := m.Do(m.Clock.Add(time.Hour), e); err != nil || why != state.NotRefused {
			t.Fatalf("%s: %s, %v", state.EventName(e), why, err)
		}
	}
	return &m
}

func seen(t *testing.T, m *state.Mac) evidence.Snapshot {
	t.Helper()
	r := macsim.NewRunner(m.Clone())
	return collectors.Take(t.Context(), collectors.Mac{Run: r, Files: r, Net: r, Privileged: true}, m.Clock.Add(time.Hour), collectors.All())
}

func foreseen(t *testing.T, m *state.Mac, name health.ForecastName, who string) health.Forecast {
	t.Helper()
	return foresee(t, health.Derive(seen(t, m), health.Ledger{}), name, who)
}

// The admin who alone holds a token has forgotten the password, and nothing is
// escrowed: a reset is not said to be safe, and the answer forbids it.
func TestSeed_A6(t *testing.T) {
	t.Parallel()
	f := foreseen(t, seedMac(t, "", &state.FileVaultOn{User: "lea"}), health.SafeToReset, "lea")
	if f.Answer == health.Yes || f.DoNot == "" {
		t.Errorf("got %+v", f)
	}
	other := []state.Event{&state.Create{User: "tim", Granter: "lea"}, &state.FileVaultOn{User: "lea"}, &state.RemoveKey{User: "lea"}}
	if f := foreseen(t, seedMac(t, "", other...), health.SafeToReset, "lea"); f.Answer != health.No {
		t.Errorf("beside somebody else who holds one: %+v", f)
	}
}

// After a reset, with FileVault on, the Mac is kept from restarting, and nobody is
// said to get in; once the user has logged in it may restart.
func TestSeed_A9(t *testing.T) {
	t.Parallel()
	m := seedMac(t, state.ADE, &state.FileVaultOn{User: "lea"}, &state.ResetPassword{User: "lea", New: "Roses2", By: state.ByAgent})
	if f := foreseen(t, m, health.HoldRestart, health.DeviceSubject); f.Answer != health.Yes || f.DoNot == "" {
		t.Errorf("got %+v", f)
	}
	if f := foreseen(t, m, health.EveryUserUnlocks, health.DeviceSubject); f.Answer != health.Unknown {
		t.Errorf("got %+v", f)
	}
	if why, err := m.Do(m.Clock.Add(time.Hour), &state.Login{User: "lea"}); err != nil || why != state.NotRefused {
		t.Fatal(why, err)
	}
	if f := foreseen(t, m, health.HoldRestart, health.DeviceSubject); f.Answer != health.No {
		t.Errorf("after the login: %+v", f)
	}
	if f := foreseen(t, m, health.EveryUserUnlocks, health.DeviceSubject); f.Answer != health.Yes {
		t.Errorf("after the login: %+v", f)
	}
}

// The only token user may be reset where the Bootstrap Token is proven, and a login
// has to come before any restart. A token that is merely claimed is not enough.
func TestSeed_A12(t *testing.T) {
	t.Parallel()
	m := seedMac(t, state.ADE, &state.FileVaultOn{User: "lea"})
	if f := foreseen(t, m, health.SafeToReset, "lea"); f.Answer != health.Yes || f.DoNot == "" {
		t.Errorf("proven: %+v", f)
	}
	s := seen(t, m).Without(evidence.EACSPreflightFact, evidence.Meta{State: evidence.NotObserved})
	if f := foresee(t, health.Derive(s, health.Ledger{}), health.SafeToReset, "lea"); f.Answer != health.Unknown {
		t.Errorf("claimed: %+v", f)
	}
	if why, err := m.Do(m.Clock.Add(time.Hour), &state.ServerDoes{Forgets: true}); err != nil || why != state.NotRefused {
		t.Fatal(why, err)
	}
	if f := foreseen(t, m, health.SafeToReset, "lea"); f.Answer == health.Yes {
		t.Errorf("refuted: %+v", f)
	}
}

// What a Bootstrap Token that is not escrowed, and a missing Secure Token, cost.
func TestSeed_A15(t *testing.T) {
	t.Parallel()
	with, without := seedMac(t, state.ADE), seedMac(t, "", &state.Create{User: "tim"}, &state.FileVaultOn{User: "lea"}, &state.Login{User: "tim"})
	for _, name := range []health.ForecastName{health.NextUserGranted, health.UpdatesUnattended, health.WipesSilently, health.EveryUserUnlocks, health.ConsoleAuthorises} {
		if f := foreseen(t, with, name, health.DeviceSubject); f.Answer != health.Yes {
			t.Errorf("with all tokens: %+v", f)
		}
		if f := foreseen(t, without, name, health.DeviceSubject); f.Answer != health.No || len(f.Because) == 0 {
			t.Errorf("without: %+v", f)
		}
	}
	if f := foreseen(t, with, health.EnablesFileVault, health.DeviceSubject); f.Answer != health.Yes {
		t.Errorf("got %+v", f)
	}
}
