package schedule

import (
	"hash/fnv"
	"io"
	"time"
)

// Rules are what an admin sets of the schedule.
type Rules struct {
	Every time.Duration // from the end of a check to the next one
	Splay time.Duration // a fleet spreads over it: each Mac waits for its own part longer

	// Where the Mac runs on its battery and has so many percent left or less, it
	// checks so many times as rarely. A factor up to 1, or 0 percent, is never.
	BatteryLow    int
	BatteryFactor int
}

// The bounds of what is not the admin's own choice: a server can neither keep a
// Mac busy nor put its agent to sleep, and nor can an empty battery.
const (
	shortest = time.Minute
	longest  = 24 * time.Hour
)

// Interval is the time between checks where the admin set one and a server wishes
// for another, in seconds: as it wishes, within a minute and a day. 0 and less is
// no wish.
func Interval(own time.Duration, wish int) time.Duration {
	if wish <= 0 {
		return own
	}
	return min(max(time.Duration(min(wish, int(longest/time.Second)))*time.Second, shortest), longest)
}

// Place is where in a window of time this Mac has its place: from 0 to less than
// the window. Another Mac has another, and each has the same after every start:
// after a power cut a whole fleet starts in the same second. mac is what tells it
// from others, such as its serial number.
func Place(mac string, window time.Duration) time.Duration {
	if window <= 0 {
		return 0
	}
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, mac) // a hash takes everything
	return time.Duration(mixed(hash.Sum64()) % uint64(window))
}

// mixed spreads what differs in the last digit, as serial numbers of one order
// do, over all bits (the finalizer of SplitMix64).
func mixed(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Power is how a Mac is powered. The zero value is one that is plugged in, and
// one of which that is not known.
type Power struct {
	Battery bool // it runs on it
	Percent int  // of the battery's charge
}

// low says whether checks are to be rarer.
func (r Rules) low(p Power) bool {
	return r.BatteryFactor > 1 && r.BatteryLow > 0 && p.Battery && p.Percent <= r.BatteryLow
}

// stretched is an interval on a battery that is low: longer by the factor, but
// no longer than a day unless the admin made it that long.
func (r Rules) stretched(every time.Duration) time.Duration {
	if every > longest/time.Duration(r.BatteryFactor) {
		return max(every, longest)
	}
	return every * time.Duration(r.BatteryFactor)
}

// slowest is how many times as long events are gathered at most: not longer than
// five minutes in all.
const slowest = 10

// gathers is how many times as long events are gathered.
func (r Rules) gathers(p Power) int {
	if !r.low(p) {
		return 1
	}
	return min(r.BatteryFactor, slowest)
}
