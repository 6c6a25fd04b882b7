package agent

import (
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// troubles watches why nothing is delivered. Most troubles of a laptop pass by
// themselves: a café's portal, a train. One is told when it has lasted, and then
// until reports get through again, whatever else comes in between: a finding that
// came and went would make each check a changed Mac.
//
// What counts is time in which the Mac was awake to be looked at: a night with the
// lid closed is no trouble of eight hours.
type troubles struct {
	lasted map[wire.Trouble]time.Duration
	last   time.Time // the latest look
	told   wire.Trouble
	away   time.Duration // since the trouble that is told was last seen
}

// awake is the longest time between two looks that counts as awake.
const awake = time.Hour

// between is for how long the Mac was awake between two looks, at most. A clock that
// was set back says nothing.
func between(last, now time.Time) time.Duration {
	return min(max(now.Round(0).Sub(last.Round(0)), 0), awake)
}

// goOn takes the present state and returns the trouble to tell, empty for none.
func (t *troubles) goOn(d wire.Delivery, now time.Time) wire.Trouble {
	if d.LastError == "" {
		*t = troubles{}
		return ""
	}
	if t.lasted == nil {
		t.lasted, t.last = map[wire.Trouble]time.Duration{}, now
	}
	passed := between(t.last, now)
	t.last = now
	if _, before := t.lasted[d.Trouble]; before { // this look and an earlier one saw it
		t.lasted[d.Trouble] += passed
	} else {
		t.lasted[d.Trouble] = 0
	}
	t.away += passed
	if t.tells(d.Trouble) {
		t.told = d.Trouble
	}
	if t.told == d.Trouble {
		t.away = 0
	}
	return t.told
}

// tells says whether a trouble that is seen is the one to tell from now on. A worse
// one takes the place of what is told at once. Another takes it when what is told has
// not been seen for as long as a new trouble must last: of two that take turns, in the
// office and at home, one is told.
func (t *troubles) tells(k wire.Trouble) bool {
	hold, counts := patience(k)
	if !counts || t.lasted[k] < hold {
		return false
	}
	present, told := patience(t.told)
	return !told || hold < present || t.away >= max(hold, calm)
}

// patience is how long a kind of trouble must last, and whether it has a finding of
// its own. What moves with the laptop gets as long as a silent server does; what
// only a person ends is told soon.
func patience(k wire.Trouble) (hold time.Duration, counts bool) {
	switch k {
	case wire.TroubleUnreachable, wire.TroublePortal, wire.TroubleStalled, wire.TroubleProxy:
		return undelivered, true
	case wire.TroubleCertificate, wire.TroublePending:
		return 2 * time.Hour, true // a café may also put its own certificate in between
	case wire.TroubleRefused:
		return 30 * time.Minute, true // a server that is being updated refuses for a while
	case wire.TroubleClock, wire.TroubleRevoked:
		return 0, true
	case wire.TroubleLocal, wire.TroubleBusy, wire.TroubleOther:
	}
	return 0, false
}

// troubleFinding is what is told of a trouble, and its summary.
func troubleFinding(k wire.Trouble) (health.Code, string) {
	switch k {
	case wire.TroubleUnreachable:
		return "AG_SERVER_UNREACHABLE", "For hours this Mac has found no way to the server of its reports."
	case wire.TroublePortal:
		return "AG_SERVER_PORTAL", "Something else answers in place of the server of this Mac's reports."
	case wire.TroubleStalled:
		return "AG_SERVER_STALLED", "Connections to the server of this Mac's reports are made, and nothing comes over them."
	case wire.TroubleCertificate:
		return "AG_SERVER_CERTIFICATE", "This Mac does not trust the certificate of the server of its reports."
	case wire.TroubleProxy:
		return "AG_SERVER_PROXY", "The proxy on the way to the server of this Mac's reports does not let them through."
	case wire.TroubleRefused:
		return "AG_SERVER_REFUSES", "The server answers, and does not want this Mac's reports."
	case wire.TroublePending:
		return "AG_ENROLLMENT_PENDING", "The server has this Mac's request and waits for a person to approve it."
	case wire.TroubleRevoked:
		return "AG_KEY_REVOKED", "The server has revoked the key of this Mac."
	case wire.TroubleClock:
		return "AG_CLOCK_WRONG", "The server says that this Mac's clock is wrong."
	case wire.TroubleLocal, wire.TroubleBusy, wire.TroubleOther:
	}
	return "", ""
}

// silence watches how long the Mac was awake without a delivery. It is told while the
// latest try has failed.
type silence struct {
	acked *time.Time // the latest delivery, at the look before
	last  time.Time  // that look; zero: there was none
	awake time.Duration
}

func (s *silence) goOn(d wire.Delivery, now time.Time) bool {
	switch {
	case s.last.IsZero() || !sameAck(s.acked, d.LastAck):
		s.awake = 0
	default:
		s.awake += between(s.last, now)
	}
	s.acked, s.last = d.LastAck, now
	return d.LastError != "" && s.awake >= undelivered
}

// steady is a condition that is told from its first occurrence until it has been
// away for a while.
type steady struct{ last time.Time }

// calm is how long a condition must be away before it is over.
const calm = time.Hour

func (s *steady) seen(now time.Time) { s.last = now.Round(0) }

// holds: a clock that was set back must not hold a condition for ever.
func (s *steady) holds(now time.Time) bool {
	age := now.Round(0).Sub(s.last)
	return !s.last.IsZero() && age < calm && age > -calm
}
