package health

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// enrollmentRules ask whether a server manages the Mac, and what it can do.
func enrollmentRules() []Rule {
	return slices.Concat(managementRules(), updateRules(), eraseRules(), upgradeRules(), fleetRules(), storageAdvice())
}

func managementRules() []Rule {
	return []Rule{
		{
			Code:     "MDM_NOT_ENROLLED",
			Title:    "Not enrolled in MDM",
			Severity: Medium,
			FedBy:    FromDevice,
			Evidence: []evidence.FactName{evidence.MDMFact},
			Why:      "The Mac was never enrolled, or the enrolment was removed.",
			Consequence: "There is no server to escrow a Bootstrap Token or a FileVault recovery key to, and none that could grant " +
				"a Secure Token at login, install updates or erase the Mac.",
			NextStep: "Enrol it: `sudo profiles renew -type enrollment` if it belongs to the organisation in Apple Business Manager, otherwise with the server's enrolment profile.",
			DoNot:    "Do not turn on FileVault before the recovery key has a place to go.",
			Source:   "judgement of this project: what needs a server is listed under the Bootstrap Token",
			Says:     []string{"MDM enrollment: No"},
			Check:    deviceRule(notEnrolled),
		},
		{
			Code:        "MDM_NOT_USER_APPROVED",
			Title:       "The MDM enrolment is not approved by the user",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    []evidence.FactName{evidence.MDMFact, evidence.UserApprovedFact},
			Why:         "A script installed the enrolment profile, and nobody at the Mac clicked the button that approves it.",
			Consequence: "The Mac refuses FileVault settings, kernel extensions and privacy settings of the server, and does not send it a Bootstrap Token.",
			NextStep:    "Have the user approve it at the Mac, in System Settings under Device Management (Profiles before macOS 13).",
			DoNot:       "Do not remove the enrolment to start again before a token-holding admin is at hand.",
			Source:      "Apple, User Approved MDM; FileVault2 payload since macOS 10.15",
			Says:        []string{"MDM enrollment: Yes"},
			Check:       deviceRule(notApproved),
		},
		{
			Code:        "ENROLL_AWAITING",
			Title:       "Held in Setup Assistant by its server",
			Severity:    Info,
			FedBy:       FromDevice,
			Evidence:    []evidence.FactName{evidence.MDMFact, evidence.AwaitingFact},
			Why:         "The server configures the Mac before its first user gets it, and has not said yet that it is done.",
			Consequence: "Only some commands of the server work, and no user can hold a Secure Token yet.",
			NextStep:    "Let the server finish with DeviceConfigured, then go on in Setup Assistant. If it never does, look at the server's queue for this Mac.",
			DoNot:       "Do not judge the tokens of this Mac yet.",
			Source:      "Apple, DeviceInformation: AwaitingConfiguration; DeviceConfigured",
			Check:       deviceRule(heldInSetup),
		},
	}
}

func notEnrolled(m *Model) *Hit {
	if m.Enrolled != No {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.MDMFact},
		Summary: "This Mac is not enrolled in MDM.",
	}
}

func notApproved(m *Model) *Hit {
	if And(m.Enrolled, Not(m.UserApproved)) != Yes {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.MDMFact, evidence.UserApprovedFact},
		Summary: "This Mac is enrolled in MDM, but nobody approved the enrolment at the Mac.",
	}
}

func heldInSetup(m *Model) *Hit {
	if And(m.Enrolled, m.Enrollment.Awaiting) != Yes {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.MDMFact, evidence.AwaitingFact},
		Summary: "The Mac waits in Setup Assistant for its server.",
	}
}
