package main

import (
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/wire"
)

// goalList are all goals that somebody can ask a plan for, in the order in which
// they are listed.
func goalList() []wire.Goal {
	type goal struct {
		kind plan.GoalKind
		text string
		user bool
	}
	var all []wire.Goal
	for _, g := range []goal{
		{plan.TokenFor, "The user holds a Secure Token that works", true},
		{plan.TokensForAll, "Everybody who works with this Mac holds one", false},
		{plan.Escrow, "The Bootstrap Token is escrowed", false},
		{plan.ValidEscrow, "The Bootstrap Token is escrowed and proven to work", false},
		{plan.RepairFor, "The user's token opens with the present password again", true},
		{plan.ResetPassword, "The user gets a new password and keeps the token", true},
		{plan.RemoveUser, "The account is gone and nobody is locked out", true},
		{plan.UnlockFor, "The user can unlock FileVault", true},
		{plan.FileVaultOn, "FileVault is on, with a recovery key that somebody has", false},
		{plan.SafeToWipe, "The server can erase this Mac, ready for the next user", false},
		{plan.Update, "macOS updates with nobody at the Mac", false},
		{plan.NoLockOut, "More than one way into this Mac is left", false},
		{plan.Reenrol, "Enrolled anew, with a Bootstrap Token that works", false},
	} {
		all = append(all, wire.Goal{Name: string(g.kind), Text: g.text, User: g.user})
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
