//go:build !darwin

package agent

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/watch"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestCheckAfterSomethingHappened(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		causes []watch.Cause
		want   []wire.Trigger
	}{
		{"nothing", nil, []wire.Trigger{wire.Scheduled}},
		{"one thing", []watch.Cause{watch.AdminGroup}, []wire.Trigger{wire.Scheduled, wire.Event}},
		{"much at once", []watch.Cause{watch.Wake, watch.Network, watch.ConsoleUser}, []wire.Trigger{wire.Scheduled, wire.Event}},
		{"the clock was set", []watch.Cause{watch.ClockSet}, []wire.Trigger{wire.Scheduled}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := opened(t, t.TempDir(), healthy(t))
				ctx, cancel := context.WithCancel(t.Context())
				go a.schedule.Run(ctx)
				synctest.Wait()
				for _, cause := range tc.causes {
					a.happened(cause)
				}
				time.Sleep(10 * time.Second)
				cancel()
				synctest.Wait()
				wantReasons(t, spooled(t, a), tc.want)
			})
		})
	}
}

// What may have changed the configuration, or what it is worth, has it read anew.
func TestReloadAfterSomethingHappened(t *testing.T) {
	t.Parallel()
	for cause, want := range map[watch.Cause]int{watch.ClockSet: 1, watch.Settings: 1, watch.ManagedPreferences: 1, watch.AdminGroup: 0} {
		a := opened(t, t.TempDir(), healthy(t))
		read := 0
		a.read = func() config.Loaded { read++; return config.Loaded{Config: a.configured()} }
		if a.happened(cause); read != want {
			t.Errorf("%s: read %d times, want %d", cause, read, want)
		}
	}
}

// An event keeps its reason, also where its check has found a change.
func TestReportOfAnEvent(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	a := opened(t, t.TempDir(), mac)
	checked(t, a, wire.Scheduled)
	wantReport(t, checked(t, a, wire.Event), wire.Heartbeat, wire.Event)
	mac.escrow(false)
	wantReport(t, checked(t, a, wire.Event), wire.Snapshot, wire.Event)
}

func wantReasons(t *testing.T, reports []wire.Report, want []wire.Trigger) {
	t.Helper()
	if len(reports) != len(want) {
		t.Fatalf("%d reports, want %d", len(reports), len(want))
	}
	for i, r := range reports {
		if r.Reason != want[i] {
			t.Errorf("report %d: %s, want %s", i+1, r.Reason, want[i])
		}
	}
}
