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
		Check: func(m Model, _ Policy) []Hit {
			if m.Enrolled != No {
				return nil
			}
			return []Hit{{
				Subject: DeviceSubject, Because: []evidence.FactName{evidence.MDMFact},
				Summary:  "This Mac is not enrolled in MDM.",
				NextStep: "Enrol it: `sudo profiles renew -type enrollment` if it belongs to the organisation in Apple Business Manager, otherwise with the server's enrolment profile.",
			}}
		},
	}}
}
