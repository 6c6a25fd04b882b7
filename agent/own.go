package agent

import (
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// spoolFact is what the agent knows of its own spool. It is not observed on the
// Mac, so no snapshot has it.
const spoolFact evidence.FactName = "agent.spool"

// ownFindings are about the agent, not about the Mac: none of them changes the
// verdict, which is about tokens.
func (a *Agent) ownFindings(now time.Time) []health.Finding {
	if a.spool == nil {
		return nil
	}
	if err := a.spool.Refresh(); err != nil {
		a.log.Warn("quarantine not looked at", zap.Error(err))
	}
	_, quarantined, _ := a.spool.Waiting()
	if quarantined == 0 {
		return nil
	}
	return []health.Finding{{
		Code: "AG_REPORT_QUARANTINED", Title: "Reports that the server refuses for good", Severity: health.Low,
		FedBy: health.FromAgent, Since: now.UTC(), Subject: health.DeviceSubject, Because: []evidence.FactName{spoolFact},
		// Without their number: the report would change with each of them.
		Summary:     "Some reports of this Mac were refused by the server, or were damaged on the disk, and are kept aside.",
		Consequence: "What was found at those times is not in the fleet's history.",
		NextStep:    "Look for \"report refused for good\" in the agent's log: it names the server's reason. Then remove the files in the spool's quarantine folder.",
	}}
}
