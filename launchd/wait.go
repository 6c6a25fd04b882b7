package launchd

import (
	"context"
	"time"
)

// How long launchd is given. It ends a job's process within ExitTimeOut, 10 s of
// ours, and needs about 5 s of its own at most (observed, 26); a program that is
// started is there at once, unless launchd throttles it.
const (
	patience   = 20 * time.Second
	comingUp   = 5 * time.Second
	firstPause = 100 * time.Millisecond
	longPause  = 2 * time.Second
)

// backOff is a growing pause between two looks.
type backOff time.Duration

// wait pauses, longer each time. It says no when the context has ended.
func (b *backOff) wait(ctx context.Context) bool {
	*b = min(max(*b*2, backOff(firstPause)), backOff(longPause))
	timer := time.NewTimer(time.Duration(*b))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
