package health

import "github.com/tokenward/tokenward/health/evidence"

// What the agent knows of itself. It is not observed on the Mac, so no snapshot
// has it.
const (
	SpoolFact  evidence.FactName = "agent.spool"
	UplinkFact evidence.FactName = "agent.uplink"
)

// agentRules are conditions of the agent itself. It finds them, and none of them
// changes the verdict, which is about tokens. Their texts hold nothing that
// changes from check to check, or each check would be a changed Mac.
func agentRules() []Rule {
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
			Code: "AG_NOT_DELIVERED", Title: "Reports do not reach the server", Severity: Low, FedBy: FromAgent,
			Evidence:    []evidence.FactName{UplinkFact},
			Why:         "The server refuses the reports, or does not answer.",
			Consequence: "The fleet's page shows this Mac as it was. Nothing is lost: the reports wait on the disk.",
			NextStep:    "`sudo tokenward status` names the trouble under Reports. A token that is refused, a certificate that has ended, a proxy in between and a server that is away look different there.",
			Source:      "the agent's own deliveries",
		},
	}
}
