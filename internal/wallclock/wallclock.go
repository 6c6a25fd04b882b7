// Package wallclock measures time on a Mac that sleeps.
package wallclock

import "time"

// Elapsed says whether so much time has passed on the wall clock: the monotonic
// one stands still while a Mac sleeps, and a day of it can take a week. A clock
// that was set back says nothing about the time in between; that counts as yes.
func Elapsed(since, now time.Time, wanted time.Duration) bool {
	passed := now.Round(0).Sub(since.Round(0))
	return passed < 0 || passed >= wanted
}
