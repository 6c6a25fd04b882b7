package schedule

import (
	"cmp"
	"time"
)

// Identify says which Mac this is: its serial number, or what else tells it from
// others. It gives the Mac its place within the splay, the same after every
// start. An empty text leaves the place that it has.
func (s *Schedule) Identify(mac string) {
	s.change(func() { s.mac = cmp.Or(mac, s.mac) })
}

// Every changes the time between checks, mostly because a server wishes so: see
// Interval. It counts from the end of the latest check.
func (s *Schedule) Every(interval time.Duration) {
	s.change(func() { s.every = interval })
}

// Follow replaces the rules, for those of a configuration that was read again. A
// server's wish ends with it, until the server's next answer.
func (s *Schedule) Follow(rules Rules) {
	s.change(func() { s.rules, s.every = rules, rules.Every })
}

// Power says how the Mac is powered. It asks nobody: a change is known from the
// check that saw it, which is soon enough.
func (s *Schedule) Power(p Power) {
	s.change(func() { s.power = p })
}

// change sets something that the time of the next check depends on, and that
// time. Where it has passed, the Mac's place within the splay counts from now: a
// shorter interval may come to a whole fleet at once. But what is due is not put
// off again, however often something is changed.
func (s *Schedule) change(set func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.pause()
	set()
	s.events.gathers = s.rules.gathers(s.power)
	if s.running || s.due == (moment{}) || s.pause() == before {
		return // the end of the check sets the time, or the beginning of Run, or it stays
	}
	now, due := s.clocks.now(s.origin), s.from.add(s.pause())
	if due.left(now) <= 0 {
		due = now.add(Place(s.mac, min(s.rules.Splay, s.every)))
		if s.due.left(now) < due.left(now) {
			due = s.due
		}
	}
	s.due = due
	s.look()
}

// Stretched is why checks are rarer than they were set to be.
type Stretched string

// The reasons. There is one.
const (
	NotStretched Stretched = ""
	LowBattery   Stretched = "low_battery"
)

// State is what a schedule says of itself.
type State struct {
	// Next is when the next scheduled check is due, by the clock on the wall, as
	// it is now. An event or a request may bring it forward, and a sleeping Mac
	// checks when it is awake. Zero before Run.
	Next      time.Time
	Running   bool          // a check is
	Every     time.Duration // between checks at present, without this Mac's part of the splay
	Stretched Stretched     // why that is longer than it was set
}

// State says when the next scheduled check is due, and whether one is running.
func (s *Schedule) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{Running: s.running, Every: s.interval()}
	if state.Every > s.every {
		state.Stretched = LowBattery
	}
	if s.due != (moment{}) {
		left := s.due.left(s.clocks.now(s.origin))
		state.Next = s.clocks.wall().Add(max(left, 0))
	}
	return state
}
