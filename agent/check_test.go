//go:build !darwin

package agent

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestFirstReportTellsEverything(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	r := checked(t, opened(t, t.TempDir(), mac), wire.Scheduled)
	wantReport(t, r, wire.Snapshot, wire.Scheduled)
	if len(r.Facts) == 0 || len(r.Accounts) == 0 || r.Bootstrap == nil || r.StateHash == "" {
		t.Errorf("%d facts, %d accounts, bootstrap %v, hash %q", len(r.Facts), len(r.Accounts), r.Bootstrap, r.StateHash)
	}
	if r.Seq != 1 || r.Dropped == nil || r.Dropped.Reports != 0 || uuid.Validate(r.Epoch) != nil {
		t.Errorf("number %d of epoch %q, dropped %v", r.Seq, r.Epoch, r.Dropped)
	}
	if id, err := uuid.Parse(r.ReportID); err != nil || id.Version() != 7 {
		t.Errorf("report ID %q, %v", r.ReportID, err)
	}
	if r.Device.Serial != mac.sim.Serial || r.Device.Name != "Test Mac" || r.Device.Labels[0].Key != "Team.Name" || r.Agent.Version != "1.2.3" {
		t.Errorf("device %+v, agent %+v", r.Device, r.Agent)
	}
}

func TestUnchangedMacSendsHeartbeats(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	mac.escrow(false) // with a finding, which a heartbeat leaves out
	a := opened(t, t.TempDir(), mac)
	full := checked(t, a, wire.Scheduled)
	for _, reason := range []wire.Trigger{wire.Scheduled, wire.Requested} {
		r := checked(t, a, reason)
		wantReport(t, r, wire.Heartbeat, reason)
		if r.StateHash != full.StateHash || r.Verdict != full.Verdict || r.Device.Serial != full.Device.Serial {
			t.Errorf("the heartbeat says %q, %v, %q; the report before it %q, %v, %q", r.StateHash, r.Verdict, r.Device.Serial, full.StateHash, full.Verdict, full.Device.Serial)
		}
	}
	batch, err := a.out().spool.Next(3, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range batch[1:] {
		if n := zippedSize(t, q.Data); n > 600 {
			t.Errorf("a heartbeat of %d bytes: %s", n, q.Data)
		}
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(q.Data, &keys); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"facts", "accounts", "findings", "forecasts", "bootstrap"} {
			if value, ok := keys[key]; ok {
				t.Errorf("a heartbeat with %s: %s", key, value)
			}
		}
	}
}

func zippedSize(t *testing.T, data []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

func TestChangeIsToldInFull(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	a := opened(t, t.TempDir(), mac)
	first := checked(t, a, wire.Scheduled)
	mac.escrow(false)
	changed := checked(t, a, wire.Scheduled)
	wantReport(t, changed, wire.Snapshot, wire.Changed)
	if changed.StateHash == first.StateHash || len(changed.Findings) == 0 {
		t.Errorf("hash %q after %q, %d findings", changed.StateHash, first.StateHash, len(changed.Findings))
	}
	wantReport(t, checked(t, a, wire.Scheduled), wire.Heartbeat, wire.Scheduled)
	mac.escrow(true)
	wantReport(t, checked(t, a, wire.Requested), wire.Snapshot, wire.Requested)
}

func TestServerMayAskForEverything(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	checked(t, a, wire.Scheduled)
	a.wish(wire.Next{SendFull: true})
	a.wish(wire.Next{}) // a later answer takes nothing back
	undo := blocked(t, a)
	a.check(t.Context(), wire.Scheduled) // cannot be stored, so the wish stands
	undo()
	if !a.sendFull {
		t.Error("the wish is forgotten")
	}
	// That it could not be stored is news of its own.
	told := checked(t, a, wire.Scheduled)
	wantReport(t, told, wire.Snapshot, wire.Changed)
	if len(told.Findings) != 1 || told.Findings[0].Code != "AG_STATE_UNWRITABLE" {
		t.Errorf("findings %+v", told.Findings)
	}
	wantReport(t, checked(t, a, wire.Scheduled), wire.Heartbeat, wire.Scheduled)
}

// blocked puts a file in the place of the spool, and returns what undoes it.
func blocked(t *testing.T, a *Agent) (undo func()) {
	t.Helper()
	dir := a.paths.Spool()
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "", 0o600)
	return func() {
		t.Helper()
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(dir+".away", dir); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEverythingIsToldOnceADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := opened(t, t.TempDir(), healthy(t))
		a.mac.Net = healthy(t) // or what a login brings is known for minutes only
		checked(t, a, wire.Scheduled)
		time.Sleep(24*time.Hour - 1)
		wantReport(t, checked(t, a, wire.Scheduled), wire.Heartbeat, wire.Scheduled)
		time.Sleep(time.Nanosecond)
		wantReport(t, checked(t, a, wire.Scheduled), wire.Snapshot, wire.Daily)
		wantReport(t, checked(t, a, wire.Scheduled), wire.Heartbeat, wire.Scheduled)
	})
}

func TestFindingKeepsItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(30 * 365 * 24 * time.Hour) // a test's clock begins where no Mac's may be
		mac, root := healthy(t), t.TempDir()
		mac.escrow(false)
		a := opened(t, root, mac)
		began := time.Now()
		wantSince(t, checked(t, a, wire.Scheduled), began)
		time.Sleep(time.Hour)
		a = opened(t, root, mac) // a restart
		wantSince(t, checked(t, a, wire.Scheduled), began)
		mac.escrow(true)
		if r := checked(t, a, wire.Scheduled); len(r.Findings) != 0 {
			t.Errorf("findings of a healthy Mac: %+v", r.Findings)
		}
		time.Sleep(time.Hour)
		mac.escrow(false)
		wantSince(t, checked(t, opened(t, root, mac), wire.Scheduled), time.Now())
	})
}

func wantSince(t *testing.T, r wire.Report, want time.Time) {
	t.Helper()
	if len(r.Findings) == 0 {
		t.Error("no findings")
	}
	for _, f := range r.Findings {
		if !f.Since.Equal(want) {
			t.Errorf("%s since %s, want %s", f.Code, f.Since, want)
		}
	}
}

// What was not asked any more because the daemon was stopped was not missing on
// the Mac.
func TestCancelledCheckIsNotReported(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	a := opened(t, t.TempDir(), mac)
	ctx, cancel := context.WithCancel(t.Context())
	mac.before = func(context.Context, run.Command) { cancel() }
	a.check(ctx, wire.Scheduled)
	if n := len(spooled(t, a)); n != 0 || a.Status().Report != nil {
		t.Errorf("%d reports of a cancelled check; shown: %v", n, a.Status().Report)
	}
	if _, err := os.Lstat(a.paths.Ledger()); !os.IsNotExist(err) {
		t.Errorf("a cancelled check left its findings: %v", err)
	}
}

func TestCheckHasALimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mac := healthy(t)
		a := opened(t, t.TempDir(), mac)
		mac.before = func(ctx context.Context, c run.Command) {
			if c.Tool == run.Diskutil {
				<-ctx.Done()
			}
		}
		began := time.Now()
		checked(t, a, wire.Scheduled)
		if took := time.Since(began); took != a.configured().CheckLimit {
			t.Errorf("the check took %s, want %s", took, a.configured().CheckLimit)
		}
	})
}

func TestSlowQuestionIsAskedOnceADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mac := healthy(t)
		a := opened(t, t.TempDir(), mac)
		a.mac.Net = mac // or what a login brings is known for minutes only
		first := checked(t, a, wire.Scheduled)
		time.Sleep(time.Hour)
		if r := checked(t, a, wire.Scheduled); r.Kind != wire.Heartbeat || r.StateHash != first.StateHash {
			t.Errorf("its answer is forgotten: a %s, %q after %q", r.Kind, r.StateHash, first.StateHash)
		}
		mac.fail(run.Profiles, true) // so the server is unknown, and not another one
		wantPreflight(t, checked(t, a, wire.Scheduled), "observed")
		mac.fail(run.Profiles, false)
		wantPreflight(t, checked(t, a, wire.Scheduled), "observed")
		if n := mac.asked(); n != 1 {
			t.Errorf("asked %d times within a day", n)
		}
		time.Sleep(23 * time.Hour)
		checked(t, a, wire.Scheduled)
		if n := mac.asked(); n != 2 {
			t.Errorf("asked %d times after a day", n)
		}
	})
}

