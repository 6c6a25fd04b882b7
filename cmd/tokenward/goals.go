package main

import (
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/wire"
)

// goalList are all goals that somebody can ask a plan for, in the order in which
// they are listed.
func goalList() []wire.Goal {
	var all []wire.Goal
	for _, g := range plan.Goals() {
		all = append(all, wire.Goal{Name: string(g.Kind), Text: g.Title, User: g.User})
	}
	return all
}

// goalOf is the goal of that name.
func goalOf(kind plan.GoalKind) (wire.Goal, bool) {
	for _, g := range goalList() {
		if g.Name == string(kind) {
			return g, true
		}
	}
	return wire.Goal{}, false
}
