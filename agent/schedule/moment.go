package schedule

import (
	"time"

	"github.com/tokenward/tokenward/internal/wallclock"
)

// A moment is a time by two clocks that nobody sets: Go's own, which timers
// follow and which stands still while the Mac sleeps, and one that goes on. What
// the clock on the wall says decides nothing: it is set, by hand or by the
// network, and in spring and autumn it jumps for those who look at it.
type moment struct {
	awake time.Time
	ever  time.Duration // from any beginning
}

func (m moment) add(d time.Duration) moment { return moment{m.awake.Add(d), m.ever + d} }

// left is how long it is until that moment; less than nothing: it has passed. A
// Mac that slept is closer to it than its timers know. What the clocks differ by
// because they are read one after the other is no sleep.
func (m moment) left(now moment) time.Duration {
	awake, ever := m.awake.Sub(now.awake), m.ever-now.ever
	if awake-ever < time.Second {
		return awake
	}
	return ever
}

// clocks are those of this machine. A test has others.
type clocks struct {
	wall      func() time.Time              // for people alone
	sleepless func() (time.Duration, error) // goes on while the Mac sleeps
}

func machineClocks() clocks {
	return clocks{wall: func() time.Time { return time.Now().Round(0) }, sleepless: wallclock.Sleepless}
}

// now never fails. Where the machine does not say how long it slept, it never did.
func (c clocks) now(origin time.Time) moment {
	now := time.Now()
	running, err := c.sleepless()
	if err != nil {
		running = now.Sub(origin)
	}
	return moment{awake: now, ever: running}
}
