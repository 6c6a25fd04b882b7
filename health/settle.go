package health

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// Settle brings what one check found together with what earlier ones did. It
// returns the ledger for the next check, the findings to report, each with the
// time at which it was first seen without a break, and what changed on the Mac
// since the last check. It is a pure function; its time is that of the model, and
// the order in which the findings come makes no difference.
//
// A finding whose rule asks for it is held back until it has lasted. One that is
// gone only because its evidence did not come keeps its time, so that a tool that
// hung does not make an old trouble a new one. No finding that is reported is
// explained by one that is held back.
func Settle(prev Ledger, m Model, found []Finding) (Ledger, []Finding, []Change) {
	next := Ledger{
		Since: keptSince(prev, m, found), Attempts: recent(prev.Attempts, m.TakenAt),
		Mac: remember(prev.Mac, &m),
	}
	var rules map[Code]Rule
	if len(found) > 0 { // the catalogue is long, and most Macs are well
		rules = byCode(Rules())
	}
	settled := make([]Finding, 0, len(found))
	for _, f := range found {
		f.Since = next.Since[f.key()].At
		if _, told := prev.Shown[f.key()]; told || m.TakenAt.Sub(f.Since) >= rules[f.Code].Hold {
			settled = append(settled, f)
		}
	}
	explainAnew(rules, settled)
	worstFirst(settled)
	next.Shown = shown(prev, next, found, settled)
	changes := changed(prev, next, &m)
	next.Changes = latest(slices.Concat(prev.Changes, changes))
	return next, settled, changes
}

// keptSince is since when each finding has been there, also of those that cannot be
// seen for the moment: something that it rested on was known when it was last seen,
// and is not now. What was not known then either does not hide it. Where the clock was
// set back, a time that has not come yet is none.
func keptSince(prev Ledger, m Model, found []Finding) map[string]Sighting {
	since := make(map[string]Sighting, len(found))
	for _, f := range found {
		at := m.TakenAt
		if known, there := prev.Since[f.key()]; there && known.At.Before(at) {
			at = known.At
		}
		since[f.key()] = Sighting{At: at, Because: both(since[f.key()].Because, m.found(f.Because))}
	}
	for key, s := range prev.Since {
		if _, there := since[key]; !there && slices.ContainsFunc(s.Because, m.lost) {
			since[key] = s
		}
	}
	return since
}

// found leaves out what this check could not find out.
func (m *Model) found(facts []evidence.FactName) []evidence.FactName {
	return slices.DeleteFunc(slices.Clone(facts), m.lost)
}

func both(a, b []evidence.FactName) []evidence.FactName {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// explainAnew links a finding whose cause is held back to the next of its causes
// that is reported, if there is one.
func explainAnew(rules map[Code]Rule, settled []Finding) {
	reported := places(settled)
	for i := range settled {
		f := &settled[i]
		if f.CausedBy != "" && first(reported, []Code{f.CausedBy}, f.Subject) == "" {
			f.CausedBy = first(reported, rules[f.Code].After, f.Subject)
		}
	}
}

// shown is what is reported now, and what was reported and cannot be seen for the
// moment: it is neither gone nor, when its evidence is back, new.
func shown(prev, next Ledger, found, settled []Finding) map[string]Severity {
	all := make(map[string]Severity, len(settled))
	for key, severity := range prev.Shown {
		if _, kept := next.Since[key]; kept {
			all[key] = severity
		}
	}
	for _, f := range found {
		delete(all, f.key())
	}
	for _, f := range settled {
		all[f.key()] = max(all[f.key()], f.Severity)
	}
	return all
}
