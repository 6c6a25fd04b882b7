package health_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
)

// An account that the organisation calls a service account is no person for a plan
// either, and the model that was decided about stays as it was.
func TestDecided(t *testing.T) {
	t.Parallel()
	m := health.Derive(observe(t, "user-without-token"), health.Ledger{})
	m.Bootstrap.ProvenAt = m.TakenAt.Add(-48 * time.Hour)
	decided := health.Policy{ServiceAccounts: []string{"pnovak"}, ProofAge: time.Hour}.Decided(m)
	for name, want := range map[string]health.Tri{"pnovak": health.No, "itadmin": health.Yes} {
		if a, ok := decided.Account(name); !ok || a.Person != want {
			t.Errorf("%s is a person: %s, want %s", name, a.Person, want)
		}
	}
	if decided.Bootstrap.Strength != health.StrengthClaimed {
		t.Errorf("the proof of long ago is %s", decided.Bootstrap.Strength)
	}
	if pnovak, _ := m.Account("pnovak"); pnovak.Person != health.Yes || m.Bootstrap.Strength != health.StrengthProven {
		t.Error("deciding changed the Mac")
	}
}
