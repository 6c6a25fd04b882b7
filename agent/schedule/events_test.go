package schedule_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/schedule"
	"github.com/tokenward/tokenward/internal/wire"
)

// poke tells of an event at each of these times since the start.
func poke(t *testing.T, s *schedule.Schedule, c *checks, at ...time.Duration) {
	t.Helper()
	for _, when := range at {
		time.Sleep(when - time.Since(c.start))
		s.Poke(wire.Event)
	}
}

// upTo lists the times from one to another in steps, both included.
func upTo(from, to, step time.Duration) (times []time.Duration) {
	for ; from <= to; from += step {
		times = append(times, from)
	}
	return times
}

func TestEventsMakeOneCheck(t *testing.T) {
	t.Parallel()
	const start = 10 * time.Minute
	for _, tc := range []struct {
		name   string
		events []time.Duration
		want   time.Duration
	}{
		{"one", []time.Duration{start}, start + 5*time.Second},
		{"two at once", []time.Duration{start, start}, start + 5*time.Second},
		{"until nothing more happens", upTo(start, start+12*time.Second, 4*time.Second), start + 17*time.Second},
		{"ten thousand at once", slices.Repeat([]time.Duration{start}, 10_000), start + 5*time.Second},
		{"ten thousand in twenty seconds", upTo(start, start+20*time.Second, 2*time.Millisecond), start + 25*time.Second},
		{"that do not end", upTo(start, start+29*time.Second, time.Second), start + 30*time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
				poke(t, s, c, tc.events...)
				time.Sleep(10 * time.Minute)
				c.want(t, 0, tc.want)
				c.wantReasons(t, wire.Scheduled, wire.Event)
				if next := s.State().Next; next.Sub(c.start) != tc.want+time.Hour {
					t.Errorf("the next check is due after %s, want %s", next.Sub(c.start), tc.want+time.Hour)
				}
			})
		})
	}
}

func TestPokeTellsTheFirst(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, _ *checks) {
		for _, want := range []bool{true, false, false} {
			if got := s.Poke(wire.Event); got != want {
				t.Errorf("Poke = %t, want %t", got, want)
			}
		}
		time.Sleep(5 * time.Minute)
		if !s.Poke(wire.Event) {
			t.Error("Poke = false after a check")
		}
	})
}

// Whatever rains, the Mac is not kept busy: each rest is twice the one before.
func TestRainMakesRarerChecks(t *testing.T) {
	inBubble(t, 24*time.Hour, 0, 10*time.Second, func(t *testing.T, s *schedule.Schedule, c *checks) {
		poke(t, s, c, upTo(time.Minute, time.Hour, time.Second)...)
		began, _ := c.seen()
		var rests []time.Duration
		for i := 2; i < len(began); i++ {
			rests = append(rests, began[i]-began[i-1]-c.takes)
		}
		if want := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute}; !slices.Equal(rests, want) {
			t.Errorf("rests %v, want %v", rests, want)
		}
	})
}

// Rain with pauses is slowed down as well, as long as no pause is a long one.
func TestRainWithPauses(t *testing.T) {
	for _, tc := range []struct {
		pause time.Duration
		most  int // checks in the second of two hours
	}{
		{70 * time.Second, 5},
		{2*time.Minute + 6*time.Second, 5},
		{5 * time.Minute, 5},
		{10 * time.Minute, 5},
		{15*time.Minute + 30*time.Second, 5},
		{20 * time.Minute, 3},
	} {
		t.Run(tc.pause.String(), func(t *testing.T) {
			inBubble(t, 24*time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
				poke(t, s, c, upTo(time.Minute, 2*time.Hour, tc.pause)...)
				began, _ := c.seen()
				began = slices.DeleteFunc(began, func(at time.Duration) bool { return at < time.Hour })
				if len(began) > tc.most {
					t.Errorf("%d checks in an hour, want at most %d: %v", len(began), tc.most, began)
				}
			})
		})
	}
}

// Each quiet quarter of an hour makes the rest half as long, but never shorter
// than a minute.
func TestRestDecaysInQuiet(t *testing.T) {
	for _, tc := range []struct{ quiet, want time.Duration }{
		{15*time.Minute - time.Second, 15 * time.Minute},
		{15 * time.Minute, 7*time.Minute + 30*time.Second},
		{30*time.Minute - time.Second, 7*time.Minute + 30*time.Second},
		{30 * time.Minute, 3*time.Minute + 45*time.Second},
		{45 * time.Minute, 112*time.Second + 500*time.Millisecond},
		{time.Hour, time.Minute},
		{24 * 365 * time.Hour, time.Minute},
	} {
		t.Run(tc.quiet.String(), func(t *testing.T) {
			const never = 100 * 365 * 24 * time.Hour
			inBubble(t, never, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
				poke(t, s, c, upTo(time.Minute, time.Hour, time.Second)...)
				time.Sleep(20 * time.Minute)
				before, _ := c.seen()
				again := before[len(before)-1] + 15*time.Minute + tc.quiet
				poke(t, s, c, again, again+10*time.Second)
				time.Sleep(20 * time.Minute)
				c.want(t, append(before, again+5*time.Second, again+5*time.Second+tc.want)...)
			})
		})
	}
}

