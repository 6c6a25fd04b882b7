package watch

import (
	"errors"
	"testing"
	"time"
)

func TestBetweenTwoReadings(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	for _, tc := range []struct {
		name                string
		wall, awake, asleep time.Duration // how much further each clock went
		want                Cause
	}{
		{"a minute", minute, minute, 0, ""},
		{"no time at all", 0, 0, 0, ""},
		{"a night", 8 * time.Hour, minute, 8*time.Hour - minute, Wake},
		{"a short sleep", minute + 30*time.Second, minute, 30 * time.Second, Wake},
		{"too short a sleep", minute + 29*time.Second, minute, 29 * time.Second, ""},
		{"set forward", time.Hour, minute, 0, ClockSet},
		{"set back", -time.Hour, minute, 0, ClockSet},
		{"corrected forward", minute + 10*time.Second, minute, 0, ""},
		{"corrected back", minute - 10*time.Second, minute, 0, ""},
		{"set forward by little", minute + 11*time.Second, minute, 0, ClockSet},
		{"set back by little", minute - 11*time.Second, minute, 0, ClockSet},
		{"slept, and the clock was set", minute, minute, time.Hour, Wake},
		{"slept briefly, and the clock was set", -minute, minute, 5 * time.Second, ClockSet},
		{"a busy machine that ticks late", 10 * minute, 10 * minute, 0, ""},
		{"clocks read one after the other", minute, minute + time.Millisecond, -time.Millisecond, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			was := reading{wall: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), awake: 7 * time.Hour, asleep: 3 * time.Hour}
			is := reading{wall: was.wall.Add(tc.wall), awake: was.awake + tc.awake, asleep: was.asleep + tc.asleep}
			got, told := between(was, is)
			if got != tc.want || told != (tc.want != "") {
				t.Errorf("between = %q, %t; want %q", got, told, tc.want)
			}
		})
	}
}

// The clocks of this machine agree as long as it does not sleep.
func TestClocksOfThisMachine(t *testing.T) {
	t.Parallel()
	c := newClock()
	first, second := c.read(), c.read()
	if second.awake < first.awake || first.wall != first.wall.Round(0) {
		t.Errorf("read %+v, then %+v", first, second)
	}
	if cause, told := between(first, second); told {
		t.Errorf("%s between two readings", cause)
	}
}

func TestMachineThatDoesNotSayHowLongItSlept(t *testing.T) {
	t.Parallel()
	c := newClock()
	c.sleepless = func() (time.Duration, error) { return 42 * time.Hour, errors.New("no such clock") }
	if r := c.read(); r.asleep != 0 {
		t.Errorf("asleep for %s", r.asleep)
	}
}
