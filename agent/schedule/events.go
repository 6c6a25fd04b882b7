package schedule

import (
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

const (
	settling     = 5 * time.Second  // after the latest event: what has begun shall end first
	patience     = 30 * time.Second // after the first one, if they do not end
	shortestRest = time.Minute      // after a check that events caused, until the next such
	longestRest  = 15 * time.Minute
)

// events are what has happened and no check has looked at. However many there
// are, this is all that is kept of them.
type events struct {
	reason      wire.Trigger // of the first; empty while nothing has happened
	first, last time.Time
	overdue     bool // when one came, a scheduled check had been due in sleep

	gathers int // how many times as long as usual they are gathered; at least 1

	rest  time.Duration // after the latest check that events caused
	until time.Time     // the end of that rest
}

// add notes an event and says whether it is the first.
func (e *events) add(reason wire.Trigger, now time.Time) bool {
	first := e.reason == ""
	if first {
		e.reason, e.first = reason, now
	}
	e.last = now
	return first
}

// settled is when what has happened may be looked at.
func (e *events) settled() time.Time {
	latest := e.first.Add(time.Duration(e.gathers) * patience)
	quiet := e.last.Add(time.Duration(e.gathers) * settling)
	if latest.Before(quiet) {
		return latest
	}
	return quiet
}

// due is when a check because of them begins, and with which reason. One that is
// overdue anyway does not wait for the rest.
func (e *events) due() (time.Time, wire.Trigger) {
	at := e.settled()
	if e.overdue {
		return at, wire.Scheduled
	}
	if at.Before(e.until) {
		at = e.until
	}
	return at, e.reason
}

// served forgets what a check that begins now will see. What has not settled
// gets one of its own: it may come to its end after the question about it. But
// no check is overdue any more.
func (e *events) served(now time.Time) {
	e.overdue = false
	if !now.Before(e.settled()) {
		*e = events{gathers: e.gathers, rest: e.rest, until: e.until}
	}
}

// tire sets the rest after a check that they cause: twice as long as the one
// before, unless it was quiet for the longest rest since then, and half as long
// for each time that it was. Somebody may make it rain on purpose, and a tool of
// ours may touch what is watched, and so cause the next check for ever. One pause
// does not undo what long rain has made, so rain with pauses is slowed as well.
func (e *events) tire() {
	quiet := e.first.Sub(e.until)
	if quiet < longestRest {
		e.rest = min(2*e.rest, longestRest)
		return
	}
	e.rest = max(e.rest>>(quiet/longestRest), shortestRest)
}
