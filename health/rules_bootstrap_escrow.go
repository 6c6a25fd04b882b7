package health

import "github.com/tokenward/tokenward/health/evidence"

const installBootstrap = "`sudo profiles install -type bootstraptoken`"

// escrowRules find a server that would take the Bootstrap Token of a Mac that
// never sent it, and say who could make one.
func escrowRules() []Rule {
	return []Rule{
		{
			Code:     "BT_NOT_ESCROWED",
			Title:    "Bootstrap Token not escrowed",
			Severity: High,
			FedBy:    FromDevice,
			Evidence: missedFacts(),
			After: []Code{
				"BT_USER_ENROLLMENT", "BT_NOT_ESCROWED_NO_HOLDER", "BT_NOT_ESCROWED_STANDARD_HOLDER", "MDM_NOT_USER_APPROVED",
				"BT_NOT_SUPERVISED", "BT_CLEARED_BY_REENROL_OR_RENEWAL", "BT_MANAGED_ADMIN_SUPPRESSED", "BT_MOBILE_FIRST_LOGIN_PENDING", "ENROLL_AWAITING",
			},
			Why:         "The Mac makes its Bootstrap Token when a user who holds a Secure Token logs in at the login window with the server in reach, since macOS 10.15.4. That has not happened since the enrolment, or the server refused what it was sent.",
			Consequence: notEscrowedConsequence,
			NextStep:    "Have a user who holds a Secure Token log in at the login window with the network up; or run " + installBootstrap + " with the name and password of an admin who holds one.",
			DoNot:       "Do not reset the password of the token-holding admin to get in: that breaks the token that is needed.",
			Source:      "Addigy, Bootstrap token is not escrowed",
			Says:        []string{"profiles: Bootstrap Token escrowed to server: NO", "profiles: Bootstrap Token escrowed on server: NO"},
			Check:       deviceRule(notEscrowed),
		},
		{
			Code:        "BT_NOT_ESCROWED_STANDARD_HOLDER",
			Title:       "Only standard users hold a Secure Token",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    missedFacts(tokenFacts(adminFacts()...)...),
			After:       []Code{"BT_USER_ENROLLMENT", "MDM_NOT_USER_APPROVED", "BT_MANAGED_ADMIN_SUPPRESSED"},
			Why:         "The user was made a standard user before anything was escrowed: by the server in Setup Assistant, or by somebody who took the admin rights back.",
			Consequence: "`profiles install` refuses every password there is: it needs an admin who holds a token. Until then nobody else can get one.",
			NextStep:    "Have the holder log out and in again with the network up: that can escrow by itself. If it does not, make that user an admin for a moment, run " + installBootstrap + " with that user's password, and take the rights back at once.",
			DoNot:       "Do not forget to take the admin rights back, and do not create a new admin for it: that account would have no token either.",
			Source:      "Addigy, Standard user exists with a secure token",
			Check:       deviceRule(onlyStandardHolders),
		},
		{
			Code:        "BT_NOT_ESCROWED_NO_HOLDER",
			Title:       "No account can create the Bootstrap Token",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    missedFacts(tokenFacts()...),
			After:       []Code{"ST_NO_HOLDERS", "ENROLL_AWAITING"},
			Why:         "A Bootstrap Token is made with the password of a user who holds a Secure Token, and no account of this Mac holds one yet, or any more.",
			Consequence: "A Bootstrap Token is made with the password of a token holder, and there is none.",
			NextStep:    "First get one account a Secure Token: the first password that is typed in clear brings it since macOS 11, the first login before that. The next login of that user escrows.",
			DoNot:       "Do not turn on FileVault first, and do not reset passwords through the MDM agent.",
			Source:      "Addigy, No accessible secure token user",
			Check:       deviceRule(noHolderToEscrow),
		},
	}
}

func notEscrowed(m *Model) *Hit {
	if lacksEscrow(m) != Yes {
		return nil
	}
	h := Hit{
		Because: missedFacts(), Severity: escrowSeverity(m),
		Summary:  "The server supports the Bootstrap Token, but this Mac has not escrowed one.",
		NextStep: escrowStep(m),
	}
	if m.Enrollment.UserEnrollment == Yes {
		h.NextStep = "This is an enrolment of a private Mac, in which nothing can be escrowed. If the Mac belongs to the organisation, enrol it as such."
	}
	return &h
}

// missedFacts are what it rests on that an escrow is missed, and how gravely.
func missedFacts(more ...evidence.FactName) []evidence.FactName {
	return escrowFacts(append(more, evidence.UserEnrollmentFact, evidence.AwaitingFact, evidence.DEPFact)...)
}

// escrowSeverity: a private Mac may not escrow, and of one that its server still holds
// in Setup Assistant nothing is wrong yet. Where it is not known that the Mac is
// neither, a missing escrow is no grave matter: what did not come makes nothing worse.
func escrowSeverity(m *Model) *Severity {
	severity := High
	switch Or(ownedByUser(m), held(m)) {
	case Yes:
		severity = Info
	case Unknown:
		severity = Medium
	case No:
	}
	return &severity
}

// ownedByUser: no Mac that came by Automated Device Enrollment is its user's.
// documented.
func ownedByUser(m *Model) Tri { return And(m.Enrollment.UserEnrollment, Not(m.Enrollment.DEP)) }

// held: the server holds the Mac in Setup Assistant, before anybody has a token.
// documented: only Automated Device Enrollment can.
func held(m *Model) Tri {
	return And(m.Enrollment.Awaiting, m.Enrollment.DEP, Not(m.Holders.Exists))
}

// escrowStep prefers the way that needs no password typed into a terminal: since
// macOS 10.15.4 the login of a token holder escrows by itself.
func escrowStep(m *Model) string {
	switch {
	case m.Holders.Exists == No:
		return "First get one account a Secure Token: ST_NO_HOLDERS says how. The next login of that user at the login window then escrows."
	case m.Holders.AllStandard == Yes:
		return "Have " + holderNames(m) + " log out and in again, with the network up: that can escrow by itself. If it does not and the password is known, make that user an admin for a moment, run " +
			installBootstrap + " with that user's name and password, check with `profiles status -type bootstraptoken`, and take the admin rights back at once."
	case escrowsAtLogin(m) == No:
		return "Run " + installBootstrap + " with the name and password of an admin who holds a Secure Token: before macOS 10.15.4 a login does not escrow."
	}
	return "Have a user who holds a Secure Token log in at the login window with the network up; or run " + installBootstrap + " with the name and password of an admin who holds one."
}

// escrowsAtLogin: before macOS 10.15.4 the token was sent in Setup Assistant or
// by hand, and never at a login. community.
func escrowsAtLogin(m *Model) Tri { return m.OS.from([3]int{10, 15, 4}) }

func onlyStandardHolders(m *Model) *Hit {
	if And(lacksEscrow(m), m.Holders.AllStandard) != Yes {
		return nil
	}
	return &Hit{
		Because: missedFacts(tokenFacts(adminFacts()...)...), Severity: escrowSeverity(m),
		Summary:  "The Bootstrap Token is not escrowed, and " + holderNames(m) + ", who could create it, is not an admin.",
		NextStep: escrowStep(m),
	}
}

func noHolderToEscrow(m *Model) *Hit {
	if And(lacksEscrow(m), Not(m.Holders.Exists)) != Yes {
		return nil
	}
	return &Hit{
		Because: missedFacts(tokenFacts()...), Severity: escrowSeverity(m),
		Summary:  "The Bootstrap Token is not escrowed, and no account holds a Secure Token that could create it.",
		NextStep: escrowStep(m),
	}
}
