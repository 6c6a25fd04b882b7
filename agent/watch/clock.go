package watch

import (
	"time"

	"github.com/tokenward/tokenward/internal/wallclock"
)

// reading is what the clocks of this machine say at one time. Only differences
// of two readings mean anything.
type reading struct {
	wall   time.Time     // without Go's monotonic reading
	awake  time.Duration // stands still while the Mac sleeps: Go's monotonic clock
	asleep time.Duration // how much longer the clock ran that does not stand still
}

const (
	shortestSleep = 30 * time.Second // nothing that we check changes in a shorter one
	drift         = 10 * time.Second // what the network time may correct in a minute
)

// between says what the clocks tell of the time between two readings: that the
// Mac slept, or that somebody set the clock. A Mac that did both woke up.
func between(was, is reading) (Cause, bool) {
	slept := is.asleep - was.asleep
	set := is.wall.Sub(was.wall) - (is.awake - was.awake) - slept
	switch {
	case slept >= shortestSleep:
		return Wake, true
	case set.Abs() > drift:
		return ClockSet, true
	}
	return "", false
}

// clock reads the clocks of this machine. Make it with newClock.
type clock struct {
	origin    time.Time
	sleepless func() (time.Duration, error) // goes on while the Mac sleeps, from any beginning
}

func newClock() clock { return clock{origin: time.Now(), sleepless: wallclock.Sleepless} }

// read never fails. Where the machine does not say how long it slept, it never
// did, and a sleep looks like a clock that was set.
func (c clock) read() reading {
	now := time.Now()
	r := reading{wall: now.Round(0), awake: now.Sub(c.origin)}
	if running, err := c.sleepless(); err == nil {
		r.asleep = running - r.awake
	}
	return r
}
