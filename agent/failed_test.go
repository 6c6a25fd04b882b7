//go:build !darwin

package agent

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/agent/crash"
	"github.com/tokenward/tokenward/agent/supervise"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

// A panic in a collector costs the facts of that one, and is told from then on.
func TestPanicInACollector(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	root := t.TempDir()
	a := opened(t, root, mac)
	mac.before = func(_ context.Context, c run.Command) {
		if c.Tool == run.Sysadminctl || c.Tool == run.Last {
			panic("the account lea")
		}
	}
	first := checked(t, a, wire.Scheduled)
	if first.Facts["accounts.directory"].Status != "observed" || first.Facts["accounts.logins"].Status != "failed" {
		t.Errorf("directory %+v, logins %+v", first.Facts["accounts.directory"], first.Facts["accounts.logins"])
	}
	mac.before = func(context.Context, run.Command) {}
	for _, again := range []*Agent{a, opened(t, root, mac)} { // also after a restart
		told := checked(t, again, wire.Scheduled)
		if len(told.Findings) != 1 || told.Findings[0].Code != "AG_PART_FAILED" || told.Verdict != first.Verdict {
			t.Fatalf("%s, findings %+v", told.Verdict, told.Findings)
		}
		if text := told.Findings[0].Summary; !strings.Contains(text, "collector last") || strings.Contains(text, "lea") {
			t.Errorf("it says %q", text)
		}
	}
	for _, r := range crash.In(a.paths.Crashes()).Records() {
		if r.Kind != crash.Panicked || r.What != "string" || len(r.Stack) == 0 || strings.Contains(strings.Join(r.Stack, " "), "lea ") {
			t.Errorf("a record: %+v", r)
		}
	}
	newer := opened(t, root, mac)
	newer.version.Version = "1.2.4"
	if told := checked(t, newer, wire.Scheduled); len(told.Findings) != 0 {
		t.Errorf("after an update: %+v", told.Findings)
	}
}

// A check that panics is one check without a report; the daemon goes on.
func TestPanicInACheck(t *testing.T) {
	t.Parallel()
	a := newAgent(t, t.TempDir(), healthy(t), "")
	a.rounds = nil // whatever goes wrong there
	stop := start(t, a)
	for range 3 {
		if status := ask(t, a, control.Client.CheckNow); status.Report != nil {
			t.Errorf("a report: %+v", status.Report)
		}
	}
	stop()
	records := crash.In(a.paths.Crashes()).Records()
	if len(records) != 1 || records[0].Part != "check" || !strings.Contains(records[0].What, "nil pointer") {
		t.Errorf("records %+v", records) // one, however often
	}
}

// Whatever a part failed of, the next start tells.
func TestEndIsNoted(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	a.noteEnd(errors.Join(&supervise.PartError{Part: "control", Err: errors.New("no")}, &supervise.StuckError{Parts: []string{"schedule", "watch"}, Within: time.Second}))
	a.noteEnd(nil)
	kinds := map[string]crash.Kind{}
	for _, r := range crash.In(a.paths.Crashes()).Records() {
		kinds[r.Part] = r.Kind
	}
	if len(kinds) != 3 || kinds["control"] != crash.Failed || kinds["schedule"] != crash.Stuck || kinds["watch"] != crash.Stuck {
		t.Errorf("%v", kinds)
	}
	told := checked(t, a, wire.Scheduled)
	if len(told.Findings) != 1 || !strings.Contains(told.Findings[0].Summary, "control, schedule, watch") {
		t.Errorf("findings %+v", told.Findings)
	}
}

// A tool that hangs does not hold up the end.
func TestEndDuringACheck(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	hangs := make(chan struct{}, 100)
	mac.before = func(ctx context.Context, _ run.Command) {
		hangs <- struct{}{}
		<-ctx.Done()
	}
	a := newAgent(t, t.TempDir(), mac, nowhere)
	stop := start(t, a)
	<-hangs
	stop()
}
