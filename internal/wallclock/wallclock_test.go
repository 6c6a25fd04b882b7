package wallclock_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/wallclock"
)

func TestElapsed(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for passed, want := range map[time.Duration]bool{0: false, time.Hour - 1: false, time.Hour: true, 24 * time.Hour: true, -1: true} {
		if got := wallclock.Elapsed(since, since.Add(passed), time.Hour); got != want {
			t.Errorf("after %s of an hour: %t", passed, got)
		}
	}
}
