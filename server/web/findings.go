package web

import (
	"slices"

	"github.com/tokenward/tokenward/internal/wire"
)

// A cause is a finding with those that it explains.
type cause struct {
	wire.Finding

	Explains []wire.Finding
}

// apart takes out what the organisation does not count, and names the accounts that
// findings are about. A name does not become a command; nor does anything in a report
// of which a part is missing, since a name may have been cut.
func apart(r wire.Report, whole bool) (counted, muted []wire.Finding) {
	names := wire.NamesOf(r)
	if !whole {
		names = append(names, "`")
	}
	for _, f := range r.Findings {
		f = names.Finding(f)
		f.Subject = nameOf(r, f.Subject)
		if f.Muted == "" {
			counted = append(counted, f)
		} else {
			muted = append(muted, f)
		}
	}
	return counted, muted
}

// fold puts every finding under the one at the beginning of its chain of
// causes, the most severe first, so that a person sees what to repair. A finding
// whose cause is not in the report stands for itself, and so does one in a circle.
func fold(all []wire.Finding) []cause {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b wire.Finding) int { return rank(a.Severity) - rank(b.Severity) })
	first := map[string]int{} // where a code stands in all
	for i, f := range all {
		if _, ok := first[f.Code]; !ok {
			first[f.Code] = i
		}
	}
	causes, place := []cause{}, map[int]int{}
	roots := make([]int, len(all))
	for i := range all {
		roots[i] = root(all, first, i)
		if roots[i] == i {
			place[i] = len(causes)
			causes = append(causes, cause{Finding: all[i]})
		}
	}
	for i, r := range roots {
		if r != i {
			c := &causes[place[r]]
			c.Explains = append(c.Explains, all[i])
		}
	}
	return causes
}

// root follows the causes of a finding to the last one.
func root(all []wire.Finding, first map[string]int, start int) int {
	at := start
	for range all {
		next, ok := first[all[at].CausedBy]
		if !ok {
			return at
		}
		if at = next; at == start {
			return start
		}
	}
	return start // a circle further up
}

// rank orders severities, the worst first. One that is not known stands before
// those that can wait.
func rank(word string) int {
	return slices.Index([]string{"critical", "high", "medium", "other", "low", "info"}, severity(word))
}
