package wire_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/wire"
)

// later is the same evidence, taken at another time.
func later(s evidence.Snapshot) evidence.Snapshot {
	s.TakenAt = s.TakenAt.Add(time.Hour)
	s.OSVersion.At = s.OSVersion.At.Add(time.Hour)
	s.EACSPreflight.At = s.EACSPreflight.At.Add(time.Hour)
	s.CryptoUsers.At = s.CryptoUsers.At.Add(time.Hour)
	s.Directory.At = time.Time{}
	return s
}

// What a heartbeat carries itself, and what is of one check only, does not
// count.
func TestStateHashIgnores(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*wire.Source)
	}{
		{"nothing", func(*wire.Source) {}},
		{"when it was", func(s *wire.Source) { s.Snapshot = later(s.Snapshot) }},
		{"when it was, after judging", func(s *wire.Source) { *s = source(later(s.Snapshot)) }},
		{"since when a finding is there", func(s *wire.Source) {
			s.Findings = slices.Clone(s.Findings)
			for i := range s.Findings {
				s.Findings[i].Since = now.Add(-48 * time.Hour)
			}
		}},
		{"the reason", func(s *wire.Source) { s.Reason = wire.Requested }},
		{"the boot session", func(s *wire.Source) { s.BootID = "another" }},
		{"the uptime", func(s *wire.Source) { s.UptimeMS++ }},
		{"an account that is not listed", func(s *wire.Source) {
			s.Model.Accounts = append([]health.Account{{Name: "_new", Kind: health.KindService}}, s.Model.Accounts...)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := scenario(t, "migrated-twice")
			want := wire.Build(s).StateHash
			tc.change(&s)
			if got := wire.Build(s).StateHash; got != want || len(got) != 64 {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// The identity of one delivery does not count either, and the hash of a report
// can be computed again from the report.
func TestStateHashIgnoresDelivery(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		r := wire.Build(scenario(t, name))
		if r.Hash() != r.StateHash || delivered(r).Hash() != r.StateHash {
			t.Errorf("%s: %s, then %s, delivered %s", name, r.StateHash, r.Hash(), delivered(r).Hash())
		}
	}
}

func TestStateHashChangesWith(t *testing.T) {
	t.Parallel()
	account := func(change func(*health.Account)) func(*wire.Source) {
		return func(s *wire.Source) {
			s.Model.Accounts = append([]health.Account(nil), s.Model.Accounts...)
			change(&s.Model.Accounts[len(s.Model.Accounts)-1])
		}
	}
	finding := func(change func(*health.Finding)) func(*wire.Source) {
		return func(s *wire.Source) {
			s.Findings = append([]health.Finding(nil), s.Findings...)
			change(&s.Findings[0])
		}
	}
	for _, tc := range []struct {
		name   string
		change func(*wire.Source)
	}{
		{"the verdict", func(s *wire.Source) { s.Verdict = health.VerdictCritical }},
		{"the strength of the Bootstrap Token", func(s *wire.Source) { s.Model.Bootstrap.Strength = health.StrengthClaimed }},
		{"the version of macOS", func(s *wire.Source) { s.Snapshot.OSVersion.Value = "26.2" }},
		{"the build of macOS", func(s *wire.Source) { s.Snapshot.OSBuild.Value = "25C1" }},
		{"the serial number", func(s *wire.Source) { s.Snapshot.Serial.Value = "OTHER" }},
		{"the chip", func(s *wire.Source) { s.Model.Chip = health.T2 }},
		{"the name of the Mac", func(s *wire.Source) { s.Name = "back desk" }},
		{"a label's value", func(s *wire.Source) {
			s.Labels = []wire.Label{{Key: "Site", Value: "Bonn"}, {Key: "team", Value: "design"}}
		}},
		{"a label's key", func(s *wire.Source) {
			s.Labels = []wire.Label{{Key: "site", Value: "Berlin"}, {Key: "team", Value: "design"}}
		}},
		{"a label less", func(s *wire.Source) { s.Labels = nil }},
		{"the version of the agent", func(s *wire.Source) { s.Agent.Version = "1.2.4" }},
		{"a forecast's answer", func(s *wire.Source) {
			s.Forecasts = append([]health.Forecast(nil), s.Forecasts...)
			s.Forecasts[0].Answer = health.Not(s.Forecasts[0].Answer)
		}},
		{"whether restarts are to be held", func(s *wire.Source) {
			s.Forecasts = []health.Forecast{{Name: health.HoldRestart, Answer: health.Yes}}
		}},
		{"who could act", func(s *wire.Source) {
			s.Model.Accounts = append([]health.Account(nil), s.Model.Accounts...)
			for i := range s.Model.Accounts {
				s.Model.Accounts[i].Drift = health.Yes
			}
		}},
		{"a finding less", func(s *wire.Source) { s.Findings = s.Findings[1:] }},
		{"a finding's severity", finding(func(f *health.Finding) { f.Severity = health.Critical })},
		{"a finding's subject", finding(func(f *health.Finding) { f.Subject = "another" })},
		{"a finding's cause", finding(func(f *health.Finding) { f.CausedBy = "ANOTHER" })},
		{"what a finding rests on", finding(func(f *health.Finding) { f.Because = nil })},
		{"what a finding says", finding(func(f *health.Finding) { f.Summary += "!" })},
		{"an account more", func(s *wire.Source) {
			s.Model.Accounts = append(s.Model.Accounts, health.Account{Name: "new", Kind: health.KindLocal})
		}},
		{"an account less", func(s *wire.Source) { s.Model.Accounts = s.Model.Accounts[:len(s.Model.Accounts)-1] }},
		{"an account's name", account(func(a *health.Account) { a.Name = "renamed" })},
		{"an account's UID", account(func(a *health.Account) { a.UID++ })},
		{"an account's token", account(func(a *health.Account) { a.Token = health.TokenUsable })},
		{"an account's rights", account(func(a *health.Account) { a.Admin = health.Not(a.Admin) })},
		{"what the directory says of an account", account(func(a *health.Account) { a.Tag = health.Not(a.Tag) })},
		{"what sysadminctl says of an account", account(func(a *health.Account) { a.Status = health.Unknown })},
		{"volume ownership", account(func(a *health.Account) { a.VolumeOwner = health.Yes })},
		{"unlocking", account(func(a *health.Account) { a.Unlocks = health.Not(a.Unlocks) })},
		{"who is at the Mac", account(func(a *health.Account) { a.Console = health.Not(a.Console) })},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := scenario(t, "migrated-twice")
			before := wire.Build(s).StateHash
			tc.change(&s)
			if after := wire.Build(s).StateHash; after == before {
				t.Error("the hash stays the same")
			}
		})
	}
}

// Every fact counts, in every way in which it can be lost, and each way is
// another state.
func TestStateHashChangesWithEveryFact(t *testing.T) {
	t.Parallel()
	s := scenario(t, "migrated-twice")
	full := s.Snapshot
	hashes := map[string]string{wire.Build(s).StateHash: "the whole"}
	for _, f := range full.Facts() {
		for _, how := range losses() {
			if f.Meta.State == how.State {
				continue
			}
			s.Snapshot = full.Without(f.Name, how) // and neither model nor findings: the fact alone
			what := fmt.Sprintf("%s %s %s", f.Name, how.State, how.Reason)
			if other, taken := hashes[wire.Build(s).StateHash]; taken {
				t.Errorf("%s has the hash of %s", what, other)
			}
			hashes[wire.Build(s).StateHash] = what
		}
	}
}
