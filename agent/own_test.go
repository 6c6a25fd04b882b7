//go:build !darwin

package agent

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
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
	waiting, err := a.out().spool.Next(1, 1<<20)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d reports wait, %v", len(waiting), err)
	}
	if err := a.out().spool.Quarantine(waiting[0]); err != nil {
		t.Fatal(err)
	}
	second := checked(t, a, wire.Scheduled)
	if len(second.Findings) != 1 || second.Findings[0].Code != "AG_REPORT_QUARANTINED" || second.Findings[0].FedBy != "agent" {
		t.Errorf("findings %+v", second.Findings)
	}
	if second.Kind != wire.Snapshot || second.Verdict != health.VerdictOK {
		t.Errorf("a %s with the verdict %s", second.Kind, second.Verdict)
	}
	waiting, err = a.out().spool.Next(1, 1<<20)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d reports wait, %v", len(waiting), err)
	}
	if err := a.out().spool.Quarantine(waiting[0]); err != nil {
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

// Hours awake without a delivery are told; a night with the lid closed, a train, and a
// clock that is set are not.
func TestSilentServerIsTold(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	first, second := began.Add(-time.Hour), began.Add(time.Hour)
	bad := func(acked *time.Time) wire.Delivery { return wire.Delivery{LastAck: acked, LastError: "x"} }
	good := func(acked *time.Time) wire.Delivery { return wire.Delivery{LastAck: acked} }
	type look struct {
		after time.Duration // the one before
		d     wire.Delivery
		times int
		want  bool // at the last of them; not before
	}
	const quarter, night = 15 * time.Minute, 10 * time.Hour
	for _, tc := range []struct {
		name  string
		looks []look
	}{
		{"all is well", []look{{quarter, good(&first), 100, false}}},
		{"in trouble for an hour", []look{{quarter, bad(&first), 5, false}}},
		{"in trouble for hours", []look{{quarter, bad(&first), 24, false}, {quarter, bad(&first), 1, true}, {quarter, good(&second), 1, false}}},
		{"never delivered, just started", []look{{time.Minute, bad(nil), 2, false}}},
		{"never delivered", []look{{quarter, bad(nil), 24, false}, {quarter, bad(nil), 1, true}}},
		{"a night with the lid closed", []look{{quarter, good(&first), 1, false}, {night, bad(&first), 1, false}, {quarter, bad(&first), 1, false}}},
		{"many nights", []look{{quarter, good(&first), 1, false}, {night, bad(&first), 5, false}, {night, bad(&first), 1, true}}},
		{"a clock that is set back", []look{{quarter, good(&first), 1, false}, {-night, bad(&first), 1, false}, {quarter, bad(&first), 20, false}}},
		{"delivered in between", []look{{quarter, bad(&first), 20, false}, {quarter, bad(&second), 20, false}}},
		{"nothing failed for hours", []look{{quarter, good(&first), 100, false}, {quarter, bad(&first), 1, true}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var s silence
			now := began
			for _, l := range tc.looks {
				for i := range l.times {
					now = now.Add(l.after)
					if got := s.goOn(l.d, now); got != (l.want && i == l.times-1) {
						t.Fatalf("at %s: told: %t", now.Format(time.TimeOnly), got)
					}
				}
			}
		})
	}
}

// The finding comes and goes with the trouble, and leaves the verdict alone.
func TestSilentServerIsAFinding(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	if first := checked(t, a, wire.Scheduled); len(first.Findings) != 0 {
		t.Fatalf("a finding before anything was sent: %+v", first.Findings)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go a.out().uplink.Run(ctx, a.out().spool.Arrived()) // to an address where nobody is
	for a.out().uplink.State().LastError == "" {
		if t.Context().Err() != nil {
			t.Fatal("nothing was tried")
		}
		runtime.Gosched()
	}
	a.silence.awake = undelivered
	told := checked(t, a, wire.Scheduled)
	if len(told.Findings) != 1 || told.Findings[0].Code != "AG_NOT_DELIVERED" || told.Verdict != health.VerdictOK {
		t.Errorf("verdict %s, findings %+v", told.Verdict, told.Findings)
	}
}

// From the first report that is dropped until the server takes reports again, by
// whatever clock.
func TestDrops(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	early, late := began, began.AddDate(-5, 0, 0) // the clock was years ahead, until it was set
	again := late
	var d drops
	for _, step := range []struct {
		name  string
		all   uint64
		acked *time.Time
		want  bool
	}{
		{"dropped before this start", 7, nil, false},
		{"none since", 7, nil, false},
		{"the server took some", 7, &early, false},
		{"one more is dropped", 8, &early, true},
		{"none at this check", 8, &early, true},
		{"the server took some again", 8, &late, false},
		{"and none was dropped since", 8, &again, false},
		{"another", 9, &again, true},
		{"and one more", 10, &late, true},
		{"and none", 10, &late, true},
	} {
		if got := d.goOn(step.all, step.acked); got != step.want {
			t.Errorf("%s: told: %t", step.name, got)
		}
	}
	never := drops{seen: true}
	dropped, after, delivered := never.goOn(1, nil), never.goOn(1, nil), never.goOn(1, &early)
	if !dropped || !after || delivered {
		t.Errorf("before the first delivery ever: %t, %t; after it: %t", dropped, after, delivered)
	}
}

// A full spool is told, once.
func TestFullSpoolIsAFinding(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	a := newAgent(t, t.TempDir(), mac, nowhere)
	a.set(func(c *config.Config) { c.Spool.MaxReports = 2 })
	a.open()
	var hashes []string
	for range 5 {
		a.check(t.Context(), wire.Scheduled)
		hashes = append(hashes, a.report.StateHash)
	}
	if found := a.report.Findings; len(found) != 1 || found[0].Code != "AG_SPOOL_FULL" || a.report.Verdict != health.VerdictOK {
		t.Errorf("verdict %s, findings %+v", a.report.Verdict, found)
	}
	if hashes[0] == hashes[4] || hashes[3] != hashes[4] {
		t.Errorf("states %v: want a change when it is told, and none after", hashes)
	}
}

// What keeps the agent from seeing right is told, with a server or without.
func TestLookingFindings(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	access := func(has bool) evidence.Snapshot {
		return evidence.Snapshot{FDA: evidence.Is(evidence.Meta{State: evidence.Observed}, has)}
	}
	last := func(at time.Time) health.Model { return health.Model{Past: health.Ledger{Mac: health.Memory{At: at}}} }
	for _, tc := range []struct {
		name string
		on   Assessment
		now  time.Time
		want health.Code
	}{
		{"nothing", Assessment{}, now, ""},
		{"access", Assessment{Snapshot: access(true)}, now, ""},
		{"no access", Assessment{Snapshot: access(false)}, now, "AG_SOURCE_DENIED"},
		{"checked a moment ago", Assessment{Model: last(now.Add(-time.Second))}, now, ""},
		{"set back by a time server", Assessment{Model: last(now.Add(5 * time.Minute))}, now, ""},
		{"checked in the future", Assessment{Model: last(now.Add(5*time.Minute + 1))}, now, "AG_CLOCK_WRONG"},
		{"an empty battery", Assessment{}, time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), "AG_CLOCK_WRONG"},
		{"checked in the future, with an empty battery", Assessment{Model: last(now)}, time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), "AG_CLOCK_WRONG"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			found := lookingFindings(tc.on, tc.now)
			if (tc.want == "" && len(found) != 0) || (tc.want != "" && (len(found) != 1 || found[0].Code != tc.want)) {
				t.Errorf("found %+v", found)
			}
		})
	}
}

// What the organisation decided counts for the agent's own conditions too.
func TestOwnFindingsFollowThePolicy(t *testing.T) {
	t.Parallel()
	a := newAgent(t, t.TempDir(), healthy(t), "")
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	a.set(func(c *config.Config) {
		c.Policy.Severities = map[health.Code]health.Severity{"AG_SOURCE_DENIED": health.Medium}
	})
	a.set(func(c *config.Config) {
		c.Policy.Mutes = []config.Mute{{Code: "AG_SOURCE_DENIED", Reason: "The profile comes in May", Until: now.Add(time.Hour)}}
	})
	found := a.ownFindings(Assessment{
		Snapshot: evidence.Snapshot{FDA: evidence.Is(evidence.Meta{State: evidence.Observed}, false)}, Model: health.Model{TakenAt: now},
	}, now)
	if len(found) != 1 || found[0].Severity != health.Medium || found[0].Muted != "The profile comes in May" {
		t.Errorf("found %+v", found)
	}
}