// What the answer depends on has changed, so it is asked for at once and does
// not overrule what is known now.
func TestChangeMakesTheSlowAnswerWorthless(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*state.Mac)
	}{
		{"another server", func(m *state.Mac) { m.Enrollment.Server = "https://other.example.com/mdm" }},
		{"not enrolled any more", func(m *state.Mac) { m.Enrollment = state.Enrollment{MDM: state.NotEnrolled} }},
		{"not escrowed any more", func(m *state.Mac) { m.Bootstrap.Escrowed = false }},
		{"not supported any more", func(m *state.Mac) { m.Enrollment.Capability = state.NoCapability }},
		{"no user for the token", func(m *state.Mac) { m.Bootstrap.Local = 0 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			mac := healthy(t)
			a := opened(t, t.TempDir(), mac)
			wantAnswer(t, a, wire.Scheduled, "success")
			mac.change(func(m *state.Mac) { tc.change(m); m.EACSPreflight = "another answer" })
			wantAnswer(t, a, wire.Scheduled, "another answer")
			checked(t, a, wire.Scheduled)
			if n := mac.asked(); n != 2 {
				t.Errorf("asked %d times, want 2", n)
			}
		})
	}
}

// Nothing else that the agent sees changes, but whoever asks wants to know.
func TestRequestAsksTheSlowQuestion(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	a := opened(t, t.TempDir(), mac)
	checked(t, a, wire.Scheduled)
	mac.change(func(m *state.Mac) { m.EACSPreflight = "another answer" })
	wantAnswer(t, a, wire.Scheduled, "success")
	wantAnswer(t, a, wire.Requested, "another answer")
}

func TestSlowToolThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mac := healthy(t)
		a := opened(t, t.TempDir(), mac)
		checked(t, a, wire.Scheduled)
		mac.fail(run.Mdmclient, true)
		time.Sleep(24 * time.Hour)
		for range 8 { // every quarter of an hour
			wantAnswer(t, a, wire.Scheduled, "success")
			time.Sleep(15 * time.Minute)
		}
		if n := mac.asked(); n != 3 {
			t.Errorf("asked %d times, want once, and twice in two hours in which it failed", n)
		}
		time.Sleep(22 * time.Hour) // two days after the answer it is no longer worth anything
		wantPreflight(t, checked(t, a, wire.Scheduled), "failed")
		mac.fail(run.Mdmclient, false)
		time.Sleep(time.Hour)
		wantAnswer(t, a, wire.Scheduled, "success")
	})
}

// A tool that hangs is not asked at once although something has changed, and
// whoever asked is told that it hangs rather than what it once said.
func TestSlowToolThatHangsAndAChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mac := healthy(t)
		a := opened(t, t.TempDir(), mac)
		checked(t, a, wire.Scheduled)
		mac.fail(run.Mdmclient, true)
		wantPreflight(t, checked(t, a, wire.Requested), "failed")
		mac.escrow(false)
		wantPreflight(t, checked(t, a, wire.Scheduled), "failed")
		mac.fail(run.Mdmclient, false)
		time.Sleep(time.Hour)
		wantAnswer(t, a, wire.Scheduled, "success")
	})
}

// The profiles tool may fail while something changes; that hides no change.
func TestChangeBehindAFailure(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	a := opened(t, t.TempDir(), mac)
	mac.fail(run.Profiles, true)
	checked(t, a, wire.Scheduled) // the answer is had without the facts behind it
	mac.fail(run.Profiles, false)
	checked(t, a, wire.Scheduled)
	mac.fail(run.Profiles, true)
	mac.escrow(false)
	checked(t, a, wire.Scheduled)
	if n := mac.asked(); n != 1 {
		t.Errorf("asked %d times although no change was seen", n)
	}
	mac.fail(run.Profiles, false)
	checked(t, a, wire.Scheduled)
	if n := mac.asked(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

// A Mac that sleeps stops its monotonic clock, so no time that is kept has one.
func TestTimesAreOfTheWallClock(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	checked(t, a, wire.Scheduled)
	if at := a.lastFull.at; at.IsZero() || at != at.Round(0) { // Equal does not see that part
		t.Errorf("the last full report at %v", at)
	}
}

// wantAnswer checks, and looks at everything that is known then: a heartbeat
// would not tell.
func wantAnswer(t *testing.T, a *Agent, reason wire.Trigger, want string) {
	t.Helper()
	checked(t, a, reason)
	if got := a.Status().Report.Facts["mdm.eacs_preflight"].Value; got != want {
		t.Errorf("the preflight is %v, want %q", got, want)
	}
}

func wantPreflight(t *testing.T, r wire.Report, status string) {
	t.Helper()
	if got := r.Facts["mdm.eacs_preflight"].Status; got != status {
		t.Errorf("the preflight is %q, want %q", got, status)
	}
}
