package health

import "github.com/tokenward/tokenward/health/evidence"

// upgradeRules find what a newer macOS asks of a server in another way.
func upgradeRules() []Rule {
	return []Rule{{
		Code:        "CAP_LOST_AT_UPGRADE",
		Title:       "Support for the Bootstrap Token was lost with the upgrade",
		Severity:    Medium,
		FedBy:       FromHistory,
		Evidence:    []evidence.FactName{evidence.MDMFact, evidence.BootstrapSupportedFact},
		Open:        "How the server announced it before: a setting on macOS 10.15 is",
		Versions:    Versions{From: [3]int{11, 0, 0}},
		Why:         "On macOS 10.15 the server announced the Bootstrap Token with a setting. Since macOS 11 only the enrolment profile counts, and this Mac still has the one of its first day.",
		Consequence: notEscrowedConsequence,
		NextStep:    "Add com.apple.mdm.bootstraptoken to the ServerCapabilities of the enrolment profile and push it to the Mac. Then have a user who holds a Secure Token log in.",
		DoNot:       "Do not enrol the Mac anew for it: an updated profile is enough.",
		Source:      "Apple, MDM payload ServerCapabilities; Settings/MDMOptions, deprecated since macOS 11",
		Says:        []string{"profiles: Bootstrap Token supported on server: NO"},
		Check:       deviceRule(supportLost),
	}}
}

// supportLost: it was there on 10.15, at the last check or when this was first
// seen, and is not now.
func supportLost(m *Model) *Hit {
	if And(m.Enrolled, Not(m.Bootstrap.Supported)) != Yes {
		return nil
	}
	before := ParseVersion(m.Past.Mac.OS)
	upgraded := And(before.AtLeast(10, 15), Not(before.AtLeast(11, 0)), m.Past.Mac.Supported)
	if upgraded != Yes && !m.stood("CAP_LOST_AT_UPGRADE", DeviceSubject) {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.MDMFact, evidence.BootstrapSupportedFact},
		Summary: "The server supported the Bootstrap Token before the Mac was upgraded, and does not announce it to this macOS.",
	}
}
