package agent

import (
	"github.com/tokenward/tokenward/agent/log"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// announced is what the unified log was last told, to tell it news alone.
type announced struct {
	known      bool
	verdict    health.Verdict
	enrollment wire.EnrollState
}

// announce tells the unified log what is another than at the check before. The first
// check after a start is no news: most Macs are as they were.
func (a *Agent) announce(v health.Verdict) {
	next := announced{known: true, verdict: v}
	if out := a.out(); out != nil {
		next.enrollment = out.uplink.State().Enrollment
	}
	was := a.told
	a.told = next
	if !was.known {
		return
	}
	if was.verdict != next.verdict {
		a.tell(log.VerdictChanged(was.verdict.String(), next.verdict.String()))
	}
	if was.enrollment != next.enrollment && next.enrollment != "" {
		a.tell(log.EnrollmentChanged(string(next.enrollment)))
	}
}
