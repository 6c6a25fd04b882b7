package collectors_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

func TestTakeIsDeterministic(t *testing.T) {
	t.Parallel()
	for _, scenario := range macsim.Scenarios() {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			mac := simulated(load(t, scenario))
			first := take(t, mac)
			if !first.TakenAt.Equal(now) {
				t.Errorf("taken at %v", first.TakenAt)
			}
			for range 5 {
				checkSame(t, take(t, mac), first)
			}
		})
	}
}

// Asking nobody leaves everything unknown.
func TestTakeWithoutCollectors(t *testing.T) {
	t.Parallel()
	got := collectors.Take(t.Context(), collectors.Mac{Run: simulated(load(t, "healthy"))}, now, nil)
	checkSame(t, got, evidence.Snapshot{TakenAt: now, TokenStatus: map[string]evidence.Obs[evidence.TokenStatus]{}})
}

// Take starts as many tools at a time as its runner lets it, and waits for no
// tool without need: with a second for each tool, a check takes as many seconds
// as there are rounds.
func TestTakeKeepsToTheLimitOfItsRunner(t *testing.T) {
	t.Parallel()
	disputed := crowd(t, 20, func(_ int, a *state.Account) { a.Token.CryptoUser = false })
	for _, tc := range []struct {
		atATime int
		took    time.Duration
	}{
		{1, 20 * time.Second},
		{4, (3 + 2) * time.Second},
		{100, (1 + 1) * time.Second},
	} {
		t.Run(fmt.Sprintf("%d at a time", tc.atATime), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var running, most atomic.Int32
				inner := simulated(disputed)
				slow := answers(func(ctx context.Context, c run.Command) (run.Result, error) {
					n := running.Add(1)
					defer running.Add(-1)
					for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
					}
					time.Sleep(time.Second)
					return inner.Run(ctx, c)
				})
				began := time.Now()
				s := take(t, run.NewLimited(slow, tc.atATime))
				if took := time.Since(began); took != tc.took {
					t.Errorf("it took %v, want %v", took, tc.took)
				}
				if want := min(tc.atATime, mostRegular); int(most.Load()) != want {
					t.Errorf("%d at a time, want %d", most.Load(), want)
				}
				if len(s.TokenStatus) != mostQuestions || s.Directory.State != evidence.Observed {
					t.Errorf("%d answers, the directory is %s", len(s.TokenStatus), s.Directory.State)
				}
			})
		})
	}
}

// hanging answers nothing before its context ends, and then as the real runner
// does: a deadline is the tool's fault, an order to stop is not.
func hanging(ctx context.Context, c run.Command) (run.Result, error) {
	started := time.Now()
	<-ctx.Done()
	err := context.Cause(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = run.ErrTimeout
	}
	return run.Result{Exit: -1, Started: started}, fmt.Errorf("run %s: %w", c, err)
}

func TestTakeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		runs  func() run.Runner
		end   func(context.Context) (context.Context, context.CancelFunc)
		want  evidence.Meta
		since time.Duration
	}{
		{
			"at its deadline", func() run.Runner { return answers(hanging) }, deadline,
			evidence.Meta{State: evidence.Failed, Reason: evidence.Timeout},
			30 * time.Second,
		},
		{
			"at its deadline, tools that still wait for others as well", func() run.Runner { return run.NewLimited(answers(hanging), 4) }, deadline,
			evidence.Meta{State: evidence.Failed, Reason: evidence.Timeout},
			30 * time.Second,
		},
		{
			"told to stop", func() run.Runner { return run.NewLimited(answers(hanging), 4) }, cancelled,
			evidence.Meta{State: evidence.NotObserved},
			7 * time.Second,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				ctx, cancel := tc.end(t.Context())
				defer cancel()
				s := collectors.Take(ctx, collectors.Mac{Run: tc.runs(), Privileged: true}, now, collectors.All())
				if took := time.Since(began); took != tc.since {
					t.Errorf("it ended after %v, want %v", took, tc.since)
				}
				checkAll(t, s, tc.want)
			})
		})
	}
}

func deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, 30*time.Second)
}

func cancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	time.AfterFunc(7*time.Second, cancel)
	return ctx, cancel
}

// checkAll wants every fact that was asked for to have ended in this way.
func checkAll(t *testing.T, s evidence.Snapshot, want evidence.Meta) {
	t.Helper()
	for _, f := range s.Facts() {
		if f.Name == evidence.TokenStatusFact {
			continue // nobody is asked about where no account is known
		}
		if f.Meta.State != want.State || f.Meta.Reason != want.Reason || f.Meta.From == "" || f.Value != nil {
			t.Errorf("%s = %v, %+v", f.Name, f.Value, f.Meta)
		}
	}
	if len(s.TokenStatus) != 0 {
		t.Errorf("answers of sysadminctl: %v", s.TokenStatus)
	}
}

// The questions to sysadminctl come last. Where time runs out during them, what
// was answered before stays.
func TestTimeRunsOutDuringTheQuestions(t *testing.T) {
	t.Parallel()
	mac := load(t, "migrated-twice")
	synctest.Test(t, func(t *testing.T) {
		quick := simulated(mac)
		r := answers(func(ctx context.Context, c run.Command) (run.Result, error) {
			if c.Tool == run.Sysadminctl {
				return hanging(ctx, c)
			}
			return quick.Run(ctx, c)
		})
		ctx, cancel := deadline(t.Context())
		defer cancel()
		s := collectors.Take(ctx, collectors.Mac{Run: r, Privileged: true}, now, collectors.All())
		for _, f := range s.Facts() {
			if f.Name != evidence.TokenStatusFact && f.Meta.State != evidence.Observed && f.Meta.State != evidence.Absent {
				t.Errorf("%s = %+v", f.Name, f.Meta)
			}
		}
		for _, name := range []string{"aferrari", "oldadmin"} {
			if o := s.TokenStatus[name]; o.State != evidence.Failed || o.Reason != evidence.Timeout {
				t.Errorf("%s: %+v", name, o)
			}
		}
	})
}
