package collectors

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tokenward/tokenward/health/evidence"
)

// All lists the collectors in the order in which their answers are shown. The
// command lines are frozen: recordings are matched by them, so a new need is a
// new collector and never a longer command.
func All() []Collector {
	return []Collector{
		osVersion(), platform(), machine(), consoleUser(),
		enrollment(), bootstrapStatus(), deviceInformation(),
		cryptoUsers(), fileVaultStatus(), fileVaultList(),
		directoryUsers(), adminGroup(),
	}
}

// Regular lists the collectors of every check: All without the occasional ones.
func Regular() []Collector {
	return slices.DeleteFunc(All(), func(c Collector) bool { return c.Occasional })
}

// Occasional lists the collectors that are asked about once a day.
func Occasional() []Collector {
	return slices.DeleteFunc(All(), func(c Collector) bool { return !c.Occasional })
}

// Take asks the Mac once: first everything that is asked of each Mac, then
// sysadminctl about the few accounts for which the first answers leave a doubt.
// It returns when the context ends at the latest; what was not answered by then
// is evidence too.
func Take(ctx context.Context, mac Mac, at time.Time, which []Collector) evidence.Snapshot {
	s := evidence.Snapshot{TakenAt: at}
	patches := make([]Patch, len(which))
	var group errgroup.Group
	for i, c := range which {
		group.Go(func() error {
			patches[i] = c.Collect(ctx, mac)
			return nil
		})
	}
	_ = group.Wait() // a collector never fails
	for _, patch := range patches {
		patch(&s)
	}
	s.TokenStatus = tokenStatus(ctx, mac, s)
	return s
}
