package health

import (
	"cmp"
	"slices"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// Diagnose finds the conditions that hold, worst first, each with the finding
// that explains it if there is one. The times are those of the model: what was
// found earlier is said by Settle.
func Diagnose(m Model, p Policy) []Finding {
	var found []Finding
	m.Bootstrap = p.aged(&m)
	rules, mutes := Rules(), p.mutesOn(&m)
	for i := range rules {
		r := &rules[i]
		if r.Check == nil || r.Versions.Include(m.OS) != Yes {
			continue
		}
		for _, h := range r.Check(&m, p) {
			found = append(found, p.decide(r.Finding(h, m.TakenAt), mutes))
		}
	}
	found = suppress(rules, found)
	explain(rules, found)
	worstFirst(found)
	return found
}

// worstFirst is the order of a report: what counts before what was muted, then by
// severity. It hangs on nothing but the findings themselves.
func worstFirst(found []Finding) {
	muted := func(f Finding) int { return min(len(f.Muted), 1) }
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(muted(a), muted(b)), cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Summary, b.Summary),
		)
	})
}

// Finding makes a finding out of a place where the rule's condition holds. What
// the place does not say is said by the rule.
func (r *Rule) Finding(h Hit, at time.Time) Finding {
	because := slices.Clone(h.Because)
	if r.Versions != (Versions{}) {
		because = append(because, evidence.OSVersionFact)
	}
	slices.Sort(because)
	f := Finding{
		Code: r.Code, Title: r.Title, Severity: r.Severity, FedBy: r.FedBy, Since: at,
		Subject: h.Subject, Because: slices.Compact(because),
		Summary: h.Summary, Consequence: cmp.Or(h.Consequence, r.Consequence), NextStep: cmp.Or(h.NextStep, r.NextStep), DoNot: r.DoNot,
	}
	if h.Severity != nil {
		f.Severity, f.weighed = *h.Severity, *h.Severity != r.Severity
	}
	return f
}

// place is a condition at a subject.
type place struct {
	code    Code
	subject string
}

func places(found []Finding) map[place]bool {
	all := make(map[place]bool, len(found))
	for _, f := range found {
		all[place{f.Code, f.Subject}] = true
	}
	return all
}

// first returns the first of those conditions that holds for the same subject or
// for the whole Mac.
func first(holds map[place]bool, codes []Code, subject string) Code {
	for _, code := range codes {
		if holds[place{code, subject}] || holds[place{code, DeviceSubject}] {
			return code
		}
	}
	return ""
}

// suppress leaves out what another finding makes superfluous.
func suppress(rules []Rule, found []Finding) []Finding {
	by := map[Code][]Code{}
	for _, r := range rules {
		by[r.Code] = r.SuppressedBy
	}
	holds := places(found)
	return slices.DeleteFunc(found, func(f Finding) bool { return first(holds, by[f.Code], f.Subject) != "" })
}

// explain links every finding to the first of its possible causes that holds.
func explain(rules []Rule, found []Finding) {
	after := map[Code][]Code{}
	for _, r := range rules {
		after[r.Code] = r.After
	}
	holds := places(found)
	for i := range found {
		found[i].CausedBy = first(holds, after[found[i].Code], found[i].Subject)
	}
}

// Explain links findings that did not come from Diagnose, such as those of the agent
// about itself, and the others with them.
func Explain(found []Finding) { explain(Rules(), found) }

// Judge sums a Mac up in one word. Nothing is ok as long as an essential fact
// is missing, and no gap hides what is critical. What the organisation muted does
// not count.
func Judge(m Model, found []Finding) Verdict {
	worst := Info
	for _, f := range found {
		if f.Muted == "" {
			worst = max(worst, f.Severity)
		}
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
