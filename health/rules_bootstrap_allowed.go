package health

import "github.com/tokenward/tokenward/health/evidence"

// allowedBootstrapRules ask whether the way in which the Mac was enrolled allows
// for a Bootstrap Token, and for its use.
func allowedBootstrapRules() []Rule {
	return []Rule{
		{
			Code:        "BT_USER_ENROLLMENT",
			Title:       "Enrolled as a private Mac: no Bootstrap Token",
			Severity:    Info,
			FedBy:       FromDevice,
			Evidence:    []evidence.FactName{evidence.MDMFact, evidence.UserEnrollmentFact},
			Why:         "The user enrolled the Mac with an account of the organisation for its apps. The protocol forbids a Bootstrap Token there.",
			Consequence: "Nothing is ever escrowed. Secure Tokens are the owner's business, and the server can neither update nor erase the Mac.",
			NextStep:    "Nothing to do on a private Mac. One that belongs to the organisation is enrolled by Automated Device Enrollment or with the server's enrolment profile instead.",
			DoNot:       "Do not look for a fault on the server: it works as Apple meant it.",
			Source:      "Apple, SetBootstrapToken: not in a user enrolment",
			Check:       deviceRule(privateMac),
		},
		{
			Code:         "BT_NOT_SUPERVISED",
			Title:        "Not supervised: no Bootstrap Token is sent",
			Severity:     Medium,
			FedBy:        FromDevice,
			Evidence:     escrowFacts(evidence.SupervisedFact),
			Open:         "Sources differ on macOS 10.15.4 and later, where an enrolment that the user approved is said to be enough.",
			Versions:     Versions{From: [3]int{10, 15, 0}},
			SuppressedBy: []Code{"BT_USER_ENROLLMENT", "MDM_NOT_USER_APPROVED"},
			Why:          "A Mac sends its Bootstrap Token only while it is supervised. On macOS 10.15 Automated Device Enrollment alone brings that; since macOS 11 every enrolment that the user approved does.",
			Consequence:  "The Mac neither escrows a token nor asks the server for one.",
			NextStep:     "Update to macOS 11 or later, or enrol the Mac by Automated Device Enrollment. Then have a user who holds a Secure Token log in.",
			DoNot:        "Do not remove the enrolment before an admin who holds a Secure Token is at hand.",
			Source:       "Apple, SetBootstrapToken: supervised; Apple, enrolment methods",
			Check:        deviceRule(notSupervised),
		},
		{
			Code:        "BT_AUTH_DISALLOWED",
			Title:       "The server may not use the Bootstrap Token",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    siliconFacts(evidence.BootstrapForAuthFact, evidence.DEPFact, evidence.StartupUserMDMFact, evidence.StartupDEPMDMFact),
			Versions:    Versions{From: [3]int{11, 0, 0}},
			Why:         "On Apple silicon a server may authorise updates and kernel extensions with the token where the Mac came by Automated Device Enrollment. Everywhere else an owner has to allow it in recoveryOS.",
			Consequence: "Updates by the server ask a person for a password, and its kernel extensions do not load. Tokens at login work all the same.",
			NextStep:    "An owner of the volume starts recoveryOS, opens Startup Security Utility, chooses Reduced Security and allows remote management of kernel extensions and automatic software updates. Or the Mac is enrolled by Automated Device Enrollment.",
			DoNot:       "Do not lower the security further than Reduced: Permissive Security is not needed. With Reduced Security the server's erase can fall back.",
			Source:      "Apple, SecurityInfo: BootstrapTokenAllowedForAuthentication; Apple, startup security of Macs with Apple silicon",
			Says:        []string{"User-allowed MDM Control:    Disabled   (smb3): absent"},
			Check:       deviceRule(authDisallowed),
		},
	}
}

// siliconFacts are what it rests on that a server manages this Mac, which is one
// with Apple silicon.
func siliconFacts(more ...evidence.FactName) []evidence.FactName {
	return append(more, evidence.MDMFact, evidence.SupervisedFact, evidence.ChipFact, evidence.AppleSiliconFact)
}

// managedSilicon: a server that could update and erase this Mac, on Apple silicon.
// documented: since macOS 11 every such enrolment is supervised; an enrolment of a
// private Mac is not, and allows for neither.
func managedSilicon(m *Model) Tri {
	return And(m.Enrolled, m.Enrollment.Supervised, m.AppleSilicon)
}

func privateMac(m *Model) *Hit {
	if And(m.Enrolled, m.Enrollment.UserEnrollment) != Yes {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.MDMFact, evidence.UserEnrollmentFact},
		Summary: "The Mac is enrolled as one that belongs to its user.",
	}
}

// notSupervised: where a token was escrowed nevertheless, that is the better
// evidence.
func notSupervised(m *Model) *Hit {
	if And(lacksEscrow(m), Not(m.Enrollment.Supervised)) != Yes {
		return nil
	}
	return &Hit{
		Because: escrowFacts(evidence.SupervisedFact),
		Summary: "The Bootstrap Token is not escrowed, and the Mac is not supervised.",
	}
}

func authDisallowed(m *Model) *Hit {
	if And(managedSilicon(m), Not(m.Enrollment.DEP), Not(m.Bootstrap.Auth), Not(m.Startup.MDMControl)) != Yes {
		return nil
	}
	return &Hit{
		Because: siliconFacts(evidence.BootstrapForAuthFact, evidence.DEPFact, evidence.StartupUserMDMFact, evidence.StartupDEPMDMFact),
		Summary: "The Mac was not enrolled by Automated Device Enrollment, and nobody allowed its server to use the Bootstrap Token.",
	}
}
