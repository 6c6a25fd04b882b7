//go:build !darwin

package agent

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// A report that the server refuses for good is told with the next one, and
// says nothing about the Mac.
func TestQuarantinedReportsAreTold(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	if first := checked(t, a, wire.Scheduled); len(first.Findings) != 0 {
		t.Fatalf("findings on a healthy Mac: %v", first.Findings)
	}
	waiting, err := a.spool.Next(1, 1<<20)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d reports wait, %v", len(waiting), err)
	}
	if err := a.spool.Quarantine(waiting[0]); err != nil {
		t.Fatal(err)
	}
	second := checked(t, a, wire.Scheduled)
	if len(second.Findings) != 1 || second.Findings[0].Code != "AG_REPORT_QUARANTINED" || second.Findings[0].FedBy != "agent" {
		t.Errorf("findings %+v", second.Findings)
	}
	if second.Kind != wire.Snapshot || second.Verdict != health.VerdictOK {
		t.Errorf("a %s with the verdict %s", second.Kind, second.Verdict)
	}
	waiting, err = a.spool.Next(1, 1<<20)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d reports wait, %v", len(waiting), err)
	}
	if err := a.spool.Quarantine(waiting[0]); err != nil {
		t.Fatal(err)
	}
	// One more of them is no news.
	if third := checked(t, a, wire.Scheduled); third.Kind != wire.Heartbeat || third.StateHash != second.StateHash {
		t.Errorf("a %s, %q after %q", third.Kind, third.StateHash, second.StateHash)
	}
	if err := os.RemoveAll(filepath.Join(a.paths.Spool(), "quarantine")); err != nil {
		t.Fatal(err)
	}
	if last := checked(t, a, wire.Scheduled); len(last.Findings) != 0 {
		t.Errorf("findings after the folder was cleared: %+v", last.Findings)
	}
}

// Nothing delivered for hours is told; a server that was away for a while is not.
func TestSilentServerIsTold(t *testing.T) {
	t.Parallel()
	started := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	acked := started.Add(10 * time.Hour)
	for _, tc := range []struct {
		name string
		d    wire.Delivery
		at   time.Time
		want bool
	}{
		{"all is well", wire.Delivery{LastAck: &acked}, acked.Add(24 * time.Hour), false},
		{"in trouble for an hour", wire.Delivery{LastAck: &acked, LastError: "x"}, acked.Add(time.Hour), false},
		{"in trouble for hours", wire.Delivery{LastAck: &acked, LastError: "x"}, acked.Add(undelivered), true},
		{"never delivered, just started", wire.Delivery{LastError: "x"}, started.Add(time.Minute), false},
		{"never delivered", wire.Delivery{LastError: "x"}, started.Add(undelivered), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := silent(tc.d, started, tc.at); got != tc.want {
				t.Errorf("silent is %v", got)
			}
		})
	}
}

// The finding comes and goes with the trouble, and leaves the verdict alone.
func TestSilentServerIsAFinding(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	a.started = a.started.Add(-undelivered)
	if first := checked(t, a, wire.Scheduled); len(first.Findings) != 0 {
		t.Fatalf("a finding before anything was sent: %+v", first.Findings)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go a.uplink.Run(ctx, a.spool.Arrived()) // to an address where nobody is
	for a.uplink.State().LastError == "" {
		if t.Context().Err() != nil {
			t.Fatal("nothing was tried")
		}
		runtime.Gosched()
	}
	told := checked(t, a, wire.Scheduled)
	if len(told.Findings) != 1 || told.Findings[0].Code != "AG_NOT_DELIVERED" || told.Verdict != health.VerdictOK {
		t.Errorf("verdict %s, findings %+v", told.Verdict, told.Findings)
	}
}
