package auth

import (
	"fmt"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/reqsign"
)

func TestNoncesOfTheWindowAreRemembered(t *testing.T) {
	t.Parallel()
	var n nonces
	start := time.Unix(1_000_000, 0)
	for step, c := range []struct {
		key, nonce string
		after      time.Duration
		first      bool
	}{
		{"a", "1", 0, true},
		{"a", "1", 0, false},
		{"b", "1", 0, true},
		{"a", "1", 2 * reqsign.Window, false},
		{"a", "1", 2*reqsign.Window + time.Second, false}, // the halves took turns
		{"a", "2", 9 * reqsign.Window, true},
		{"b", "1", 20 * reqsign.Window, true}, // long past any signature's time
	} {
		if got := n.first(c.key, c.nonce, start.Add(c.after)); got != c.first {
			t.Errorf("step %d: %t", step, got)
		}
	}
}

func TestMemoryOfNoncesIsBounded(t *testing.T) {
	t.Parallel()
	var n nonces
	for i := range 5 * maxNonces {
		n.first("key", fmt.Sprint(i), time.Unix(1_000_000, 0))
	}
	if len(n.now)+len(n.before) > 2*maxNonces {
		t.Errorf("%d are remembered", len(n.now)+len(n.before))
	}
}

// One that was seen late in a half is remembered as long as it could be sent again.
func TestANonceOutlivesItsHalf(t *testing.T) {
	t.Parallel()
	var n nonces
	start := time.Unix(1_000_000, 0)
	at := func(percent int) time.Time { return start.Add(reqsign.Window * time.Duration(percent) / 100) }
	for nonce, percent := range []int{0, 95, 105, 210} {
		if !n.first("key", fmt.Sprint(nonce), at(percent)) {
			t.Fatalf("%d is not new", nonce)
		}
	}
	if n.first("key", "1", at(280)) {
		t.Error("it is forgotten within the time in which it can be sent again")
	}
}
