package health

import (
	"slices"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

func tokenRules() []Rule {
	return slices.Concat(
		holderRules(), firstTokenRules(), missingRules(), directoryUserRules(), brokenTokenRules(), kindRules(),
		driftRules(), driftCauseRules(), resetAttemptRules(), grantAttemptRules(), removalAttemptRules(),
	)
}

// tokenFacts are what every finding about accounts and their tokens rests on.
func tokenFacts(more ...evidence.FactName) []evidence.FactName {
	return append(more, evidence.DirectoryFact, evidence.CryptoUsersFact)
}

// adminFacts are what it rests on who is an administrator. That an account is none
// is known only where the groups inside the group are.
func adminFacts(more ...evidence.FactName) []evidence.FactName {
	return append(more, evidence.AdminsFact, evidence.GroupsFact)
}

// unusable says whether it was observed that no password of the account opens the
// disk: the volume has no key for it, or it cannot log in.
func unusable(a *Account) Tri { return Or(Not(a.CryptoUser), Not(a.CanLogIn)) }

// settings is where a user of this Mac makes accounts and changes the own password.
func settings(m *Model) string {
	if m.OS.AtLeast(13, 0) == No {
		return "System Preferences"
	}
	return "System Settings"
}

// day writes a time for people.
func day(t time.Time) string { return t.UTC().Format("2 January 2006 at 15:04 UTC") }
