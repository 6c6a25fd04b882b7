// Package schedule decides when the next check is due. It runs one check at a
// time, and joins requests that come in meanwhile into one more.
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
	asked   chan struct{}
	mu      sync.Mutex
	every   time.Duration
	splay   time.Duration
	next    time.Time
	running bool
	done    chan struct{} // closed, and replaced, at the end of every check
	began   uint64        // checks begun so far; they end in the same order
	ended   uint64
}

// New makes a schedule that calls check every interval, plus a random part of
// splay, so that the Macs of a fleet do not all report at the same moment.
func New(every, splay time.Duration, check func(context.Context, wire.Trigger)) *Schedule {
	return &Schedule{check: check, every: every, splay: splay, asked: make(chan struct{}, 1), done: make(chan struct{})}
}

// Run checks at once and then whenever a check is due or asked for, until the
// context ends.
func (s *Schedule) Run(ctx context.Context) {
	for reason := wire.Scheduled; ctx.Err() == nil; {
		s.check(ctx, s.begin(reason))
		timer := time.NewTimer(s.end())
		select {
		case <-ctx.Done():
		case <-timer.C:
			reason = wire.Scheduled
		case <-s.asked:
			reason = wire.Requested
		}
		timer.Stop()
	}
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
		return wire.Requested
	default:
		return reason
	}
}

// end notes the end of a check and returns the time until the next one.
func (s *Schedule) end() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := s.every
	if s.splay > 0 {
		wait += rand.N(s.splay) //nolint:gosec // spreads load, guards nothing
	}
	s.running, s.next = false, time.Now().Add(wait)
	s.ended++
	close(s.done)
	s.done = make(chan struct{})
	return wait
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

// State says when the next check is due, and whether one is running.
func (s *Schedule) State() (next time.Time, running bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next, s.running
}
