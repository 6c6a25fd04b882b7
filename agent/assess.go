package agent

import (
	"context"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/wire"
)

// Assessment is one Mac at one time: what was observed, what it means, what is
// wrong.
type Assessment struct {
	Snapshot evidence.Snapshot
	Model    health.Model
	Findings []health.Finding
	Verdict  health.Verdict

	Forecasts []health.Forecast
}

// Look asks the Mac and judges what it says. It is the whole main job without
// the delivery; check, status and diagnose come through here. The daemon takes the
// same two steps, but keeps the slow answers from one check to the next.
func Look(ctx context.Context, mac collectors.Mac, at time.Time, which []collectors.Collector, policy health.Policy) Assessment {
	return Judge(collectors.Take(ctx, mac, at, which), health.Ledger{}, policy)
}

// Judge judges evidence that was taken before, with what earlier checks found.
func Judge(s evidence.Snapshot, past health.Ledger, policy health.Policy) Assessment {
	m := health.Derive(s, past)
	found := health.Diagnose(m, policy)
	return Assessment{Snapshot: s, Model: m, Findings: found, Verdict: health.Judge(m, found), Forecasts: health.Forecasts(m, policy)}
}

// Report makes a report of the assessment, without delivery fields.
func (a Assessment) Report(about wire.Source) wire.Report {
	about.Snapshot, about.Model, about.Findings, about.Verdict = a.Snapshot, a.Model, a.Findings, a.Verdict
	about.Forecasts = a.Forecasts
	return wire.Build(about)
}
