package health

import (
	"fmt"
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// removalAttemptRules are about tokens and accounts that were to go away.
func removalAttemptRules() []Rule {
	return []Rule{
		{
			Code:        "ST_DELETE_LAST_REFUSED",
			Title:       "macOS keeps the last holder or the last admin",
			Severity:    Info,
			FedBy:       FromHistory,
			Evidence:    tokenFacts(adminFacts()...),
			Why:         "sysadminctl deletes neither the last admin nor the last account with a Secure Token, and ends with exit status 0.",
			Consequence: "The account is still there.",
			NextStep:    "First give another account what this one alone has: a Secure Token, admin rights, or both. Then delete it.",
			DoNot:       "Do not force it with dscl: it refuses as well, and what goes past it leaves a key behind.",
			Source:      "Chef, macos_user; wraithbox X17",
			Says:        []string{"can not be deleted (it's either last admin user or last secure token user neither of which can be deleted)", "delete status: eDSPermissionError"},
			Check:       latestAttempts(TriedDelete, deletionRefused),
		},
		{
			Code:        "ST_OFF_SELF_REFUSED",
			Title:       "Nobody turns off the own Secure Token",
			Severity:    Info,
			FedBy:       FromHistory,
			Evidence:    tokenFacts(),
			Why:         "The account whose token was to go away also authorised it.",
			Consequence: "The account still holds its token.",
			NextStep:    "Have another admin who holds a token turn it off.",
			DoNot:       "Do not turn off a token before another account is known to hold a usable one.",
			Source:      "wraithbox X17, macOS 27.0.1",
			Says:        []string{"User cannot disable their own SEP credential"},
			Check:       latestAttempts(TriedOff, ownTokenKept),
		},
		{
			Code:        "ST_OFF_WILL_RETURN",
			Title:       "A Secure Token that was turned off will come back",
			Severity:    Low,
			FedBy:       FromHistory,
			Evidence:    strengthEvidence(tokenFacts(evidence.LoginsFact)...),
			Open:        "whether the server still has the token where the Mac only claims it",
			Versions:    Versions{From: [3]int{11}},
			Why:         "Since macOS 11 the Bootstrap Token gives every account that logs in at the login window a Secure Token, one that was turned off too.",
			Consequence: "The next login of this user at the login window brings the token back.",
			NextStep:    "If the token is to stay away, keep that account from logging in: delete it, or disable it. If not, nothing is to be done.",
			DoNot:       "Do not remove the Bootstrap Token for this: everybody else needs it.",
			Source:      "freegeek-pdx/mkuser; FileWave, Bootstrap Token Management",
			Check:       eachAccount(returningToken),
		},
	}
}

// deletionRefused ends when the account is gone, or no longer the last of its kind.
func deletionRefused(m *Model, a *Account, tried Attempt) *Hit {
	lastHolder := And(a.Holder, TriOf(m.Holders.CountKnown && m.Holders.Count == 1))
	otherAdmins := count(m, func(other *Account) bool {
		return other != a && And(other.PasswordHad, other.CanLogIn) == Yes && other.Admin != No
	})
	lastAdmin := And(a.Admin, TriOf(otherAdmins == 0))
	if tried.Said != SaidLastOne || Or(lastHolder, lastAdmin) != Yes {
		return nil
	}
	why := "the last account with a Secure Token"
	if lastHolder != Yes {
		why = "the last admin"
	}
	return &Hit{
		Because: tokenFacts(adminFacts()...),
		Summary: fmt.Sprintf("On %s macOS refused to delete %s, which is %s.", day(tried.At), a.spoken(), why),
	}
}

func ownTokenKept(_ *Model, a *Account, tried Attempt) *Hit {
	if tried.Said != SaidOwnCredential || a.Holder != Yes {
		return nil
	}
	return &Hit{
		Because: tokenFacts(),
		Summary: fmt.Sprintf("On %s macOS refused to turn off the Secure Token of %s, because that account itself authorised it.", day(tried.At), a.spoken()),
	}
}

// returningToken ends with the token's return, and with a login that did not bring
// it.
func returningToken(m *Model, a *Account) *Hit {
	if a.Lacks() != Yes || !m.Bootstrap.Usable() {
		return nil
	}
	held := m.Past.Mac.Accounts[a.Subject()].Holder == Yes // at the last check
	if !held && !m.happenedSince(TokenLost, a, a.LastLogin) && !m.turnedOff(a) {
		return nil
	}
	return &Hit{
		Because: strengthFacts(m, tokenFacts(evidence.LoginsFact)...),
		Summary: fmt.Sprintf("%s held a Secure Token and does not any more. The Bootstrap Token gives it back at the next login.", a.spoken()),
	}
}

// turnedOff says whether it was noted that the account's token was turned off, and
// the user has not logged in since.
func (m *Model) turnedOff(a *Account) bool {
	return slices.ContainsFunc(m.Past.Attempts, func(tried Attempt) bool {
		return tried.What == TriedOff && tried.Said == SaidDone && tried.Subject == a.Subject() && tried.At.After(a.LastLogin)
	})
}
