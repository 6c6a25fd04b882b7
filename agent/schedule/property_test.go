package schedule_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/agent/schedule"
	"github.com/tokenward/tokenward/internal/wire"
)

// A deed is one thing that happens to a Mac in its life, after some time awake.
type deed struct {
	after time.Duration
	kind  int
	by    time.Duration
	n     int
}

// The deeds.
const (
	sleeps = iota // and wakes up, which the watch notices
	clockIsSet
	somethingHappens // n times, by apart
	isAsked
	serverWishes
	rulesChange
	powerChanges
	kinds
)

func (d deed) String() string {
	return fmt.Sprintf("after %s: %s by %s, n %d", d.after, []string{"sleeps", "clock", "events", "asked", "wish", "rules", "power"}[d.kind], d.by, d.n)
}

func deeds() *rapid.Generator[deed] {
	hours := func(most int64) *rapid.Generator[time.Duration] {
		return rapid.Map(rapid.OneOf(rapid.Int64Range(0, 60), rapid.Int64Range(0, most*3600)), func(s int64) time.Duration { return time.Duration(s) * time.Second })
	}
	return rapid.Custom(func(t *rapid.T) deed {
		d := deed{after: hours(12).Draw(t, "after"), kind: rapid.IntRange(0, kinds-1).Draw(t, "kind"), n: rapid.IntRange(-1, 1000).Draw(t, "n")}
		switch d.kind {
		case sleeps:
			d.by = hours(24*30).Draw(t, "by")
		case clockIsSet:
			d.by = hours(24*3650).Draw(t, "by") * time.Duration(rapid.SampledFrom([]int64{-1, 1}).Draw(t, "direction"))
		case somethingHappens:
			d.by = hours(1).Draw(t, "by") / 10
		case serverWishes:
			d.n = rapid.IntRange(-10, 200_000).Draw(t, "seconds")
		default:
		}
		return d
	})
}

// A night is a sleep: when it was by the clock that stands still in it, and how
// long the Mac had slept then in all.
type night struct{ at, slept time.Duration }

// life is a Mac to which deeds happen.
type life struct {
	*checks

	s      *schedule.Schedule
	rules  schedule.Rules
	slept  time.Duration
	nights []night
	off    time.Duration // the clock on the wall
	asks   atomic.Int64
	served atomic.Int64
}

func (l *life) setClocks() {
	slept, off := l.slept, l.off
	l.s.SetClocks(func() time.Time { return time.Now().Round(0).Add(slept + off) },
		func() (time.Duration, error) { return time.Since(l.start) + slept, nil })
}

func (l *life) do(ctx context.Context, d deed) {
	time.Sleep(d.after)
	switch d.kind {
	case sleeps:
		l.slept += d.by
		l.nights = append(l.nights, night{time.Since(l.start), l.slept})
		l.setClocks()
		l.s.Poke(wire.Event)
	case clockIsSet:
		l.off += d.by
		l.setClocks()
	case somethingHappens:
		for range min(d.n, 50) {
			l.s.Poke(wire.Event)
			time.Sleep(d.by)
		}
	case isAsked:
		l.asks.Add(1)
		go func() {
			if l.s.Now(ctx) == nil {
				l.served.Add(1)
			}
		}()
	case serverWishes:
		l.s.Every(schedule.Interval(l.rules.Every, d.n))
	case rulesChange:
		l.rules.Every = least + time.Duration(1+d.n)*time.Second
		l.rules.BatteryFactor = d.n % 7
		l.s.Follow(l.rules)
	case powerChanges:
		l.s.Power(schedule.Power{Battery: d.n%2 == 0, Percent: d.n % 101})
	}
}

// broken says what of a life was not as promised; empty if nothing.
func (l *life) broken(awake time.Duration) string {
	began, reasons := l.seen()
	if l.overlap {
		return "two checks ran at the same time"
	}
	if l.asks.Load() != l.served.Load() {
		return fmt.Sprintf("%d requests, %d served", l.asks.Load(), l.served.Load())
	}
	const most = 24*time.Hour + time.Hour + 2*time.Minute // the longest interval, the splay, a check
	for i, at := range slices.Concat(began[1:], []time.Duration{awake}) {
		if at-began[i] > most {
			return fmt.Sprintf("nothing was checked between %s and %s", began[i], at)
		}
	}
	for i := 1; i < len(began); i++ {
		if pause := l.ever(began[i]) - l.ever(began[i-1]+l.takes-1) - 1; reasons[i] == wire.Scheduled && pause < least {
			return fmt.Sprintf("a scheduled check began %s after another check, at %s", pause, began[i])
		}
	}
	return tooMany(began, reasons)
}

// least is the shortest interval of a life.
const least = 59 * time.Second

// ever is how much time had passed then, with that in sleep.
func (l *life) ever(at time.Duration) time.Duration {
	for _, n := range slices.Backward(l.nights) {
		if n.at <= at {
			return at + n.slept
		}
	}
	return at
}

// tooMany says when events alone caused more checks in an hour than decision 0011
// allows: eight, and one for where the hour begins.
func tooMany(began []time.Duration, reasons []wire.Trigger) string {
	var caused []time.Duration
	for i, reason := range reasons {
		if reason == wire.Event {
			caused = append(caused, began[i])
		}
	}
	for i := range caused {
		if i >= 9 && caused[i]-caused[i-9] < time.Hour {
			return fmt.Sprintf("events caused ten checks in an hour: %v", caused[i-9:i+1])
		}
	}
	return ""
}

func (l *life) live(t *testing.T, all []deed) (problem string) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	l.setClocks()
	go func() { l.s.Run(ctx); close(ended) }()
	for _, d := range all {
		l.do(ctx, d)
	}
	time.Sleep(26 * time.Hour)
	synctest.Wait()
	problem = l.broken(time.Since(l.start))
	cancel()
	<-ended
	synctest.Wait()
	return problem
}

// Whatever happens to a Mac over weeks: never two checks at once, never more than
// a few in an hour because of events, never a day awake without one, and whoever
// asks is served.
func TestAnyLife(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all := rapid.SliceOfN(deeds(), 1, 80).Draw(rt, "deeds")
		takes := time.Duration(rapid.IntRange(0, 120).Draw(rt, "takes")) * time.Second
		var problem string
		synctest.Test(t, func(t *testing.T) {
			rules := schedule.Rules{Every: 15 * time.Minute, Splay: time.Hour, BatteryLow: 30, BatteryFactor: 4}
			l := &life{checks: &checks{takes: takes, start: time.Now()}, rules: rules}
			l.s = schedule.New(rules, l.check)
			l.s.Identify("C02EXAMPLE")
			problem = l.live(t, all)
		})
		if problem != "" {
			rt.Fatal(problem)
		}
	})
}
