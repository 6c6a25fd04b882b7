package health

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// updateRules ask what a server can install on Apple silicon without a person.
func updateRules() []Rule {
	return []Rule{
		{
			Code:        "UPDATE_WILL_PROMPT",
			Title:       "An update by the server asks a person for a password",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    siliconFacts(attemptFacts(evidence.AwaitingFact, evidence.BootstrapForAuthFact, evidence.MDMReachFact)...),
			Open:        "Which updates the server plans, and how: some that it declares are silently left out.",
			Versions:    Versions{From: [3]int{11, 2, 0}},
			After:       []Code{"BT_UNSUPPORTED_BY_SERVER", "BT_NOT_ESCROWED", "BT_STATUS_LIES", "BT_AUTH_DISALLOWED"},
			Why:         "On Apple silicon an update needs an owner of the volume. For a server that is the Bootstrap Token, if there is one that works and the startup security lets the server use it.",
			Consequence: "Whoever is at the Mac is asked for a password at every update, or the update does not begin and nobody is told.",
			NextStep:    "Get the Bootstrap Token escrowed and working. On a Mac that was enrolled by hand an owner also allows the server to manage updates, in recoveryOS. Then try one update before the next deadline.",
			DoNot:       "Do not send the update again and again: each one asks the user anew.",
			Source:      "Apple, SecurityInfo: BootstrapTokenRequiredForSoftwareUpdate; avogel-mac/Update_macOS_DDM issue 25",
			Check:       deviceRule(updatePrompts),
		},
		{
			Code:        "KEXT_REMOTE_BLOCKED",
			Title:       "The server cannot load kernel extensions",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    siliconFacts(evidence.AwaitingFact, evidence.BootstrapForAuthFact),
			Open:        "Whether any kernel extension is wanted on this Mac.",
			Versions:    Versions{From: [3]int{11, 0, 0}},
			After:       []Code{"BT_AUTH_DISALLOWED"},
			Why:         "On Apple silicon a server may rebuild the kernel's extensions only where it may use the Bootstrap Token, which nobody allowed on this Mac.",
			Consequence: "An extension of the server waits for an owner of the volume, who has to allow it at the Mac and restart.",
			NextStep:    "If an extension is needed: an owner starts recoveryOS and allows remote management of kernel extensions under Reduced Security, or the Mac is enrolled by Automated Device Enrollment. Otherwise nothing is to be done.",
			DoNot:       "Do not lower the security to Permissive for it.",
			Source:      "Apple, RestartDevice: RebuildKernelCache; SecurityInfo: BootstrapTokenRequiredForKernelExtensionApproval",
			Check:       deviceRule(extensionsBlocked),
		},
	}
}

// readySilicon is a managed Mac that has left Setup Assistant: before that nobody
// updates or erases anything.
func readySilicon(m *Model) Tri { return And(managedSilicon(m), Not(m.Enrollment.Awaiting)) }

// noWorkingToken says whether it was observed that the Bootstrap Token cannot be
// used, and what that rests on. A Mac that could not reach its server says nothing
// of it.
func noWorkingToken(m *Model) (Tri, []evidence.FactName) {
	if m.Bootstrap.Missing() == Yes {
		return Yes, escrowFacts()
	}
	return And(TriOf(m.Bootstrap.Strength == StrengthRefuted), m.Enrollment.Reachable), attemptFacts(evidence.MDMReachFact)
}

func updatePrompts(m *Model) *Hit {
	without, facts := noWorkingToken(m)
	disallowed := Not(m.Bootstrap.Auth)
	if And(readySilicon(m), Or(without, disallowed)) != Yes {
		return nil
	}
	h := Hit{Because: siliconFacts(evidence.AwaitingFact)}
	if disallowed == Yes {
		h.Because = append(h.Because, evidence.BootstrapForAuthFact)
		h.Summary = "The server may not use the Bootstrap Token on this Mac, so that its updates ask a person for a password."
	}
	if without == Yes {
		h.Because = slices.Concat(h.Because, facts)
		h.Summary = "There is no Bootstrap Token that works, so that updates by the server ask a person for a password."
	}
	return &h
}

func extensionsBlocked(m *Model) *Hit {
	if And(readySilicon(m), Not(m.Bootstrap.Auth)) != Yes {
		return nil
	}
	return &Hit{
		Because: siliconFacts(evidence.AwaitingFact, evidence.BootstrapForAuthFact),
		Summary: "The server may not use the Bootstrap Token on this Mac, so that it cannot load kernel extensions.",
	}
}
