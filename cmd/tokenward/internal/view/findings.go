package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// headline is the worst finding that stands for itself, or what else there is to
// say in a line.
func headline(r wire.Report) string {
	for _, f := range troubles(r) {
		if worst(r, f) >= severityRank("medium") {
			return safe(f.Title)
		}
	}
	muted := count(len(mutedOf(r)), "muted finding")
	switch {
	case r.Verdict == health.VerdictUnknown:
		return "Not enough could be found out"
	case len(mutedOf(r)) > 0:
		return "Tokens are in order, apart from " + muted
	}
	return "Tokens are in order"
}

// troubles are the findings that stand for themselves, the one with the worst
// effects first: what it explains can be worse than the cause is by itself.
func troubles(r wire.Report) (all []wire.Finding) {
	for _, f := range r.Findings {
		if stands(r, f) {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b wire.Finding) int { return worst(r, b) - worst(r, a) })
	return all
}

// worst is the highest severity of a finding and of what it explains.
func worst(r wire.Report, cause wire.Finding) int {
	rank := severityRank(cause.Severity)
	for _, f := range r.Findings {
		if f.Muted == "" && f.Code != cause.Code && explains(cause, f) {
			rank = max(rank, worst(r, f))
		}
	}
	return rank
}

// stands says whether a finding is a trouble of its own: it counts, and no other
// that counts explains it.
func stands(r wire.Report, f wire.Finding) bool {
	return f.Muted == "" && !slices.ContainsFunc(r.Findings, func(cause wire.Finding) bool {
		return cause.Muted == "" && explains(cause, f)
	})
}

func explains(cause, f wire.Finding) bool {
	return f.CausedBy == cause.Code && (f.Subject == cause.Subject || cause.Subject == health.DeviceSubject)
}

func severityRank(s string) int {
	return slices.Index([]string{"info", "low", "medium", "high", "critical"}, s)
}

func severityStyle(s string) style {
	switch severityRank(s) {
	case 4, 3:
		return red
	case 2:
		return yellow
	}
	return dim
}

// findings shows causes with what they explain below them, and last what does not
// count.
func (p *page) findings(r wire.Report) {
	if slices.ContainsFunc(r.Findings, func(f wire.Finding) bool { return f.Muted == "" }) {
		p.heading("Findings")
	}
	for _, f := range troubles(r) {
		p.finding(f)
		p.explained(r, f, map[string]bool{f.NextStep: true})
	}
	p.muted(r)
}

const labelWidth = 11

// finding leaves out what comes of one that is there for information: nothing has
// come of it.
func (p *page) finding(f wire.Finding) {
	p.line("")
	p.title(f)
	p.paragraph(labelWidth, "", plain, f.Summary)
	means := f.Consequence
	if severityRank(f.Severity) == severityRank("info") {
		means = ""
	}
	for _, part := range []struct{ label, text string }{{"Policy", decided(f)}, {"Means", means}, {"Do", f.NextStep}, {"Careful", f.DoNot}} {
		if part.text != "" {
			p.paragraph(0, pad("  "+part.label, labelWidth), bold, part.text)
		}
	}
}

// title is the line that a reader looks for; the code is for searching, and
// goes below where there is no room beside it.
func (p *page) title(f wire.Finding) {
	severity := pad(strings.ToUpper(safe(f.Severity)), labelWidth)
	lines := wrap(safe(f.Title), p.width()-labelWidth)
	code := safe(f.Code)
	for i, l := range lines {
		lead := p.paint(severityStyle(f.Severity), severity)
		if i > 0 {
			lead = strings.Repeat(" ", labelWidth)
		}
		text := p.paint(bold, l)
		if i == len(lines)-1 && labelWidth+runewidth.StringWidth(l)+2+len(code) <= p.width() {
			text, code = text+"  "+p.paint(dim, code), ""
		}
		p.line("%s%s", lead, text)
	}
	if code != "" {
		p.line("%s%s", strings.Repeat(" ", labelWidth), p.paint(dim, code))
	}
}

// severityOf is a finding's severity in a word, or how the organisation changed it.
func severityOf(f wire.Finding) string { return cmp.Or(decided(f), f.Severity) }

// explained shows what a finding explains, and what to do for it, since mending
// the cause does not always mend the rest; but each step only once.
func (p *page) explained(r wire.Report, cause wire.Finding, said map[string]bool) {
	for _, f := range r.Findings {
		if f.Muted != "" || !explains(cause, f) {
			continue
		}
		p.paragraph(0, pad("  Hence", labelWidth), bold, fmt.Sprintf("%s (%s, %s)", f.Summary, severityOf(f), f.Code))
		if f.NextStep != "" && !said[f.NextStep] {
			said[f.NextStep] = true
			p.paragraph(0, pad("     Do", labelWidth), bold, f.NextStep)
		}
		p.explained(r, f, said)
	}
}
