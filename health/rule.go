package health

import (
	"fmt"
	"slices"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// A Rule is one condition that admins know of, and how it is recognised.
// Everything about it is in one literal: see docs/adding-a-rule.md. The texts of
// all rules together are the catalogue that commands, pages and runbooks use.
type Rule struct {
	Code     Code
	Title    string
	Severity Severity
	FedBy    Feed
	// Evidence lists every fact that a finding of this rule can rest on. For a
	// condition that only history, a server or nobody can tell, it is what narrows
	// it down; it may then be empty.
	Evidence []evidence.FactName
	// Open is what that evidence leaves open; may be empty.
	Open string
	// Versions are those of macOS for which it holds.
	Versions Versions
	// SuppressedBy lists conditions that make this one superfluous where they hold
	// for the same subject or for the whole Mac: it is then no finding. Only for
	// severities up to medium, or lost evidence could add a grave finding.
	SuppressedBy []Code
	// After lists conditions that explain this one where they hold for the same
	// subject or for the whole Mac, the best explanation first. The finding then
	// stays in the list and names its cause.
	After []Code
	// Hold is how long the condition must have held before the daemon reports it.
	// A single check knows no time and reports it at once.
	Hold time.Duration

	Why         string // how it comes about
	Consequence string // what comes of it
	NextStep    string // what to do about it, on any Mac
	DoNot       string // what would make it worse; may be empty
	Source      string // who says so
	// Says are the words in which a tool tells of it, as somebody has seen them.
	// They are for explaining a line that a person has before them.
	Says []string

	// Check returns the places where the condition holds. It fires on what is
	// known and never on what is missing: taking evidence away from the model
	// must not make it fire. nil where nothing on the Mac tells.
	Check func(*Model, Policy) []Hit
}

// A Hit is one place where a condition holds. What it leaves empty is that of the
// rule.
type Hit struct {
	Subject     string
	Because     []evidence.FactName
	Severity    *Severity // where it differs from the rule's
	Summary     string
	Consequence string
	NextStep    string
}

// Versions is a range of versions of macOS; the zero value is all of them. Each is
// major and minor, and patch where it counts.
type Versions struct {
	From   [3]int // this one and later
	Before [3]int // all before this one
}

// Include says whether a version is in the range.
func (v Versions) Include(os Version) Tri {
	if v == (Versions{}) {
		return Yes
	}
	late, early := Yes, Yes
	if v.From != ([3]int{}) {
		late = os.from(v.From)
	}
	if v.Before != ([3]int{}) {
		early = Not(os.from(v.Before))
	}
	return And(late, early)
}

// String is for people: "macOS 11 and later".
func (v Versions) String() string {
	switch none := [3]int{}; {
	case v == (Versions{}):
		return "all versions"
	case v.Before == none:
		return fmt.Sprintf("macOS %s and later", dotted(v.From))
	case v.From == none:
		return "before macOS " + dotted(v.Before)
	}
	return fmt.Sprintf("macOS %s and later, before %s", dotted(v.From), dotted(v.Before))
}

func dotted(v [3]int) string {
	switch {
	case v[2] > 0:
		return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2])
	case v[1] > 0:
		return fmt.Sprintf("%d.%d", v[0], v[1])
	}
	return fmt.Sprint(v[0])
}

// Rules lists every condition, in a fixed order.
func Rules() []Rule {
	return slices.Concat(
		enrollmentRules(), bootstrapRules(), tokenRules(), ownerRules(), fileVaultRules(), evidenceRules(), agentRules(),
	)
}

// RuleOf returns the condition of that code.
func RuleOf(code Code) (Rule, bool) {
	for _, r := range Rules() {
		if r.Code == code {
			return r, true
		}
	}
	return Rule{}, false
}

// byCode is for whoever looks up more than one: the catalogue is made anew each
// time that somebody asks for it.
func byCode(rules []Rule) map[Code]Rule {
	found := make(map[Code]Rule, len(rules))
	for _, r := range rules {
		found[r.Code] = r
	}
	return found
}

// deviceRule makes a check for the whole Mac from one that gives at most one hit.
func deviceRule(check func(*Model) *Hit) func(*Model, Policy) []Hit {
	return func(m *Model, _ Policy) []Hit {
		h := check(m)
		if h == nil {
			return nil
		}
		h.Subject = DeviceSubject
		return []Hit{*h}
	}
}

// eachAccount makes a check out of one that looks at a single account.
func eachAccount(check func(*Model, *Account) *Hit) func(*Model, Policy) []Hit {
	return func(m *Model, _ Policy) []Hit {
		var hits []Hit
		for i := range m.Accounts {
			if h := check(m, &m.Accounts[i]); h != nil {
				h.Subject = m.Accounts[i].Subject()
				hits = append(hits, *h)
			}
		}
		return hits
	}
}

// userRule is eachAccount for people who lack a token: accounts that nobody works
// with, the managed administrator, and those that the organisation declared as
// service accounts are not judged.
func userRule(check func(*Model, *Account) *Hit) func(*Model, Policy) []Hit {
	return personRule(func(m *Model, a *Account) *Hit {
		if a.Kind == KindManagedAdmin {
			return nil
		}
		return check(m, a)
	})
}

// personRule is userRule with the managed administrator. Who that is the Mac does
// not always say, and grave findings must not come and go with its answer.
func personRule(check func(*Model, *Account) *Hit) func(*Model, Policy) []Hit {
	return func(m *Model, p Policy) []Hit {
		return eachAccount(func(m *Model, a *Account) *Hit {
			if a.Person != Yes || a.Lacks() != Yes || p.Serves(a) {
				return nil
			}
			return check(m, a)
		})(m, p)
	}
}
