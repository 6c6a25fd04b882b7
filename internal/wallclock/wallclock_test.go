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

// Nobody sets this clock, and it never stands still.
func TestSleepless(t *testing.T) {
	t.Parallel()
	first, err := wallclock.Sleepless()
	if err != nil {
		t.Fatal(err)
	}
	if second, err := wallclock.Sleepless(); err != nil || second < first || first <= 0 {
		t.Errorf("%s, then %s, %v", first, second, err)
	}
}
