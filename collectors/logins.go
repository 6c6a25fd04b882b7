package collectors

import (
	"context"

	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// logins reads the newest part of the login history. Its times have neither year
// nor zone. The zone is that in which the kernel printed when the Mac was
// started, so that a recording is read as the Mac was; the hour of summer time
// between then and a login is not accounted for.
func logins() Collector {
	c := run.Command{Tool: run.Last, Args: words("-1000")}
	collector := Collector{Name: "logins", Command: c, needs: startIsKnown}
	collector.collect = func(ctx context.Context, mac Mac, seen evidence.Snapshot) (Patch, evidence.State) {
		if state := startIsKnown(seen); state != evidence.Observed {
			meta := evidence.Meta{State: state, From: evidence.Source(c.String())}
			return func(s *evidence.Snapshot) { s.Logins = evidence.Is(meta, evidence.Logins{}) }, state
		}
		now := seen.TakenAt.In(seen.Machine.BootedAt.Value.Location())
		lines, meta := question(ctx, mac, c, reader[parse.LoginHistory]{parse: parse.Last})
		history, err := lines.Logins(now)
		if err != nil {
			meta.State, meta.Reason = evidence.Failed, evidence.Unreadable
		}
		return func(s *evidence.Snapshot) { s.Logins = evidence.Is(meta, history) }, meta.State
	}
	return collector
}

func startIsKnown(s evidence.Snapshot) evidence.State {
	if _, ok := s.Machine.BootedAt.Known(); !ok {
		return evidence.NotObserved
	}
	return evidence.Observed
}
