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
	"slices"

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
	Ways    []Way  // what to do; one that asks everything, where there is none
	Note    string // what else the branch needs a reader to know; may be empty

	mac example
}

// Look is a command that tells whether this is the right page, and a line of what
// it prints then.
type Look struct {
	Command string
	Prints  string
}

// Way is one of the ways on, for readers of whom something is known already.
type Way struct {
	Title string       // when it is the right one; may be empty where a page has one way
	Said  plan.Answers // what such a reader would answer
	Tree  *plan.Plan   // written by hand, where the Mac cannot be asked or nothing on it tells; otherwise nil
}

// Pages lists all branches, FileWave's first, then Addigy's, each in the order of
// its article.
func Pages() []Page { return slices.Concat(fileWavePages(), addigyPages()) }

// Model is the example Mac of the page.
func (p Page) Model() health.Model { return p.mac.model() }

// ways are those of the page, at least one.
func (p Page) ways() []Way {
	if len(p.Ways) == 0 {
		return []Way{{}}
	}
	return p.Ways
}

// Plan is the way on the example Mac.
func (p Page) Plan(w Way) plan.Plan {
	if w.Tree != nil {
		return *w.Tree
	}
	return plan.For(p.Model(), p.Goal, w.Said)
}

// Names are the words that a reader replaces by the names of accounts.
func (p Page) Names() []string {
	var names []string
	for _, one := range p.mac.people {
		names = append(names, one.name)
	}
	return names
}
