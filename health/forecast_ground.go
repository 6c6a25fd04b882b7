package health

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// A ground is one thing that an answer rests on: whether it is so, and who says.
// Grounds are joined into answers, so that an answer names exactly what decided it.
type ground struct {
	is      Tri
	because []Code              // conditions that speak against it
	facts   []evidence.FactName // what it rests on; where it is not known, what is missing
	depends []Behaviour         // what nobody is sure of; only where it is not known for that reason
	says    string              // a sentence
}

func yes(facts ...evidence.FactName) ground { return ground{is: Yes, facts: facts} }

func no(code Code, says string, facts ...evidence.FactName) ground {
	return ground{is: No, because: []Code{code}, says: says, facts: facts}
}

// missing is what cannot be said without those facts.
func missing(says string, facts ...evidence.FactName) ground { return ground{says: says, facts: facts} }

// contested hangs on what macOS does.
func contested(b Behaviour, says string) ground {
	return ground{depends: []Behaviour{b}, says: says}
}

// is makes a ground of an answer that is known by itself: against is the condition
// that a no is, and says its sentence.
func is(t Tri, against Code, says string, facts ...evidence.FactName) ground {
	switch t {
	case Yes:
		return yes(facts...)
	case No:
		return no(against, says, facts...)
	case Unknown:
	}
	return missing(says, facts...)
}

// allOf is yes where all are; the first that is not so says why.
func allOf(all ...ground) ground {
	if i := slices.IndexFunc(all, func(g ground) bool { return g.is == No }); i >= 0 {
		return all[i]
	}
	return join(all)
}

// anyOf is yes where one of them is, and takes the first that is.
func anyOf(some ...ground) ground {
	if i := slices.IndexFunc(some, func(g ground) bool { return g.is == Yes }); i >= 0 {
		return some[i]
	}
	return join(some)
}

// join puts together grounds of which none decides alone: those that are not
// known, or all where all are known and say the same.
func join(all []ground) ground {
	joined := ground{is: Yes}
	open := slices.ContainsFunc(all, func(g ground) bool { return g.is == Unknown })
	for _, g := range all {
		if open && g.is != Unknown {
			continue
		}
		joined.is = g.is
		joined.because = append(joined.because, g.because...)
		joined.facts = append(joined.facts, g.facts...)
		joined.depends = append(joined.depends, g.depends...)
		if joined.says == "" {
			joined.says = g.says
		}
	}
	return joined
}

// unless is what is no danger where the condition is known not to hold.
func unless(condition Tri, otherwise ground, facts ...evidence.FactName) ground {
	if condition == No {
		return yes(facts...)
	}
	if condition == Unknown && otherwise.is == No {
		return missing(otherwise.says, facts...)
	}
	return otherwise
}

func sortedSet[T ~string](values []T) []T {
	slices.Sort(values)
	return slices.Compact(values)
}

// firstOf drops what stands there already and keeps the order, since the first
// condition is the most telling.
func firstOf(codes []Code) []Code {
	var kept []Code
	for _, c := range codes {
		if !slices.Contains(kept, c) {
			kept = append(kept, c)
		}
	}
	return kept
}
