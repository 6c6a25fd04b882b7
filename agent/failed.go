package agent

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/crash"
	"github.com/tokenward/tokenward/agent/supervise"
	"github.com/tokenward/tokenward/internal/wire"
)

// guarded is one check of which a panic is evidence and no end: the daemon goes on,
// and the next check may do better.
func (a *Agent) guarded(ctx context.Context, reason wire.Trigger) {
	defer supervise.Recover("check", a.crashed)
	if a.outside.Rest != nil {
		defer a.outside.Rest()
	}
	a.check(ctx, reason)
}

// broke is told of a panic in a collector. Its facts are not known; everything else
// of the check is.
func (a *Agent) broke(collector string, thrown any) {
	a.crashed(supervise.Caught("collector "+collector, thrown))
}

// crashed notes a panic. It is safe for concurrent use.
func (a *Agent) crashed(p supervise.Panic) {
	a.log.Error("a part panicked", zap.String("part", p.Part), zap.String("what", p.What), zap.Strings("stack", p.Stack))
	a.note(crash.Record{Part: p.Part, Kind: crash.Panicked, What: p.What, Stack: p.Stack})
}

// noteEnd notes why the daemon did not end in order.
func (a *Agent) noteEnd(err error) {
	if failed, ok := errors.AsType[*supervise.PartError](err); ok && !errors.Is(err, supervise.ErrPanic) {
		a.note(crash.Record{Part: failed.Part, Kind: crash.Failed})
	}
	if stuck, ok := errors.AsType[*supervise.StuckError](err); ok {
		for _, part := range stuck.Parts {
			a.note(crash.Record{Part: part, Kind: crash.Stuck})
		}
	}
}

// noteEvery is how often the same failure is written: one at every check would wear
// the disk and push the others out.
const noteEvery = time.Hour

func (a *Agent) note(r crash.Record) {
	r.At, r.Version = time.Now().UTC(), a.version.Version
	a.failures.Lock()
	defer a.failures.Unlock()
	known := slices.ContainsFunc(a.failures.all, func(k crash.Record) bool {
		age := r.At.Sub(k.At)
		return k.Part == r.Part && k.Kind == r.Kind && k.Version == r.Version && age >= 0 && age < noteEvery
	})
	if known {
		return
	}
	a.failures.all = append(a.failures.all, r)
	if n := len(a.failures.all); n > mostFailures {
		a.failures.all = slices.Delete(a.failures.all, 0, n-mostFailures)
	}
	if err := crash.In(a.paths.Crashes()).Note(r); err != nil {
		a.log.Warn("failure not noted", zap.Error(err))
	}
}

// mostFailures is how many are remembered while the daemon runs.
const mostFailures = 32

// recent are the parts that failed lately, in this start or one before.
func (a *Agent) recent(now time.Time) []string {
	a.failures.Lock()
	defer a.failures.Unlock()
	return crash.Recent(a.failures.all, a.version.Version, now)
}
