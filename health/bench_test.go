package health_test

import (
	"fmt"
	"testing"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// crowdOf is the evidence of a Mac with that many people, every tenth of whom has
// no Secure Token.
func crowdOf(tb testing.TB, people int) evidence.Snapshot {
	tb.Helper()
	mac, err := macsim.Load("healthy")
	if err != nil {
		tb.Fatal(err)
	}
	person := mac.Accounts[len(mac.Accounts)-1]
	for i := 2; i < people; i++ {
		person.Name, person.UID = fmt.Sprintf("user%04d", i), 501+i
		person.RealName, person.Home = person.Name, "/Users/"+person.Name
		person.GUID = fmt.Sprintf("6A1C7E0E-8B1D-4B53-9F4E-%012X", i)
		holds := i%10 != 0
		person.FileVault, person.Token = holds, state.Token{Tag: holds, CryptoUser: holds, VolumeOwner: holds}
		mac.Accounts = append(mac.Accounts, person)
	}
	return collectors.Take(tb.Context(), collectors.Mac{Run: macsim.NewRunner(mac), Privileged: true}, now, collectors.All())
}

// BenchmarkJudge is everything between the evidence and the report: what a check
// does every quarter of an hour, on battery.
func BenchmarkJudge(b *testing.B) {
	for _, people := range []int{5, 100, 2000} {
		s := crowdOf(b, people)
		m := health.Derive(s, health.Ledger{})
		found := health.Diagnose(m, health.Policy{})
		ledger, _, _ := health.Settle(health.Ledger{}, m, found)
		for _, step := range []struct {
			name string
			run  func()
		}{
			{"derive", func() { health.Derive(s, ledger) }},
			{"diagnose", func() { health.Diagnose(m, health.Policy{}) }},
			{"settle", func() { health.Settle(ledger, m, found) }},
			{"forecasts", func() { health.Forecasts(m, health.Policy{}) }},
			{"able", func() { health.WhoIsAble(m) }},
			{"whole", func() { check(s, ledger) }},
		} {
			b.Run(fmt.Sprintf("%s/accounts=%d", step.name, people), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					step.run()
				}
				b.ReportMetric(float64(len(found)), "findings")
			})
		}
	}
}

// check is a check as the daemon judges it.
func check(s evidence.Snapshot, past health.Ledger) {
	m := health.Derive(s, past)
	found := health.Diagnose(m, health.Policy{})
	health.Settle(past, m, found)
	health.Forecasts(m, health.Policy{})
	health.WhoIsAble(m)
	health.Erasures(m)
}
