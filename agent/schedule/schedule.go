// Package schedule decides when the next check is due: after an interval, when
// somebody asks for it, or when something has happened. It runs one check at a
// time, and joins what comes in meanwhile into one more. On a battery that is low
// it checks more rarely.
package schedule

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// Schedule is the clock of the daemon. Make one with New, run it once. All its
// methods are safe for concurrent use.
type Schedule struct {
	check  func(context.Context, wire.Trigger)
	origin time.Time
	asked  chan struct{}
	sooner chan struct{} // the next check may be due at another time than it was

	mu      sync.Mutex
	clocks  clocks
	mac     string // what tells it from others
	rules   Rules
	every   time.Duration // the admin's interval, or what a server made of it
	power   Power
	from    moment // the latest check ended, or Run began; the wait counts from it
	due     moment // the next scheduled check; zero before Run
	events  events
	caused  bool // the check that runs was caused by events
	running bool
	done    chan struct{} // closed, and replaced, at the end of every check
	began   uint64        // checks begun so far; they end in the same order
	ended   uint64
}

// New makes a schedule that calls check by these rules. Until Identify says which
// Mac this is, its place within the splay is a random one.
func New(rules Rules, check func(context.Context, wire.Trigger)) *Schedule {
	return &Schedule{
		check: check, origin: time.Now(), clocks: machineClocks(), mac: rand.Text(), rules: rules, every: rules.Every,
		events: events{gathers: 1},
		asked:  make(chan struct{}, 1), sooner: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// Run checks when this Mac's place within the splay has come, and then whenever a
// check is due or asked for, until the context ends. The first check waits no
// longer than an interval.
func (s *Schedule) Run(ctx context.Context) {
	s.start()
	for reason := s.wait(ctx); ctx.Err() == nil; reason = s.wait(ctx) {
		s.check(ctx, s.begin(reason))
		s.end()
	}
}

func (s *Schedule) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = s.clocks.now(s.origin)
	s.due = s.from.add(s.pause())
}

// wait returns the reason for the next check when it is time for it, or anything
// when the context has ended.
func (s *Schedule) wait(ctx context.Context) wire.Trigger {
	for {
		left, reason := s.upcoming()
		if left <= 0 {
			return reason
		}
		timer := time.NewTimer(left)
		select {
		case <-ctx.Done():
			timer.Stop()
			return reason
		case <-s.asked:
			timer.Stop()
			return wire.Requested
		case <-timer.C: // what came meanwhile may have put it off
		case <-s.sooner:
			timer.Stop()
		}
	}
}

// upcoming returns how long it is until the next check, and the reason for it. A
// scheduled check keeps to the clock that timers follow: one that was due in
// sleep begins with the event of waking up, see Poke.
func (s *Schedule) upcoming() (time.Duration, wire.Trigger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, reason := s.due.awake, wire.Scheduled
	if s.events.reason != "" {
		if at, why := s.events.due(); at.Before(next) {
			next, reason = at, why
		}
	}
	return time.Until(next), reason
}

// begin notes the beginning of a check and returns the reason for it. Whoever
// has asked by now is served by this check, whatever it was that was due.
func (s *Schedule) begin(reason wire.Trigger) wire.Trigger {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = true
	s.began++
	select {
	case <-s.asked:
		reason = wire.Requested
	default:
	}
	s.caused = reason != wire.Requested && reason != wire.Scheduled
	if s.caused {
		s.events.tire()
	}
	s.events.served(time.Now())
	return reason
}

// end notes the end of a check and sets the time of the next one.
func (s *Schedule) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = false
	s.ended++
	s.from = s.clocks.now(s.origin)
	s.due = s.from.add(s.pause())
	if s.caused {
		s.events.until = s.from.awake.Add(s.events.rest)
	}
	close(s.done)
	s.done = make(chan struct{})
}

// pause is how long it is from the end of a check to the next, and before the
// first one. The Mac's own part of the splay is in each of them: what happens in
// a whole office makes its Macs check in the same half minute, and the next time
// they are spread again.
func (s *Schedule) pause() time.Duration {
	if s.began == 0 {
		return Place(s.mac, min(s.rules.Splay, s.every))
	}
	return s.interval() + Place(s.mac, s.rules.Splay)
}

func (s *Schedule) interval() time.Duration {
	if s.rules.low(s.power) {
		return s.rules.stretched(s.every)
	}
	return s.every
}

// Poke says that something has happened, and why that is a reason to check. The
// check begins when nothing more has happened for 5 seconds, at the latest after
// 30, and later on a battery that is low; but checks that only events cause keep
// at least a minute between them, and up to 15 if events go on without 15 quiet
// minutes. If a scheduled check was to be made in the meantime, while the Mac
// slept, it becomes that one.
//
// Poke does not wait. It says whether this is the first event since a check has
// looked, so that a caller can note what began it and not all that followed.
func (s *Schedule) Poke(reason wire.Trigger) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.events.add(reason, time.Now())
	missed := s.missed()
	// Once overdue, overdue: a longer interval may have put off what was due.
	s.events.overdue = s.events.overdue || missed
	if first || missed {
		s.look()
	}
	return first
}

// missed: the next check should have begun, had the Mac not slept.
func (s *Schedule) missed() bool {
	return !s.running && s.due != (moment{}) && s.due.left(s.clocks.now(s.origin)) <= 0
}

// look has Run look again at when the next check is.
func (s *Schedule) look() {
	select {
	case s.sooner <- struct{}{}:
	default:
	}
}

// Now asks for a check and waits until one that began after the call has ended.
func (s *Schedule) Now(ctx context.Context) error {
	s.mu.Lock()
	wanted := s.began + 1
	select {
	case s.asked <- struct{}{}:
	default: // one is already waiting, and it will do
	}
	s.mu.Unlock()
	for {
		s.mu.Lock()
		done, ended := s.done, s.ended
		s.mu.Unlock()
		if ended >= wanted {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-done:
		}
	}
}
