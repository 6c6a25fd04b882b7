package health

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

const notEscrowedConsequence = "New users get no Secure Token when they log in, updates ask a person for a password, and the Mac cannot be erased silently."

// bootstrapRules ask whether there is a Bootstrap Token, whether it works, and why
// a login brought none.
func bootstrapRules() []Rule {
	return slices.Concat(
		supportRules(), escrowRules(), brokenBootstrapRules(), localBootstrapRules(),
		allowedBootstrapRules(), pendingBootstrapRules(), loginBootstrapRules(), bootstrapAdvice(), passwordAdvice(),
	)
}

// supportRules find a server or a system that knows nothing of Bootstrap Tokens.
func supportRules() []Rule {
	return []Rule{
		{
			Code:        "BT_UNSUPPORTED_BY_SERVER",
			Title:       "The MDM server does not support the Bootstrap Token",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    []evidence.FactName{evidence.MDMFact, evidence.BootstrapSupportedFact},
			After:       []Code{"CAP_LOST_AT_UPGRADE"},
			Why:         "A Mac makes a Bootstrap Token only for a server that announces it: in the enrolment profile since macOS 11, with a setting on 10.15. This server does not, or its profile is from before it did.",
			Consequence: notEscrowedConsequence,
			NextStep:    "Add com.apple.mdm.bootstraptoken to the ServerCapabilities of the enrolment profile, on macOS 10.15 send Settings/MDMOptions with BootstrapTokenAllowed. Push the profile to the Mac, then escrow.",
			DoNot:       "Do not run `profiles install` in a loop, and do not announce the capability on a server that does not store the token: the Mac would believe it.",
			Source:      "Apple, MDM payload ServerCapabilities; FileWave, Bootstrap Token Management",
			Says:        []string{"profiles: Bootstrap Token supported on server: NO", "Bootstrap Token functionality is not supported on the server."},
			Check:       deviceRule(serverWithoutSupport),
		},
		{
			Code:        "BT_PROFILES_TOO_OLD",
			Title:       "This macOS is older than the Bootstrap Token",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    []evidence.FactName{evidence.MDMFact, evidence.OSVersionFact},
			Versions:    Versions{Before: [3]int{10, 15, 0}},
			Why:         "The Bootstrap Token came with macOS 10.15. An older `profiles` does not know the type. A newer one says the same where the type is typed as two words.",
			Consequence: "Nothing can be escrowed. Tokens come from the first login, or from an admin who holds one.",
			NextStep:    "Upgrade to macOS 10.15 or later if the Mac can run it. On a newer macOS type the type as one word: `sudo profiles status -type bootstraptoken`.",
			Source:      "FileWave, Bootstrap Token Management; profiles(1)",
			Says:        []string{"Error: The profile type option was not recognized."},
			Check:       deviceRule(beforeBootstrap),
		},
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

// beforeBootstrap is of use to an organisation that manages the Mac: where nobody
// does, nothing would be escrowed on a newer system either.
func beforeBootstrap(m *Model) *Hit {
	if m.Enrolled != Yes {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.MDMFact},
		Summary: "The Mac is enrolled and runs macOS " + m.OS.Text + ", which has no Bootstrap Token.",
	}
}

// lacksEscrow: the server would take a Bootstrap Token, and the Mac sent none.
func lacksEscrow(m *Model) Tri {
	return And(m.Enrolled, m.Bootstrap.Supported, Not(m.Bootstrap.Escrowed))
}

// escrowFacts are what every finding about a missing escrow rests on.
func escrowFacts(more ...evidence.FactName) []evidence.FactName {
	return append(more, evidence.MDMFact, evidence.BootstrapSupportedFact, evidence.BootstrapEscrowedFact)
}
