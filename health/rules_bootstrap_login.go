package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

const noGrantConsequence = "This user still has no Secure Token: FileVault does not offer the account after a restart, and updates refuse its password."

// loginBootstrapRules find a login that could have brought a Secure Token and did
// not.
func loginBootstrapRules() []Rule {
	return []Rule{
		{
			Code:        "BT_WRONG_CHANNEL",
			Title:       "Logs in by network or terminal: no Secure Token comes",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    attemptFacts(tokenFacts(evidence.LoginsFact, evidence.PasswordsFact)...),
			Open:        "An automatic login looks like any other.",
			Why:         "The Bootstrap Token is fetched at the login window alone. A login by SSH, `su` or `login` never brings a Secure Token.",
			Consequence: noGrantConsequence,
			NextStep:    "Have this user log in once at the login window, with the network up. Screen sharing to the login window is said to do as well.",
			DoNot:       "Do not script more logins by SSH: not one of them brings a token.",
			Source:      "freegeek-pdx/mkuser, README: Secure Tokens",
			Check:       userRule(wrongChannel),
		},
		{
			Code:        "BT_OFFLINE_LOGIN",
			Title:       "The login had no way to the server: no Secure Token came",
			Severity:    Medium,
			FedBy:       FromHistory,
			Evidence:    escrowFacts(tokenFacts(evidence.LoginsFact, evidence.MDMReachFact, evidence.OSVersionFact)...),
			Open:        "The network at the moment of the login: only that at the check before and at the one after is known.",
			Why:         "At a login the Mac asks its server for the Bootstrap Token. Without a way to the server it says nothing and lets the user in without a Secure Token.",
			Consequence: noGrantConsequence,
			NextStep:    "Have this user log out and in again with the network up. Where a network needs a login of its own, such as 802.1X or a captive portal, let the server's addresses through before it.",
			DoNot:       "Do not create another account for this user: its first login would end in the same way.",
			Source:      "freegeek-pdx/mkuser, README: Secure Tokens",
			Check:       userRule(offlineLogin),
		},
	}
}

func wrongChannel(m *Model, a *Account) *Hit {
	if !m.Bootstrap.Usable() || And(a.Remote, Not(a.LoggedIn), grantsAtLogin(m, a)) != Yes {
		return nil
	}
	facts := escrowFacts
	if m.Bootstrap.Strength == StrengthProven {
		facts = attemptFacts
	}
	return &Hit{
		Because: facts(tokenFacts(evidence.LoginsFact, evidence.PasswordsFact, evidence.OSVersionFact)...),
		Summary: fmt.Sprintf("%s has logged in by network or in a terminal, never at the login window, and has no Secure Token.", a.spoken()),
	}
}

// offlineLogin: between a check without a way to the server and this one, which
// has none either. Once seen it stands until the next login or the token.
func offlineLogin(m *Model, a *Account) *Hit {
	believed := And(m.Enrolled, m.Bootstrap.Escrowed, m.Bootstrap.CryptoUser, grantsAtLogin(m, a))
	if believed != Yes || a.LoggedIn != Yes {
		return nil
	}
	since := m.stood("BT_OFFLINE_LOGIN", a.Subject()) && !loggedInAgain(m, a)
	if !since && !loggedInOffline(m, a) {
		return nil
	}
	return &Hit{
		Because: escrowFacts(tokenFacts(evidence.LoginsFact, evidence.MDMReachFact, evidence.OSVersionFact)...),
		Summary: fmt.Sprintf("%s logged in at the login window while the server could not be reached, and got no Secure Token.", a.spoken()),
	}
}

// loggedInOffline: the flags say what the Mac believes of its token; the attempt
// to fetch it says nothing where the server is out of reach.
func loggedInOffline(m *Model, a *Account) bool {
	last := m.Past.Mac
	away := And(Not(last.Reachable), Not(m.Enrollment.Reachable), last.Escrowed)
	return away == Yes && !last.At.IsZero() && a.LastLogin.After(last.At)
}

func loggedInAgain(m *Model, a *Account) bool {
	return a.LastLogin.After(m.Past.Mac.Accounts[a.Subject()].LastLogin)
}
