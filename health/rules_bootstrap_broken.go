package health

import (
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

const preflightOpen = "Only Apple silicon with macOS 13.3 or later asks for its Bootstrap Token. Elsewhere `profiles validate` tells, which wants an admin's password."

// brokenBootstrapRules find a Bootstrap Token that the Mac believes in and that
// does not work.
func brokenBootstrapRules() []Rule {
	return []Rule{
		{
			Code:     "BT_INVALID",
			Title:    "The Bootstrap Token does not work",
			Severity: High,
			FedBy:    FromDevice,
			Evidence: attemptFacts(evidence.MDMReachFact),
			Open:     "A Mac without a way to its server cannot get the token either. " + preflightOpen,
			After:    []Code{"BT_STATUS_LIES", "BT_CLEARED_BY_REENROL_OR_RENEWAL"},
			// A Mac on a train says the same; what it said stands for an hour at most.
			Hold:        2 * time.Hour,
			Why:         "The server has no token of this Mac or one of an older generation, the Mac's identity with the server has ended, or the server is out of reach.",
			Consequence: notEscrowedConsequence,
			NextStep:    "Is the MDM server reachable? Then escrow again: " + installBootstrap + " with the name and password of an admin who holds a Secure Token.",
			DoNot:       "Do not trust `profiles status`, which still says YES, do not restore an old copy on the server, and do not erase the Mac to mend it.",
			Source:      "Inetum-Poland/bootstrap-buddy issues 11 and 14; fleetdm/fleet issue 41167",
			Says:        []string{"Unable to verify token (err = -69594).", "Unable to get Bootstrap Token <(null):0> ((null))"},
			Check:       deviceRule(tokenRefuted),
		},
		{
			Code:        "BT_STATUS_LIES",
			Title:       "Said to be escrowed, and the server does not have it",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    attemptFacts(evidence.MDMReachFact),
			Open:        preflightOpen,
			After:       []Code{"BT_CLEARED_BY_REENROL_OR_RENEWAL"},
			Why:         "`profiles status` tells that the Mac once sent its token, and never asks the server. The server has lost it since, threw it away, or forgot it when the Mac checked in anew.",
			Consequence: "Logins bring no Secure Token, updates ask for a password and a remote erase falls back, although everything says YES.",
			NextStep:    "Escrow again: " + installBootstrap + " with the name and password of an admin who holds a Secure Token. Then see on the server that it has it.",
			DoNot:       "Do not trust `profiles status` here, and do not erase the Mac to mend it.",
			Source:      "micromdm/micromdm pull request 781; Inetum-Poland/bootstrap-buddy issues 14 and 20; fleetdm/fleet issue 41167",
			Says:        []string{"profiles: Bootstrap Token escrowed to server: YES"},
			Check:       deviceRule(statusLies),
		},
		{
			Code:        "BT_CLEARED_BY_REENROL_OR_RENEWAL",
			Title:       "The server lost the Bootstrap Token that it had",
			Severity:    High,
			FedBy:       FromHistory,
			Evidence:    attemptFacts(evidence.MDMReachFact, evidence.CryptoUsersFact),
			Open:        "A renewal of the Mac's identity leaves no trace on the Mac. A server that lost its data looks the same.",
			Why:         "Many servers forget the Bootstrap Token when a Mac authenticates anew: at every enrolment, and with some also when its certificate is renewed. After a renewal the Mac does not send it again.",
			Consequence: notEscrowedConsequence,
			NextStep:    "Escrow again: " + installBootstrap + " with the name and password of an admin who holds a Secure Token. If several Macs lost theirs on one day, look at the server first.",
			DoNot:       "Do not renew the identities of more Macs on that server before there is a plan to escrow again.",
			Source:      "fleetdm/fleet pull request 43098 and issue 41167; NanoMDM, Authenticate",
			Check:       deviceRule(serverForgot),
		},
	}
}

// attemptFacts are what it rests on that the Mac tried to get its token, and
// whether it could.
func attemptFacts(more ...evidence.FactName) []evidence.FactName {
	return escrowFacts(append(more, evidence.EACSPreflightFact, evidence.ChipFact, evidence.AppleSiliconFact, evidence.OSVersionFact)...)
}

// tokenRefuted: the Mac believes that it escrowed a token, tried to get it back
// and could not. It stands whether or not the server was reached: if it were to
// fall with that, a connection that was not tried could make it a finding.
func tokenRefuted(m *Model) *Hit {
	if m.Bootstrap.Strength != StrengthRefuted || And(m.Enrolled, m.Bootstrap.Escrowed) != Yes {
		return nil
	}
	h := Hit{
		Because: attemptFacts(),
		Summary: "The Mac says that its Bootstrap Token is escrowed, but it could not get it back from the server.",
	}
	if m.Enrollment.Reachable == No {
		h.Because = attemptFacts(evidence.MDMReachFact)
		h.NextStep = "The server was not reached. Mend the way to it first, then look again: the token may be well."
	}
	return &h
}

// statusLies: with the server in reach, a token that cannot be got is not there.
func statusLies(m *Model) *Hit {
	if m.Bootstrap.Strength != StrengthRefuted || And(m.Enrolled, m.Bootstrap.Escrowed, m.Enrollment.Reachable) != Yes {
		return nil
	}
	return &Hit{
		Because: attemptFacts(evidence.MDMReachFact),
		Summary: "The Mac says that its Bootstrap Token is escrowed and its server answers, but the token did not come back.",
	}
}

// serverForgot: an earlier check found the token to be there, and the Mac to say so. A Mac that was
// enrolled anew still has its own key of it; one whose admin took the token back
// has not.
func serverForgot(m *Model) *Hit {
	const code = "BT_CLEARED_BY_REENROL_OR_RENEWAL"
	was := m.Past.Mac
	had := was.Escrowed == Yes && (was.Strength == StrengthClaimed || was.Strength == StrengthProven)
	if !had && !m.stood(code, DeviceSubject) {
		return nil
	}
	switch {
	case statusLies(m) != nil:
		return &Hit{
			Because: attemptFacts(evidence.MDMReachFact),
			Summary: "The server had the Bootstrap Token of this Mac at an earlier check, and does not give it back now.",
		}
	case And(lacksEscrow(m), m.Bootstrap.CryptoUser) == Yes:
		return &Hit{
			Because:  escrowFacts(evidence.CryptoUsersFact),
			Summary:  "The Mac had escrowed its Bootstrap Token at an earlier check, and was enrolled anew since: the server has none.",
			NextStep: escrowStep(m),
		}
	}
	return nil
}

// stood says whether that condition held at the last check. What happened once is
// to be seen at the one check after it, and counts until it is mended.
func (m *Model) stood(code Code, subject string) bool {
	_, did := m.Past.Since[Finding{Code: code, Subject: subject}.key()]
	return did
}
