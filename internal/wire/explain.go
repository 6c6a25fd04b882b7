package wire

import (
	"time"

	"github.com/tokenward/tokenward/health"
)

// Explanation is the answer to a code, or to a line that a tool printed.
type Explanation struct {
	Asked      string      `json:"asked"`
	Words      bool        `json:"words"`  // asked by what a tool said, not by a code
	Unsure     bool        `json:"unsure"` // by the beginning of a line, which may go on otherwise
	Looked     *LookedAt   `json:"looked"` // null where this Mac was not asked
	Conditions []Explained `json:"conditions"`
}

// LookedAt says who asked the Mac and when.
type LookedAt struct {
	From string    `json:"from"` // daemon, or command
	At   time.Time `json:"at"`
}

// Condition is one entry of the catalogue. See health.Rule.
type Condition struct {
	Code        string   `json:"code"`
	Group       string   `json:"group"`
	Title       string   `json:"title"`
	Severity    string   `json:"severity"`
	FedBy       string   `json:"fed_by"`
	Evidence    []string `json:"evidence"`
	Open        string   `json:"open,omitempty"`
	Versions    string   `json:"versions"`
	After       []string `json:"after"`
	Why         string   `json:"why"`
	Consequence string   `json:"consequence"`
	NextStep    string   `json:"next_step"`
	DoNot       string   `json:"do_not"`
	Says        []string `json:"says"`
	Source      string   `json:"source"`
}

// ConditionOf is how a rule is told.
func ConditionOf(r health.Rule, group string) Condition {
	c := Condition{
		Code: string(r.Code), Group: group, Title: r.Title, Severity: r.Severity.String(), FedBy: string(r.FedBy),
		Evidence: names(r.Evidence), Open: r.Open, Versions: r.Versions.String(), After: make([]string, 0, len(r.After)),
		Why: r.Why, Consequence: r.Consequence, NextStep: r.NextStep, DoNot: r.DoNot,
		Says: append([]string{}, r.Says...), Source: r.Source,
	}
	for _, code := range r.After {
		c.After = append(c.After, string(code))
	}
	return c
}

// Explained is a condition, and how it is with it on this Mac.
type Explained struct {
	Condition

	Holds   health.Tri `json:"holds"` // on this Mac; unknown where it was not asked
	Shown   []Shown    `json:"shown"` // the places where it holds
	Missing []string   `json:"missing"`
}

// Shown is a finding with the evidence that it rests on.
type Shown struct {
	Finding

	Account string            `json:"account,omitempty"` // record name
	Sources map[string]string `json:"sources,omitempty"` // what each says of the account's Secure Token
	Facts   []Evidence        `json:"facts"`
}

// Evidence is one fact behind a finding.
type Evidence struct {
	Fact

	Name string `json:"name"`
}
