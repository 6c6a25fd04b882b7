package collectors_test

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
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

// Take starts four tools at a time and waits for none without need: with a second
// for each tool, a check takes as many seconds as there are fours, and one for
// each of the steps in which one answer waits for others.
func TestTakeStartsFourToolsAtATime(t *testing.T) {
	t.Parallel()
	disputed := crowd(t, 20, func(_ int, a *state.Account) { a.Token.CryptoUser = false })
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
		s := take(t, slow)
		if took := time.Since(began); took != (6+2+1)*time.Second { // 23 that depend on nothing, 5 that do, 3 questions
			t.Errorf("it took %v", took)
		}
		if most.Load() != 4 {
			t.Errorf("%d at a time", most.Load())
		}
		if len(s.TokenStatus) != atOnce || s.Directory.State != evidence.Observed {
			t.Errorf("%d answers, the directory is %s", len(s.TokenStatus), s.Directory.State)
		}
	})
}

// One tool that hangs costs nobody else an answer: the others are there long
// before its end.
func TestOneToolThatHangs(t *testing.T) {
	t.Parallel()
	for _, tool := range run.Tools() {
		t.Run(tool.Path(), func(t *testing.T) {
			t.Parallel()
			mac := load(t, "healthy")
			synctest.Test(t, func(t *testing.T) {
				quick := simulated(mac)
				r := answers(func(ctx context.Context, c run.Command) (run.Result, error) {
					if c.Tool == tool {
						limited, cancel := context.WithTimeout(ctx, c.Tool.Limit())
						defer cancel()
						return hanging(limited, c)
					}
					return quick.Run(ctx, c)
				})
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				s := collectors.Take(ctx, collectors.Mac{Run: r, Privileged: true}, now, collectors.All())
				name := path.Base(tool.Path())
				for _, f := range s.Facts() {
					mine := strings.HasPrefix(string(f.Meta.From), name)
					if timedOut := f.Meta.Reason == evidence.Timeout; timedOut != mine && f.Meta.State != evidence.Unsupported && f.Meta.At != (time.Time{}) {
						t.Errorf("%s from %s: %s %s", f.Name, f.Meta.From, f.Meta.State, f.Meta.Reason)
					}
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
			"told to stop", func() run.Runner { return answers(hanging) }, cancelled,
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
		if f.Name == evidence.TokenStatusFact || f.Meta.At.IsZero() {
			continue // not asked, because of what was not told
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
			if f.Name != evidence.TokenStatusFact && !f.Meta.At.IsZero() && f.Meta.State != evidence.Observed && f.Meta.State != evidence.Absent {
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
