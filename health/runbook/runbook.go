// Package runbook holds one page for every branch of the troubleshooting that
// admins know from the vendors' articles: how to recognise it, what it means, what
// to do step by step, and what not to do.
//
// A page is made of the catalogue of conditions and of the plan for an example
// Mac that is in this very trouble, so that a page and the program never say
// different things. In the example the accounts are called ADMIN, USER and so on:
// those are the words that a reader replaces.
package runbook

import (
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

// Page is one branch.
type Page struct {
	Slug    string // file name without its ending
	Title   string
	Article string // whose troubleshooting has this branch, and under which heading
	When    string // what somebody notices, in sentences
	See     []Look // how to make sure
	Codes   []health.Code
	Goal    plan.Goal
	Note    string // what else the branch needs a reader to know; may be empty

	mac example
}

// Look is a command that tells whether this is the right page, and a line of what
// it prints then.
type Look struct {
	Command string
	Prints  string
}

// Model is the example Mac of the page.
func (p Page) Model() health.Model { return p.mac.model() }

// Plan is the way out on the example Mac.
func (p Page) Plan() plan.Plan { return plan.For(p.Model(), p.Goal, nil) }
