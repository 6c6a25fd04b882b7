package schedule_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/agent/schedule"
)

func TestInterval(t *testing.T) {
	t.Parallel()
	const own = 15 * time.Minute
	for _, tc := range []struct {
		name string
		own  time.Duration
		wish int
		want time.Duration
	}{
		{"no wish", own, 0, own},
		{"less than none", own, -1, own},
		{"a wish", own, 3600, time.Hour},
		{"the same", own, 900, own},
		{"too often", own, 1, time.Minute},
		{"just not too often", own, 60, time.Minute},
		{"too rarely", own, 86_401, 24 * time.Hour},
		{"so rarely that it does not fit", own, 1 << 62, 24 * time.Hour},
		{"the admin may check more often than a server can wish", time.Second, 0, time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := schedule.Interval(tc.own, tc.wish); got != tc.want {
				t.Errorf("Interval = %s, want %s", got, tc.want)
			}
		})
	}
}

// A thousand Macs of one order, with serial numbers that follow each other, are
// spread over the window.
func TestPlacesAreSpread(t *testing.T) {
	t.Parallel()
	for _, window := range []time.Duration{10 * time.Second, time.Minute, time.Hour} {
		tenths := [10]int{}
		for mac := range 1000 {
			tenths[schedule.Place(fmt.Sprintf("C02TEST%05d", mac), window)*10/window]++
		}
		for tenth, macs := range tenths {
			if macs < 60 || macs > 140 {
				t.Errorf("%d of 1000 Macs are in tenth %d of %s: %v", macs, tenth, window, tenths)
			}
		}
	}
}

func TestPlaceIsFixedAndWithinTheWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mac, window := rapid.String().Draw(t, "mac"), time.Duration(rapid.Int64Range(-1, int64(24*time.Hour)).Draw(t, "window"))
		place := schedule.Place(mac, window)
		if place != schedule.Place(mac, window) || place < 0 || (place >= window && place != 0) {
			t.Errorf("the place of %q in %s is %s", mac, window, place)
		}
	})
	// The same in every version of the program.
	if got, want := schedule.Place("C02EXAMPLE", time.Minute), 49_191_725_928*time.Nanosecond; got != want {
		t.Errorf("the place of C02EXAMPLE is %d, want %d", got, want)
	}
}
