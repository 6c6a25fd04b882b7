package health_test

import (
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// Whoever is at the Mac is waited for only where it is known that nobody is named.
func TestForWhomFileVaultWaits(t *testing.T) {
	t.Parallel()
	nobody := func(m *health.Model) {
		m.FileVault.DeferredUser, m.FileVault.DeferredFor, m.FileVault.ByProfile = "", nil, health.Yes
	}
	for _, tc := range []struct {
		name   string
		change func(*health.Model)
		want   bool
	}{
		{"nobody is named", nobody, true},
		{"this user is named", func(m *health.Model) { nobody(m); m.FileVault.DeferredUser = "hlund" }, true},
		{"this user is named by the profile", func(m *health.Model) { nobody(m); m.FileVault.DeferredFor = []string{"hlund"} }, true},
		{"somebody else is named", func(m *health.Model) { nobody(m); m.FileVault.DeferredUser = "somebody" }, false},
		{"somebody else is named by the profile", func(m *health.Model) { nobody(m); m.FileVault.DeferredFor = []string{"somebody"} }, false},
		{"the deferral was not read", func(m *health.Model) { nobody(m); m.FileVault.ByProfile = health.Unknown }, false},
		{"the status was not read", func(m *health.Model) { nobody(m); m.Lost = []evidence.FactName{evidence.FileVaultDeferUserFact} }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := health.Derive(observe(t, "clerk-at-the-front-desk"), health.Ledger{})
			tc.change(&m)
			if f, there := findingOf(health.Diagnose(m, health.Policy{}), "FV_DEFER_PENDING_NO_TOKEN"); there != tc.want {
				t.Errorf("%v: %s", there, f.Summary)
			}
		})
	}
}