func TestRestIsShortAgainAfterQuiet(t *testing.T) {
	inBubble(t, 24*time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		poke(t, s, c, upTo(time.Minute, 4*time.Minute, time.Second)...)
		time.Sleep(2 * time.Hour)
		before, _ := c.seen()
		start := 3 * time.Hour
		poke(t, s, c, start, start+10*time.Second)
		time.Sleep(10 * time.Minute)
		c.want(t, append(before, start+5*time.Second, start+65*time.Second)...)
	})
}

func TestRequestDoesNotWaitForTheRest(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		poke(t, s, c, time.Minute, time.Minute+10*time.Second)
		time.Sleep(20 * time.Second)
		if err := s.Now(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		c.want(t, 0, 65*time.Second, 90*time.Second) // and it serves the event that waited
		c.wantReasons(t, wire.Scheduled, wire.Event, wire.Requested)
	})
}

func TestRequestsDoNotLengthenTheRest(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		poke(t, s, c, time.Minute)
		time.Sleep(10 * time.Second)
		for range 5 {
			if err := s.Now(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		before, _ := c.seen()
		start := 18 * time.Minute
		poke(t, s, c, start, start+10*time.Second)
		time.Sleep(10 * time.Minute)
		c.want(t, append(before, start+5*time.Second, start+65*time.Second)...)
	})
}

// The rest is of the check that events caused: one that was asked for in it does
// not make it begin again.
func TestRequestDoesNotPutOffTheEndOfTheRest(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		poke(t, s, c, time.Minute)
		time.Sleep(30 * time.Second)
		if err := s.Now(t.Context()); err != nil {
			t.Fatal(err)
		}
		poke(t, s, c, 100*time.Second)
		time.Sleep(10 * time.Minute)
		c.want(t, 0, 65*time.Second, 90*time.Second, 125*time.Second)
	})
}

// What has just begun may end after a check has asked about it.
func TestEventThatHasNotSettledGetsItsOwnCheck(t *testing.T) {
	for _, tc := range []struct {
		name  string
		event time.Duration
		want  []time.Duration
		why   []wire.Trigger
	}{
		{"long before a check", 30 * time.Minute, []time.Duration{0, 30*time.Minute + 5*time.Second}, []wire.Trigger{wire.Scheduled, wire.Event}},
		{"just before a check", time.Hour - time.Second, []time.Duration{0, time.Hour, time.Hour + time.Minute}, []wire.Trigger{wire.Scheduled, wire.Scheduled, wire.Event}},
		{"during a check", time.Hour + 30*time.Second, []time.Duration{0, time.Hour, time.Hour + time.Minute}, []wire.Trigger{wire.Scheduled, wire.Scheduled, wire.Event}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, 59*time.Minute, 0, time.Minute, func(t *testing.T, s *schedule.Schedule, c *checks) {
				poke(t, s, c, tc.event)
				time.Sleep(85*time.Minute - tc.event)
				c.want(t, tc.want...)
				c.wantReasons(t, tc.why...)
			})
		})
	}
}

// asleep lets the Mac have slept so long in all: the clock on the wall has gone
// on, and one other, but no timer has.
func asleep(s *schedule.Schedule, c *checks, slept time.Duration) {
	s.SetClocks(func() time.Time { return time.Now().Round(0).Add(slept) },
		func() (time.Duration, error) { return time.Since(c.start) + slept, nil })
}

func TestCheckThatWasDueInSleep(t *testing.T) {
	for _, tc := range []struct {
		name  string
		slept time.Duration
		why   wire.Trigger
	}{
		{"was due", 41 * time.Minute, wire.Scheduled},
		{"is due at this moment", 40 * time.Minute, wire.Scheduled},
		{"was not due", 39 * time.Minute, wire.Event},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
				time.Sleep(20 * time.Minute)
				asleep(s, c, tc.slept)
				poke(t, s, c, 20*time.Minute)
				time.Sleep(30 * time.Minute)
				c.want(t, 0, 20*time.Minute+5*time.Second)
				c.wantReasons(t, wire.Scheduled, tc.why)
			})
		})
	}
}

func TestCheckThatWasDueInSleepDoesNotWaitForTheRest(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		poke(t, s, c, time.Minute, time.Minute+7*time.Second) // the second would wait until 2m5s
		time.Sleep(3 * time.Second)
		asleep(s, c, 2*time.Hour)
		s.Poke(wire.Event)
		time.Sleep(10 * time.Minute)
		c.want(t, 0, 65*time.Second, 75*time.Second)
		c.wantReasons(t, wire.Scheduled, wire.Event, wire.Scheduled)
	})
}

// Nor does it when a server wishes for a longer interval meanwhile: what was due is
// not put off again.
func TestCheckThatWasDueInSleepIsNotPutOff(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		poke(t, s, c, time.Minute, time.Minute+7*time.Second) // the second would wait until 2m5s
		time.Sleep(3 * time.Second)
		asleep(s, c, 2*time.Hour)
		s.Poke(wire.Event)
		s.Every(24 * time.Hour)
		time.Sleep(time.Second)
		s.Poke(wire.Event)
		time.Sleep(10 * time.Minute)
		c.want(t, 0, 65*time.Second, 76*time.Second)
		c.wantReasons(t, wire.Scheduled, wire.Event, wire.Scheduled)
	})
}

func TestEventBeforeTheFirstCheck(t *testing.T) {
	t.Parallel()
	s := schedule.New(schedule.Rules{Every: time.Hour}, nil)
	if !s.Poke(wire.Event) {
		t.Error("Poke = false")
	}
	if state := s.State(); !state.Next.IsZero() || state.Running {
		t.Errorf("State = %+v", state)
	}
}
