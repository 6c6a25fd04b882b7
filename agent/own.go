package agent

import (
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/wallclock"
	"github.com/tokenward/tokenward/internal/wire"
)

// What the agent knows of itself. It is not observed on the Mac, so no snapshot
// has it.
const (
	spoolFact  evidence.FactName = "agent.spool"
	uplinkFact evidence.FactName = "agent.uplink"
)

// undelivered is how long nothing may have been delivered before it is told. A
// laptop on a train is no news.
const undelivered = 6 * time.Hour

// ownFindings are about the agent, not about the Mac: none of them changes the
// verdict, which is about tokens. Their texts hold nothing that changes from
// check to check, or each check would be a changed Mac.
func (a *Agent) ownFindings(now time.Time) []health.Finding {
	if a.spool == nil {
		return nil
	}
	if err := a.spool.Refresh(); err != nil {
		a.log.Warn("quarantine not looked at", zap.Error(err))
	}
	var found []health.Finding
	if _, quarantined, _ := a.spool.Waiting(); quarantined > 0 {
		found = append(found, own(now, spoolFact, health.Finding{
			Code: "AG_REPORT_QUARANTINED", Title: "Reports that the server refuses for good",
			Summary:     "Some reports of this Mac were refused by the server, or were damaged on the disk, and are kept aside.",
			Consequence: "What was found at those times is not in the fleet's history.",
			NextStep:    "Look for \"report refused for good\" in the agent's log: it names the server's reason. Then remove the files in the spool's quarantine folder.",
		}))
	}
	if silent(a.uplink.State(), a.started, now) {
		found = append(found, own(now, uplinkFact, health.Finding{
			Code: "AG_NOT_DELIVERED", Title: "Reports do not reach the server",
			Summary:     "The server has taken no report of this Mac for hours, and refuses or does not answer.",
			Consequence: "The fleet's page shows this Mac as it was. Nothing is lost: the reports wait on the disk.",
			NextStep:    "`sudo tokenward status` names the trouble under Reports. A token that is refused, a certificate that has ended, a proxy in between and a server that is away look different there.",
		}))
	}
	return found
}

func own(now time.Time, fact evidence.FactName, f health.Finding) health.Finding {
	f.Severity, f.FedBy, f.Since, f.Subject = health.Low, health.FromAgent, now.UTC(), health.DeviceSubject
	f.Because = []evidence.FactName{fact}
	return f
}

// silent says whether the last try failed and no report was taken for long.
func silent(d wire.Delivery, started, now time.Time) bool {
	last := started
	if d.LastAck != nil {
		last = *d.LastAck
	}
	return d.LastError != "" && wallclock.Elapsed(last, now, undelivered)
}
