package wire_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// A finding that does not count says why, and one that counts has no such key.
func TestMutedFinding(t *testing.T) {
	t.Parallel()
	report := func(reason string) wire.Report {
		f := health.Finding{Code: "VO_NONE", Muted: reason}
		if reason != "" {
			f.MutedUntil = time.Date(2027, 5, 31, 0, 0, 0, 0, time.UTC)
		}
		return wire.Build(wire.Source{Findings: []health.Finding{f}})
	}
	counts, muted := report(""), report("Known")
	if counts.StateHash == muted.StateHash {
		t.Error("that it was muted is no news")
	}
	for _, r := range []wire.Report{counts, muted} {
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if has := strings.Contains(string(data), `"muted":"Known","muted_until":"2027-05-31T00:00:00Z"`); has != (r.Findings[0].Muted != "") || (!has && strings.Contains(string(data), "muted")) {
			t.Errorf("%s", data)
		}
	}
}

// A proof that is older than this check keeps its time.
func TestProvenAtIsThatOfTheProof(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	r := wire.Build(wire.Source{Model: health.Model{Bootstrap: health.Bootstrap{Strength: health.StrengthProven, ProvenAt: at}}})
	if r.Bootstrap.ProvenAt == nil || !r.Bootstrap.ProvenAt.Equal(at) {
		t.Errorf("proven at %v, want %s", r.Bootstrap.ProvenAt, at)
	}
}

// What the organisation made of a severity is told, and a finding of which it decided
// nothing has no such key.
func TestSeverityByPolicy(t *testing.T) {
	t.Parallel()
	critical := health.Critical
	for _, tc := range []struct {
		name    string
		finding health.Finding
		want    string
	}{
		{"lowered", health.Finding{Code: "VO_NONE", Severity: health.Info, RuleSeverity: &critical}, `"rule_severity":"critical"`},
		{"as its rule says", health.Finding{Code: "VO_NONE", Severity: health.Info}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			data, err := json.Marshal(wire.Build(wire.Source{Findings: []health.Finding{tc.finding}}))
			if err != nil {
				t.Fatal(err)
			}
			if has := strings.Contains(string(data), "rule_severity"); has != (tc.want != "") || !strings.Contains(string(data), tc.want) {
				t.Errorf("%s", data)
			}
		})
	}
}
