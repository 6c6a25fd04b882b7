package health

import "github.com/tokenward/tokenward/health/evidence"

const notEscrowedConsequence = "New users get no Secure Token when they log in, updates ask a person for a password, and the Mac cannot be erased silently."

func bootstrapRules() []Rule {
	return []Rule{
		{
			Code:        "BT_UNSUPPORTED_BY_SERVER",
			Title:       "The MDM server does not support the Bootstrap Token",
			Severity:    High,
			FedBy:       FromDevice,
			Consequence: notEscrowedConsequence,
			DoNot:       "Do not run `profiles install` in a loop, and do not announce the capability on a server that does not store the token: the Mac would believe it.",
			Source:      "Apple, MDM payload ServerCapabilities; FileWave, Bootstrap Token Management",
			Check:       deviceRule(serverWithoutSupport),
		},
		{
			Code:        "BT_NOT_ESCROWED",
			Title:       "Bootstrap Token not escrowed",
			Severity:    High,
			FedBy:       FromDevice,
			After:       []Code{"BT_NOT_ESCROWED_NO_HOLDER", "BT_NOT_ESCROWED_STANDARD_HOLDER", "MDM_NOT_USER_APPROVED"},
			Consequence: notEscrowedConsequence,
			DoNot:       "Do not reset the password of the token-holding admin to get in: that breaks the token that is needed.",
			Source:      "Addigy, Bootstrap token is not escrowed",
			Check:       deviceRule(notEscrowed),
		},
		{
			Code:        "BT_NOT_ESCROWED_STANDARD_HOLDER",
			Title:       "Only standard users hold a Secure Token",
			Severity:    High,
			FedBy:       FromDevice,
			Consequence: "`profiles install` refuses every password there is: it needs an admin who holds a token. Until then nobody else can get one.",
			DoNot:       "Do not forget to take the admin rights back, and do not create a new admin for it: that account would have no token either.",
			Source:      "Addigy, Standard user exists with a secure token",
			Check:       deviceRule(onlyStandardHolders),
		},
		{
			Code:        "BT_NOT_ESCROWED_NO_HOLDER",
			Title:       "No account can create the Bootstrap Token",
			Severity:    High,
			FedBy:       FromDevice,
			After:       []Code{"ST_NO_HOLDERS"},
			Consequence: "A Bootstrap Token is made with the password of a token holder, and there is none.",
			DoNot:       "Do not turn on FileVault first, and do not reset passwords through the MDM agent.",
			Source:      "Addigy, No accessible secure token user",
			Check:       deviceRule(noHolderToEscrow),
		},
		{
			Code:        "BT_INVALID",
			Title:       "The Bootstrap Token does not work",
			Severity:    High,
			FedBy:       FromDevice,
			Consequence: notEscrowedConsequence,
			DoNot:       "Do not trust `profiles status`, which still says YES, and do not erase the Mac to mend it.",
			Source:      "Inetum-Poland/bootstrap-buddy issues 11 and 14; fleetdm/fleet issue 41167",
			Check:       deviceRule(tokenRefuted),
		},
	}
}

// tokenRefuted: the Mac believes that it escrowed a token, tried to get it back
// and could not. A server that forgot looks exactly like this.
func tokenRefuted(m *Model) *Hit {
	if m.Bootstrap.Strength != StrengthRefuted || And(m.Enrolled, m.Bootstrap.Escrowed) != Yes {
		return nil
	}
	return &Hit{
		Because:  strengthFacts(m),
		Summary:  "The Mac says that its Bootstrap Token is escrowed, but it could not get it back from the server.",
		NextStep: "Is the MDM server reachable? Then escrow again: `sudo profiles install -type bootstraptoken` with the name and password of an admin who holds a Secure Token.",
	}
}

func serverWithoutSupport(m *Model) *Hit {
	if And(m.Enrolled, Not(m.Bootstrap.Supported)) != Yes {
		return nil
	}
	step := "Add com.apple.mdm.bootstraptoken to the ServerCapabilities of the enrolment profile (a switch in most MDM products), push the updated profile, then escrow."
	if m.OS.AtLeast(11, 0) == No {
		step = "Send Settings/MDMOptions with BootstrapTokenAllowed from the MDM server, then escrow."
	}
	return &Hit{
		Because:  []evidence.FactName{evidence.MDMFact, evidence.BootstrapSupportedFact},
		Summary:  "The Mac is enrolled, and its MDM server does not announce support for the Bootstrap Token.",
		NextStep: step,
	}
}

// escrowFacts are what every finding about a missing escrow rests on.
func escrowFacts(more ...evidence.FactName) []evidence.FactName {
	return append(more, evidence.MDMFact, evidence.BootstrapSupportedFact, evidence.BootstrapEscrowedFact)
}

func lacksEscrow(m *Model) Tri {
	return And(m.Enrolled, m.Bootstrap.Supported, Not(m.Bootstrap.Escrowed))
}

func notEscrowed(m *Model) *Hit {
	if lacksEscrow(m) != Yes {
		return nil
	}
	return &Hit{
		Because:  escrowFacts(),
		Summary:  "The server supports the Bootstrap Token, but this Mac has not escrowed one.",
		NextStep: escrowStep(m),
	}
}

// escrowStep prefers the way that needs no password typed into a terminal: since
// macOS 10.15.4 the login of a token holder escrows by itself.
func escrowStep(m *Model) string {
	const install = "`sudo profiles install -type bootstraptoken`"
	early := m.OS.Major == 10 && m.OS.Minor == 15 && m.OS.Patch < 4
	switch {
	case m.Holders.Exists == No:
		return "First get one account a Secure Token. " + firstToken(m) + " The next login of that user at the login window then escrows."
	case m.Holders.AllStandard == Yes:
		return "Have " + holderNames(m) + " log out and in again, with the network up: that can escrow by itself. If it does not and the password is known, make that user an admin for a moment, run " +
			install + " with that user's name and password, check with `profiles status -type bootstraptoken`, and take the admin rights back at once."
	case early:
		return "Run " + install + " with the name and password of an admin who holds a Secure Token: before macOS 10.15.4 a login does not escrow."
	}
	return "Have a user who holds a Secure Token log in at the login window with the network up; or run " + install + " with the name and password of an admin who holds one."
}

func onlyStandardHolders(m *Model) *Hit {
	if And(lacksEscrow(m), m.Holders.AllStandard) != Yes {
		return nil
	}
	return &Hit{
		Because:  escrowFacts(tokenFacts(adminFacts()...)...),
		Summary:  "The Bootstrap Token is not escrowed, and " + holderNames(m) + ", who could create it, is not an admin.",
		NextStep: escrowStep(m),
	}
}

func noHolderToEscrow(m *Model) *Hit {
	if And(lacksEscrow(m), Not(m.Holders.Exists)) != Yes {
		return nil
	}
	return &Hit{
		Because:  escrowFacts(evidence.DirectoryFact, evidence.CryptoUsersFact),
		Summary:  "The Bootstrap Token is not escrowed, and no account holds a Secure Token that could create it.",
		NextStep: escrowStep(m),
	}
}
