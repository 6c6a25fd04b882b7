package schedule_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tokenward/tokenward/agent/schedule"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// checks is what a schedule calls. It notes when each check began and why.
type checks struct {
	takes time.Duration

	mu      sync.Mutex
	began   []time.Duration // since the start
	reasons []wire.Trigger
	start   time.Time
	running int
	overlap bool
}

func (c *checks) check(ctx context.Context, reason wire.Trigger) {
	c.mu.Lock()
	c.began, c.reasons = append(c.began, time.Since(c.start)), append(c.reasons, reason)
	c.running++
	c.overlap = c.overlap || c.running > 1
	c.mu.Unlock()
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
	}
	c.mu.Lock()
	c.running--
	c.mu.Unlock()
}

// seen returns when each check began and why, all that are due now included.
func (c *checks) seen() ([]time.Duration, []wire.Trigger) {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.began), slices.Clone(c.reasons)
}

func (c *checks) want(t *testing.T, want ...time.Duration) {
	t.Helper()
	if began, _ := c.seen(); !slices.Equal(began, want) {
		t.Errorf("checks began at %v, want %v", began, want)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.overlap {
		t.Error("two checks ran at the same time")
	}
}

func (c *checks) wantReasons(t *testing.T, want ...wire.Trigger) {
	t.Helper()
	if _, reasons := c.seen(); !slices.Equal(reasons, want) {
		t.Errorf("reasons %v, want %v", reasons, want)
	}
}

// inBubble runs a schedule of checks that take that long. The schedule ends
// with the test, and must then end at once.
func inBubble(t *testing.T, every, splay, takes time.Duration, test func(*testing.T, *schedule.Schedule, *checks)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &checks{takes: takes, start: time.Now()}
		s := schedule.New(schedule.Rules{Every: every, Splay: splay}, c.check)
		asleep(s, c, 0)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { s.Run(ctx); close(ended) }()
		synctest.Wait()
		test(t, s, c)
		cancel()
		synctest.Wait()
		select {
		case <-ended:
		default:
			t.Error("Run goes on although its context ended")
		}
	})
}

func TestChecksAtOnceAndThenEveryInterval(t *testing.T) {
	inBubble(t, time.Hour, 0, time.Minute, func(t *testing.T, s *schedule.Schedule, c *checks) {
		if !s.State().Running {
			t.Error("no check is running at the start")
		}
		time.Sleep(2*time.Hour + 30*time.Minute)
		c.want(t, 0, 61*time.Minute, 122*time.Minute)
		if state := s.State(); state.Running || state.Next.Sub(c.start) != 183*time.Minute || state.Every != time.Hour || state.Stretched != "" {
			t.Errorf("State = %+v, want 183m after the start", state)
		}
		c.wantReasons(t, wire.Scheduled, wire.Scheduled, wire.Scheduled)
	})
}

func TestNowWhileNothingRuns(t *testing.T) {
	inBubble(t, time.Hour, 0, time.Minute, func(t *testing.T, s *schedule.Schedule, c *checks) {
		time.Sleep(30 * time.Minute)
		if err := s.Now(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(c.start); took != 31*time.Minute {
			t.Errorf("Now returned at %s, want the end of its check", took)
		}
		time.Sleep(2 * time.Hour)
		c.want(t, 0, 30*time.Minute, 91*time.Minute) // the interval counts from its end
		c.wantReasons(t, wire.Scheduled, wire.Requested, wire.Scheduled)
	})
}

// A check that is under way may have asked its questions before whatever the
// caller wants to see.
func TestNowDuringACheckWaitsForTheNextOne(t *testing.T) {
	inBubble(t, time.Hour, 0, time.Minute, func(t *testing.T, s *schedule.Schedule, c *checks) {
		time.Sleep(30 * time.Second)
		if err := s.Now(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(c.start); took != 2*time.Minute {
			t.Errorf("Now returned at %s, want the end of the second check", took)
		}
		time.Sleep(30 * time.Minute)
		c.want(t, 0, time.Minute)
	})
}

func TestManyRequestsMakeOneCheck(t *testing.T) {
	inBubble(t, time.Hour, 0, time.Minute, func(t *testing.T, s *schedule.Schedule, c *checks) {
		var served sync.WaitGroup
		var failed atomic.Int64
		for range 100 {
			served.Go(func() {
				if s.Now(t.Context()) != nil {
					failed.Add(1)
				}
			})
		}
		served.Wait()
		if failed.Load() > 0 {
			t.Errorf("%d requests failed", failed.Load())
		}
		time.Sleep(30 * time.Minute)
		c.want(t, 0, time.Minute)
	})
}

func TestRequestThatMeetsADueCheckIsServedByIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &checks{takes: time.Minute, start: time.Now()}
		s := schedule.New(schedule.Rules{Every: time.Hour}, c.check)
		asked := make(chan error, 1)
		go func() { asked <- s.Now(t.Context()) }()
		synctest.Wait() // asked before the first check, which is due as well
		ctx, cancel := context.WithCancel(t.Context())
		var run sync.WaitGroup
		run.Go(func() { s.Run(ctx) })
		if err := <-asked; err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Minute)
		c.want(t, 0)
		c.wantReasons(t, wire.Requested)
		cancel()
		run.Wait()
	})
}

func TestNowEndsWithItsContext(t *testing.T) {
	inBubble(t, time.Hour, 0, time.Minute, func(t *testing.T, s *schedule.Schedule, c *checks) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Now(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Now = %v", err)
		}
		if took := time.Since(c.start); took != time.Second {
			t.Errorf("Now returned after %s", took)
		}
		time.Sleep(30 * time.Minute)
		c.want(t, 0, time.Minute) // the request stands
	})
}

func TestNothingIsCheckedAfterTheEnd(t *testing.T) {
	t.Parallel()
	for range 50 { // a finished context may meet a request that waits
		synctest.Test(t, func(t *testing.T) {
			c := &checks{takes: time.Minute, start: time.Now()}
			s := schedule.New(schedule.Rules{Every: time.Hour}, c.check)
			ctx, cancel := context.WithCancel(t.Context())
			var parts sync.WaitGroup
			parts.Go(func() { s.Run(ctx) })
			synctest.Wait()
			parts.Go(func() { _ = s.Now(ctx) })
			synctest.Wait()
			cancel()
			parts.Wait()
			c.want(t, 0)
		})
	}
}
