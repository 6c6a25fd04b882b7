package uplink

import (
	"net/http"
	"time"

	"github.com/tokenward/tokenward/internal/reqsign"
)

// maxSkew is how far our clock may be from the server's for a signature by the
// server's clock. A clock that is further off fails at the certificate, and whoever
// can answer in the server's name must not get signatures for a far day.
const maxSkew = 366 * 24 * time.Hour

// skew is how far the server's clock is ahead of ours, as it told us itself. It is
// good for the time in a signature and for nothing else.
type skew struct{ ahead time.Duration }

// learnClock takes the time from an answer that calls ours wrong, and says whether
// that makes a difference.
func (c *Client) learnClock(header http.Header, now time.Time) bool {
	at, err := http.ParseTime(header.Get("Date"))
	ahead := at.Sub(now).Truncate(time.Second)
	if err != nil || ahead.Abs() > maxSkew {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if (ahead - c.skew.ahead).Abs() < time.Second {
		return false // signed by that time already
	}
	c.skew.ahead = ahead
	return true
}

func (c *Client) serverTime(now time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return now.Add(c.skew.ahead)
}

// Skew is how far the server's clock is ahead of this Mac's, 0 where they agree well
// enough for signatures.
func (c *Client) Skew() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.skew.ahead.Abs() < reqsign.Window {
		return 0
	}
	return c.skew.ahead
}

func clockSentence(ahead time.Duration) string {
	if ahead > 0 {
		return "This Mac's clock is " + ahead.String() + " behind the server's. Reports are delivered all the same"
	}
	return "This Mac's clock is " + (-ahead).String() + " ahead of the server's. Reports are delivered all the same"
}
