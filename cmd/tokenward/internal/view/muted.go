package view

import (
	"fmt"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

func mutedOf(r wire.Report) (all []wire.Finding) {
	for _, f := range r.Findings {
		if f.Muted != "" {
			all = append(all, f)
		}
	}
	return all
}

// muted lists what the organisation decided not to count, a line each: it is known,
// and somebody gave a reason.
func (p *page) muted(r wire.Report) {
	all := mutedOf(r)
	if len(all) == 0 {
		return
	}
	p.heading("Muted")
	for _, f := range all {
		who := ""
		if f.Subject != health.DeviceSubject {
			who = ", " + accountName(r, f.Subject)
		}
		p.quiet(2, fmt.Sprintf("%s (%s%s): %s", f.Title, f.Code, who, notCounted(f)))
	}
}

// decided says what the organisation made of the severity of a finding: who reads a
// page without anything critical must see that somebody decided so.
func decided(f wire.Finding) string {
	if f.RuleSeverity == "" {
		return ""
	}
	how := "raised"
	if severityRank(f.Severity) < severityRank(f.RuleSeverity) {
		how = "lowered"
	}
	return fmt.Sprintf("%s by policy from %s to %s", how, f.RuleSeverity, f.Severity)
}

// notCounted says until when a muted finding does not count, and why.
func notCounted(f wire.Finding) string {
	if f.MutedUntil.IsZero() {
		return "not counted: " + f.Muted
	}
	return "not counted until " + f.MutedUntil.UTC().Format("2 January 2006") + ": " + f.Muted
}
