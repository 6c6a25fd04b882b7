package main

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// A page never says that all is well above something that is not.
func TestOwnVerdict(t *testing.T) {
	t.Parallel()
	public := func(v health.Verdict, hold health.Tri) *wire.Public {
		return &wire.Public{Verdict: v, HoldRestart: hold, CheckedAt: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	}
	const ok, unknown, degraded, critical = health.VerdictOK, health.VerdictUnknown, health.VerdictDegraded, health.VerdictCritical
	for _, tc := range []struct {
		name     string
		public   *wire.Public
		seen     health.Verdict
		severity string // of what is found about the own account
		want     health.Verdict
	}{
		{"all is well", public(ok, health.No), unknown, "", ok},
		{"something small", public(ok, health.No), ok, "low", ok},
		{"the own token", public(ok, health.No), ok, "high", degraded},
		{"the own account, badly", public(degraded, health.No), ok, "critical", critical},
		{"others", public(critical, health.No), ok, "medium", critical},
		{"it must stay on", public(ok, health.Yes), ok, "", degraded},
		{"whether it must stay on is not known", public(ok, health.Unknown), ok, "", ok},
		{"the daemon does not know", public(unknown, health.Unknown), ok, "medium", unknown},
		{"nobody looked as root", nil, ok, "", unknown},
		{"nobody looked as root, and it is bad all the same", nil, degraded, "high", degraded},
		{"nobody looked as root, and the own account is bad", nil, ok, "critical", critical},
	} {
		own := wire.Own{Public: tc.public}
		if tc.severity != "" {
			own.Findings = []wire.OwnFinding{{Code: "ST_PHANTOM", Severity: tc.severity}}
		}
		if got := ownVerdict(own, tc.seen); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}
