package agent

import (
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wallclock"
	"github.com/tokenward/tokenward/internal/wire"
)

// undelivered is how long nothing may have been delivered before it is told. A
// laptop on a train is no news.
const undelivered = 6 * time.Hour

// ownFindings are about the agent, not about the Mac.
func (a *Agent) ownFindings(now time.Time) []health.Finding {
	if a.spool == nil {
		return nil
	}
	if err := a.spool.Refresh(); err != nil {
		a.log.Warn("quarantine not looked at", zap.Error(err))
	}
	var found []health.Finding
	if _, quarantined, _ := a.spool.Waiting(); quarantined > 0 {
		found = append(found, own(now, "AG_REPORT_QUARANTINED",
			"Some reports of this Mac were refused by the server, or were damaged on the disk, and are kept aside."))
	}
	if silent(a.uplink.State(), a.started, now) {
		found = append(found, own(now, "AG_NOT_DELIVERED",
			"The server has taken no report of this Mac for hours, and refuses or does not answer."))
	}
	return found
}

// own makes a finding of one of the agent's own conditions.
func own(now time.Time, code health.Code, summary string) health.Finding {
	rule, _ := health.RuleOf(code)
	return rule.Finding(health.Hit{Subject: health.DeviceSubject, Because: rule.Evidence, Summary: summary}, now.UTC())
}

// silent says whether the last try failed and no report was taken for long.
func silent(d wire.Delivery, started, now time.Time) bool {
	last := started
	if d.LastAck != nil {
		last = *d.LastAck
	}
	return d.LastError != "" && wallclock.Elapsed(last, now, undelivered)
}
