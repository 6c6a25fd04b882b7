package wallclock

import (
	"time"

	"golang.org/x/sys/unix"
)

// Sleepless stands in for the Mac's where a simulated one is checked.
func Sleepless() (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return 0, err
	}
	return time.Duration(t.Nano()), nil
}
