package wallclock

import (
	"time"

	"golang.org/x/sys/unix"
)

// Sleepless is how long the Mac has run and slept. Only differences mean anything.
//
// documented (clock_gettime(3)): CLOCK_MONOTONIC_RAW goes on during sleep, and
// nobody sets or corrects it; observed for its sibling CLOCK_MONOTONIC (10.15.5).
// Go's own monotonic clock is mach_absolute_time, which stands still.
func Sleepless() (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC_RAW, &t); err != nil {
		return 0, err
	}
	return time.Duration(t.Nano()), nil
}
