package health

import "github.com/tokenward/tokenward/health/evidence"

// fleetRules are conditions that the server sees, and a Mac by itself does not.
func fleetRules() []Rule {
	return []Rule{
		{
			Code:        "MDM_ID_EXPIRED",
			Title:       "The Mac's identity with the server has ended",
			Severity:    High,
			FedBy:       FromServer,
			Evidence:    attemptFacts(evidence.MDMReachFact),
			Open:        "The day on which the identity ends: it is in a keychain that no tool here prints. On the Mac it looks like a server that lost the token.",
			Why:         "The certificate by which the server knows the Mac ran out before it was renewed, for instance in a drawer.",
			Consequence: "The Mac cannot check in: no commands, no profiles, and nothing of the Bootstrap Token works.",
			NextStep:    "Enrol the Mac anew with an admin who holds a Secure Token at hand, then escrow: " + installBootstrap + ".",
			DoNot:       "Do not remove the enrolment of a Mac with FileVault on before its recovery key is known to work.",
			Source:      "judgement of this project (inferred): without an identity there is no check-in",
		},
		{
			Code:        "RENEWAL_DUE_ON_CLEARING_SERVER",
			Title:       "A renewal of identities will lose the Bootstrap Tokens",
			Severity:    High,
			FedBy:       FromServer,
			Evidence:    []evidence.FactName{evidence.MDMServerFact},
			Open:        "What the server does when a Mac authenticates, and when its certificates are due.",
			Why:         "The server forgets a Mac's Bootstrap Token when the Mac authenticates anew, and does not tell a renewal from an enrolment.",
			Consequence: "On the day of the renewal every Mac of that server says that its token is escrowed, and none works.",
			NextStep:    "Update the server to a version that keeps the tokens, before the renewal. Otherwise plan to escrow again on every Mac, with its users.",
			DoNot:       "Do not renew all Macs on one day.",
			Source:      "fleetdm/fleet pull request 43098; NanoMDM, Authenticate",
		},
		{
			Code:        "MIGRATION_PENDING",
			Title:       "A move to another server is planned",
			Severity:    High,
			FedBy:       FromServer,
			Evidence:    []evidence.FactName{evidence.MDMServerFact, evidence.DEPFact, evidence.OSVersionFact},
			Open:        "The deadline: only `profiles show` tells it, which is never asked again and again.",
			Why:         "Since macOS 26 a Mac can be moved to another server with a deadline in Apple Business Manager. Before that the enrolment is removed and made anew.",
			Consequence: "The new server has no Bootstrap Token and no recovery key of this Mac, until both are escrowed anew.",
			NextStep:    "Plan the escrow as a step of the move: a user who holds a Secure Token logs in afterwards, the recovery key is rotated, and both are looked at on the new server.",
			DoNot:       "Do not remove the enrolment before an admin who holds a Secure Token is at hand.",
			Source:      "Apple, Migrate managed devices; judgement of this project",
		},
	}
}

// storageAdvice is about servers and scripts that let the token out.
func storageAdvice() []Rule {
	return []Rule{
		{
			Code:        "SECRETS_IN_LOGS",
			Title:       "Tokens or passwords in logs and process lists",
			Severity:    High,
			FedBy:       FromAdvice,
			Open:        "What other programs write: nothing here reads it.",
			Why:         "A server that logs whole messages, a webhook that carries them, or a script with a password among its arguments writes down what opens the disk.",
			Consequence: "Whoever reads the log or the list of processes can unlock the Mac.",
			NextStep:    "Turn such logging off, take the messages out of webhooks, and give passwords at a prompt or on standard input. Escrow anew what was exposed, and change the passwords.",
			DoNot:       "Do not put a password behind `-password`: use the prompt of `profiles install -type bootstraptoken`.",
			Source:      "NanoMDM, option dump and webhook events",
		},
		{
			Code:        "BT_AT_REST_PLAINTEXT",
			Title:       "The server stores Bootstrap Tokens in the clear",
			Severity:    Medium,
			FedBy:       FromAdvice,
			Open:        "How a server stores what it is sent.",
			Why:         "Some servers write the token into a file or a table as it came, readable by every account of that machine or every copy of its backup.",
			Consequence: "The token opens the disk of its Mac for whoever has both.",
			NextStep:    "Encrypt the volume or the column, let only the server's account read the folder, and treat backups of it as keys.",
			Source:      "NanoMDM, file storage",
		},
	}
}
