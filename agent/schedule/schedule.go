// Package schedule decides when the next check is due: after an interval, when
// somebody asks for it, or when something has happened. It runs one check at a
// time, and joins what comes in meanwhile into one more.
package schedule

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// Schedule is the clock of the daemon. Make one with New.
type Schedule struct {
	check   func(context.Context, wire.Trigger)
	wall    func() time.Time // goes on while the Mac sleeps, which Go's timers do not
	asked   chan struct{}
	sooner  chan struct{} // the next check may be due earlier than it was
	mu      sync.Mutex
	every   time.Duration
	splay   time.Duration
	next    time.Time // of a scheduled check, by the clock that stands still in sleep
	planned time.Time // the same on the wall
	events  events
	caused  bool // the check that runs was caused by events
	running bool
	done    chan struct{} // closed, and replaced, at the end of every check
	began   uint64        // checks begun so far; they end in the same order
	ended   uint64
}

// New makes a schedule that calls check every interval, plus a random part of
// splay, so that the Macs of a fleet do not all report at the same moment.
func New(every, splay time.Duration, check func(context.Context, wire.Trigger)) *Schedule {
	return &Schedule{
		check: check, every: every, splay: splay, wall: func() time.Time { return time.Now().Round(0) },
		asked: make(chan struct{}, 1), sooner: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// Run checks at once and then whenever a check is due or asked for, until the
// context ends.
func (s *Schedule) Run(ctx context.Context) {
	for reason := wire.Scheduled; ctx.Err() == nil; reason = s.wait(ctx) {
		s.check(ctx, s.begin(reason))
		s.end()
	}
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
		case <-timer.C: // events that came meanwhile may have put it off
		case <-s.sooner:
			timer.Stop()
		}
	}
}

// upcoming returns how long it is until the next check, and the reason for it.
func (s *Schedule) upcoming() (time.Duration, wire.Trigger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, reason := s.next, wire.Scheduled
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
	wait := s.every
	if s.splay > 0 {
		wait += rand.N(s.splay) //nolint:gosec // spreads load, guards nothing
	}
	now := time.Now()
	s.running, s.next, s.planned = false, now.Add(wait), s.wall().Add(wait)
	if s.caused {
		s.events.until = now.Add(s.events.rest)
	}
	s.ended++
	close(s.done)
	s.done = make(chan struct{})
}

// Poke says that something has happened, and why that is a reason to check. The
// check begins when nothing more has happened for 5 seconds, at the latest after
// 30; but checks that only events cause keep at least a minute between them, and
// up to 15 if events go on without 15 quiet minutes. If a scheduled check was to
// be made in the meantime, while the Mac slept, it becomes that one.
//
// Poke does not wait. It says whether this is the first event since a check has
// looked, so that a caller can note what began it and not all that followed.
func (s *Schedule) Poke(reason wire.Trigger) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.events.add(reason, time.Now())
	missed := s.missed()
	s.events.overdue = s.events.overdue || missed
	if first || missed {
		select {
		case s.sooner <- struct{}{}:
		default:
		}
	}
	return first
}

// missed: by the clock on the wall, the next check should have begun.
func (s *Schedule) missed() bool {
	return !s.running && !s.planned.IsZero() && !s.wall().Before(s.planned)
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

// Every changes the time between checks; it counts from the end of the next one.
func (s *Schedule) Every(interval time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.every = interval
}

// State says when the next scheduled check is due, and whether one is running.
// An event or a request may bring it forward.
func (s *Schedule) State() (next time.Time, running bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.planned, s.running
}
