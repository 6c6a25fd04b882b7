package uplink

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBackoffStaysWithinItsBounds(t *testing.T) {
	t.Parallel()
	p := patience(nil)
	rapid.Check(t, func(t *rapid.T) {
		failures := rapid.IntRange(1, 1<<62).Draw(t, "failures")
		random := rapid.Float64Range(0, 1).Draw(t, "random")
		wait, most := backoff(failures, random, p), backoff(failures, 1, p)
		if wait <= 0 || wait > most || most > p.longest {
			t.Errorf("wait %s of at most %s", wait, most)
		}
		if next := backoff(failures+1, 1, p); next < most || next > 2*most {
			t.Errorf("the bound goes from %s to %s", most, next)
		}
	})
	if first, last := backoff(1, 1, p), backoff(100, 1, p); first != 2*firstBackoff || last != longestWait {
		t.Errorf("bounds from %s to %s", first, last)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tc := range []struct {
		name, value string
		want        time.Duration
	}{
		{"none", "", 0},
		{"seconds", "120", 2 * time.Minute},
		{"zero", "0", 0},
		{"six hours", "21600", maxRetryAfter},
		{"more than six hours", "21601", maxRetryAfter},
		{"more than a duration holds", "9223372037", maxRetryAfter},
		{"more than a duration holds twice", "27670116111", maxRetryAfter},
		{"more than a number holds", "99999999999999999999999", maxRetryAfter},
		{"negative", "-5", 0},
		{"less than a number holds", "-99999999999999999999999", 0},
		{"a fraction", "1.5", 0},
		{"a date", "Fri, 02 Jan 2026 03:14:05 GMT", 10 * time.Minute},
		{"a date in the past", "Fri, 02 Jan 2026 03:00:00 GMT", 0},
		{"a date far away", "Fri, 02 Jan 9026 03:00:00 GMT", maxRetryAfter},
		{"a date of long ago", "Mon, 01 Jan 0001 00:00:00 GMT", 0},
		{"nonsense", "tomorrow", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := waitWanted(tc.value, now); got != tc.want {
				t.Errorf("waitWanted(%q) = %s, want %s", tc.value, got, tc.want)
			}
		})
	}
}
