package health

import "github.com/tokenward/tokenward/health/evidence"

func enrollmentRules() []Rule {
	return []Rule{{
		Code:     "MDM_NOT_ENROLLED",
		Title:    "Not enrolled in MDM",
		Severity: Medium,
		FedBy:    FromDevice,
		Consequence: "There is no server to escrow a Bootstrap Token or a FileVault recovery key to, and none that could grant " +
			"a Secure Token at login, install updates or erase the Mac.",
		DoNot:  "Do not turn on FileVault before the recovery key has a place to go.",
		Source: "judgement of this project: what needs a server is listed under the Bootstrap Token",
		Check: func(m *Model, _ Policy) []Hit {
			if m.Enrolled != No {
				return nil
			}
			return []Hit{{
				Subject: DeviceSubject, Because: []evidence.FactName{evidence.MDMFact},
				Summary:  "This Mac is not enrolled in MDM.",
				NextStep: "Enrol it: `sudo profiles renew -type enrollment` if it belongs to the organisation in Apple Business Manager, otherwise with the server's enrolment profile.",
			}}
		},
	}, {
		Code:        "MDM_NOT_USER_APPROVED",
		Title:       "The MDM enrolment is not approved by the user",
		Severity:    Medium,
		FedBy:       FromDevice,
		Consequence: "The Mac refuses FileVault settings, kernel extensions and privacy settings of the server, and does not send it a Bootstrap Token.",
		DoNot:       "Do not remove the enrolment to start again before a token-holding admin is at hand.",
		Source:      "Apple, User Approved MDM; FileVault2 payload since macOS 10.15",
		Check: func(m *Model, _ Policy) []Hit {
			if And(m.Enrolled, Not(m.UserApproved)) != Yes {
				return nil
			}
			return []Hit{{
				Subject: DeviceSubject, Because: []evidence.FactName{evidence.MDMFact, evidence.UserApprovedFact},
				Summary:  "This Mac is enrolled in MDM, but nobody approved the enrolment at the Mac.",
				NextStep: "Have the user approve it at the Mac, in System Settings under Device Management (Profiles before macOS 13).",
			}}
		},
	}}
}
