package health

import (
	"cmp"
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// Policy is what an organisation has decided, where the right answer is a
// decision and not a fact. The zero value is the cautious one.
type Policy struct {
	// ServiceAccounts are record names of accounts that nobody works with: a
	// missing token of theirs is no finding.
	ServiceAccounts []string
}

// A Rule recognises one condition. Everything about a condition is in one
// literal: see docs/adding-a-rule.md.
type Rule struct {
	Code     Code
	Title    string
	Severity Severity
	FedBy    Feed
	// After lists conditions that explain this one where they hold for the same
	// subject or for the whole Mac, the best explanation first. The finding then
	// stays in the list and names its cause.
	After       []Code
	Consequence string
	DoNot       string
	Source      string // who says so
	// Check returns the places where the condition holds. It fires on what is
	// known and never on what is missing: taking evidence away from the model
	// must not make it fire.
	Check func(Model, Policy) []Hit
}

// A Hit is one place where a condition holds.
type Hit struct {
	Subject  string
	Because  []evidence.FactName
	Severity *Severity // where it differs from the rule's
	Summary  string
	NextStep string
}

// Rules lists every rule, in a fixed order.
func Rules() []Rule {
	return slices.Concat(enrollmentRules(), bootstrapRules(), tokenRules(), ownerRules(), fileVaultRules(), evidenceRules())
}

// Diagnose finds the conditions that hold, worst first, each with the finding
// that explains it if there is one. The times are those of the model: what was
// found earlier is said by Settle.
func Diagnose(m Model, p Policy) []Finding {
	var found []Finding
	for _, r := range Rules() {
		for _, h := range r.Check(m, p) {
			found = append(found, r.finding(h, m))
		}
	}
	explain(found)
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
	})
	return found
}

func (r Rule) finding(h Hit, m Model) Finding {
	because := slices.Clone(h.Because)
	slices.Sort(because)
	f := Finding{
		Code: r.Code, Title: r.Title, Severity: r.Severity, FedBy: r.FedBy, Since: m.TakenAt,
		Subject: h.Subject, Because: slices.Compact(because),
		Summary: h.Summary, Consequence: r.Consequence, NextStep: h.NextStep, DoNot: r.DoNot,
	}
	if h.Severity != nil {
		f.Severity = *h.Severity
	}
	return f
}

// explain links every finding to the first of its possible causes that holds.
func explain(found []Finding) {
	after := map[Code][]Code{}
	for _, r := range Rules() {
		after[r.Code] = r.After
	}
	for i := range found {
		for _, cause := range after[found[i].Code] {
			if slices.ContainsFunc(found, func(f Finding) bool {
				return f.Code == cause && (f.Subject == found[i].Subject || f.Subject == DeviceSubject)
			}) {
				found[i].CausedBy = cause
				break
			}
		}
	}
}

// Judge sums a Mac up in one word. Nothing is ok as long as an essential fact
// is missing, and no gap hides what is critical.
func Judge(m Model, found []Finding) Verdict {
	worst := Info
	for _, f := range found {
		worst = max(worst, f.Severity)
	}
	switch {
	case worst == Critical:
		return VerdictCritical
	case len(m.Gaps) > 0:
		return VerdictUnknown
	case worst >= Medium:
		return VerdictDegraded
	}
	return VerdictOK
}
