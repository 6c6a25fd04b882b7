package health

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// What the agent knows of itself. It is not observed on the Mac, so no snapshot
// has it.
const (
	SpoolFact    evidence.FactName = "agent.spool"
	UplinkFact   evidence.FactName = "agent.uplink"
	ClockFact    evidence.FactName = "agent.clock"
	ConfigFact   evidence.FactName = "agent.configuration"
	JournalFact  evidence.FactName = "agent.journal"
	IdentityFact evidence.FactName = "agent.identity"
	StateFact    evidence.FactName = "agent.state"
)

// agentRules are conditions of the agent itself. It finds them, and those of its
// looking and sending leave the verdict alone, which is about tokens. Their texts
// hold nothing that changes from check to check, or each check would be a changed
// Mac.
func agentRules() []Rule {
	return slices.Concat(deliveryRules(), serverRules(), identityRules(), stateRules(), lookingRules(), actionRules())
}

// deliveryRules are about reports that do not arrive.
func deliveryRules() []Rule {
	return []Rule{
		{
			Code: "AG_REPORT_QUARANTINED", Title: "Reports that the server refuses for good", Severity: Low, FedBy: FromAgent,
			Evidence:    []evidence.FactName{SpoolFact},
			Why:         "A report was damaged on the disk, or the server answered that it will never take it.",
			Consequence: "What was found at those times is not in the fleet's history.",
			NextStep:    "Look for \"report refused for good\" in the agent's log: it names the server's reason. Then remove the files in the spool's quarantine folder.",
			Source:      "the agent's own spool",
		},
		{
			Code: "AG_SPOOL_FULL", Title: "Reports are dropped because too many wait", Severity: Low, FedBy: FromAgent,
			Evidence:    []evidence.FactName{SpoolFact},
			After:       []Code{"AG_NOT_DELIVERED"},
			Why:         "The server has taken no reports for so long that the spool reached its limit. The oldest go first.",
			Consequence: "The fleet's history of this Mac has a gap. What is wrong now is told as soon as a report gets through.",
			NextStep:    "Mend the delivery: `sudo tokenward status` names the trouble under Reports. For Macs that are away for months, raise `spool.max_reports`.",
			DoNot:       "Do not empty the spool by hand: the numbers of its reports would be missing at the server.",
			Source:      "the agent's own spool",
		},
		{
			Code: "AG_NOT_DELIVERED", Title: "Reports do not reach the server", Severity: Low, FedBy: FromAgent,
			Evidence: []evidence.FactName{UplinkFact},
			After: []Code{
				"AG_KEY_REVOKED", "AG_ENROLLMENT_PENDING", "AG_CLOCK_WRONG", "AG_SERVER_CERTIFICATE", "AG_SERVER_PORTAL", "AG_SERVER_PROXY",
				"AG_SERVER_REFUSES", "AG_SERVER_STALLED", "AG_SERVER_UNREACHABLE", "AG_STATE_UNWRITABLE",
			},
			Why:         "The server refuses the reports, or does not answer.",
			Consequence: "The fleet's page shows this Mac as it was. Nothing is lost: the reports wait on the disk.",
			NextStep:    "`sudo tokenward status` names the trouble under Reports. A token that is refused, a certificate that has ended, a proxy in between and a server that is away look different there.",
			Source:      "the agent's own deliveries",
		},
	}
}

// lookingRules are about what keeps the agent from seeing right.
func lookingRules() []Rule {
	return []Rule{
		{
			Code: "AG_SOURCE_DENIED", Title: "macOS keeps the agent from seeing everything", Severity: Low, FedBy: FromAgent,
			Evidence:    []evidence.FactName{evidence.FDAFact},
			Open:        "which of the missing answers Full Disk Access would bring",
			Why:         "The agent has no Full Disk Access: the privacy profile for it did not come, or is for another signature.",
			Consequence: "Some facts stay unknown on this Mac, and conditions that rest on them are not found.",
			NextStep:    "Send a Privacy Preferences Policy Control profile that allows the agent SystemPolicyAllFiles. `sudo tokenward doctor` lists what is missing.",
			DoNot:       "Do not turn off System Integrity Protection for it.",
			Source:      "Apple, PrivacyPreferencesPolicyControl payload",
		},
		{
			Code: "AG_CLOCK_WRONG", Title: "The Mac's clock is wrong, or was", Severity: Low, FedBy: FromAgent,
			Evidence:    []evidence.FactName{ClockFact, UplinkFact},
			Open:        "whether the clock is wrong now or was wrong before",
			Why:         "The battery was empty, the time server cannot be reached, or somebody set the clock.",
			Consequence: "Times in reports are wrong, and what is compared with them: when passwords were set and who logged in since. Certificates can seem to be invalid.",
			NextStep:    "Compare `date` with another clock. `sudo sntp -sS time.apple.com` sets it, and System Settings under Date & Time keeps it set.",
			Source:      "the agent's own earlier checks, or the server's answer",
		},
		{
			Code: "AG_CONFIG_BAD", Title: "The agent's configuration has a mistake", Severity: Low, FedBy: FromAgent,
			Evidence:    []evidence.FactName{ConfigFact},
			Why:         "A configuration that was sent to the Mac has a mistake, or sets what this version does not know. The agent goes on with what was good before, or leaves out what it does not know.",
			Consequence: "What was decided since then does not count on this Mac, or not all of it.",
			NextStep:    "`sudo tokenward config show` names the file, the line and the key, and what is in force instead. Correct it and send it again.",
			Source:      "the agent's own configuration",
		},
	}
}

// actionRules are about what was done to the Mac, or meanwhile.
func actionRules() []Rule {
	return []Rule{
		{
			Code: "AG_ELEVATION_OVERDUE", Title: "Administrator rights were lent and not taken back", Severity: High, FedBy: FromAgent,
			Evidence:    []evidence.FactName{JournalFact, evidence.AdminsFact},
			Why:         "The agent made a user an administrator for one step and could not undo it in time.",
			Consequence: "A user has rights that nobody meant to give for good.",
			NextStep:    "The agent tries again at every check and start. By hand: `sudo dseditgroup -o edit -d NAME -t user admin`, then `dsmemberutil checkmembership -U NAME -G admin`.",
			DoNot:       "Do not remove the agent before: it would forget what it owes.",
			Source:      "the agent's own journal; SAP/macOS-enterprise-privileges issues 186 and 285",
		},
		{
			Code: "AG_UNEXPECTED_ADMIN", Title: "An administrator appeared while rights were lent", Severity: Medium, FedBy: FromAgent,
			Evidence:    []evidence.FactName{JournalFact, evidence.AdminsFact, evidence.DirectoryFact},
			Open:        "who made the account an administrator",
			Why:         "While a user was an administrator for a moment, somebody made another account one.",
			Consequence: "That account keeps its rights when those of the user end.",
			NextStep:    "Find out who made it. If nobody can say: `sudo dseditgroup -o edit -d NAME -t user admin`, as long as another administrator is left.",
			DoNot:       "Do not delete the account before it is known whether it holds a Secure Token.",
			Source:      "the agent's own journal; SAP/macOS-enterprise-privileges issue 63",
		},
	}
}
