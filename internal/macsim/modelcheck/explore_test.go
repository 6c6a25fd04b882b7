package modelcheck

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// The race detector makes everything ten times slower, and finds nothing in code
// that runs alone: a few states per start must do then.
const (
	fewStates = 20
	usual     = 150_000
)

// statesWanted is about how many states are explored over all Macs at the
// beginning: each gets its share, breadth first, so that every sequence up to the
// length that is printed was tried.
var statesWanted = flag.Int("states", usual, "how many states to explore")

// set is some Macs at the beginning, and what can happen to them.
type set struct {
	name   string
	starts map[string]state.Mac
	menu   []state.Event
	limit  int   // states for each start
	least  int64 // so many events: every sequence of them must have been tried
	totals
}

// totals is what all explorations of a set have come to.
type totals struct {
	states, transitions, forgotten atomic.Int64
	tried                          atomic.Int64 // events of a sequence; the least of all
}

// endless is the length of sequences where no new state was left to find.
const endless = math.MaxInt64

// shallowest keeps the least.
func (all *totals) shallowest(tried int64) {
	for {
		least := all.tried.Load()
		if least <= tried || all.tried.CompareAndSwap(least, tried) {
			return
		}
	}
}

// length is how a person would say it.
func (all *totals) length() string {
	if tried := all.tried.Load(); tried < endless {
		return fmt.Sprintf("all sequences of %d events", tried)
	}
	return "all sequences of any length"
}

// sets are all there are. The wide one knows everything that can happen. The deep
// one goes on, where tokens and passwords come and go, until no state is new: it
// is given more states than there are.
func sets(t *testing.T) []*set {
	t.Helper()
	all := []*set{
		{name: "wide", starts: starts(t), menu: menu(), least: 3},
		{name: "deep", starts: smallStarts(t), menu: smallMenu(), least: endless},
		{name: "switches", starts: switchedStarts(t), menu: menu(), least: 2},
	}
	all[0].limit = *statesWanted / 3 / len(all[0].starts)
	all[1].limit = *statesWanted / 4
	all[2].limit = *statesWanted / 6 / len(all[2].starts)
	for _, s := range all {
		if s.limit = max(s.limit, fewStates); raceDetector {
			s.limit = fewStates
		}
	}
	return all
}

func TestModelCheck(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // what is kept is kept to the end
	full := !raceDetector && *statesWanted >= usual
	var states, forgotten int64
	for _, s := range sets(t) {
		s.tried.Store(endless)
		t.Run(s.name, func(t *testing.T) {
			for name, start := range s.starts {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					explore(t, start, s)
				})
			}
		})
		fmt.Printf("model check, %s: %d starts, %d events, %d states, %d transitions, every law at each of them; %s\n",
			s.name, len(s.starts), len(s.menu), s.states.Load(), s.transitions.Load(), s.length())
		if full && s.tried.Load() < s.least {
			t.Errorf("%s: %s alone", s.name, s.length())
		}
		states, forgotten = states+s.states.Load(), forgotten+s.forgotten.Load()
	}
	fmt.Printf("model check: %d states\n", states)
	if full && states < 100_000 {
		t.Errorf("only %d states", states)
	}
	if forgotten == 0 {
		t.Error("no state in which the Mac believes in a token that the server does not have")
	}
}

// seen is one state on the way to others, with how it was reached.
type seen struct {
	mac   *state.Mac // until it was explored
	from  *seen
	event state.Event
	depth int
}

// path is the history that leads to a state.
func (s *seen) path() string {
	var steps []string
	for at := s; at.from != nil; at = at.from {
		steps = append([]string{state.EventName(at.event) + " " + readable(at.event)}, steps...)
	}
	return strings.Join(steps, "\n  ")
}

// explore lets everything happen from a Mac on, until so many states were seen.
func explore(t *testing.T, start state.Mac, s *set) {
	t.Helper()
	transitions, tried := 0, int64(endless)
	var next state.Mac
	text := appendKey(nil, &start)
	known := map[string]struct{}{string(text): {}}
	queue := []*seen{{mac: &start}}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, event := range s.menu {
			why, possible := happen(&next, at.mac, event)
			if !possible {
				continue
			}
			transitions++
			if err := obeys(at.mac, event, why, &next); err != nil {
				step := &seen{from: at, event: event}
				t.Fatalf("%v after\n  %s\n%s", err, step.path(), describe(&next))
			}
			if next.Bootstrap.Escrowed && next.Server.Token == 0 {
				s.forgotten.Add(1)
			}
			text = appendKey(text[:0], &next)
			if _, old := known[string(text)]; old {
				continue
			}
			if len(known) >= s.limit {
				tried = min(tried, int64(at.depth)+1) // all states before were explored
				continue
			}
			known[string(text)] = struct{}{}
			kept := next
			queue = append(queue, &seen{mac: &kept, from: at, event: event, depth: at.depth + 1})
		}
		at.mac = nil
	}
	s.states.Add(int64(len(known)))
	s.transitions.Add(int64(transitions))
	s.shallowest(tried)
}

// happen is one event, on a copy; it can be that it makes no sense here.
func happen(next, before *state.Mac, event state.Event) (why state.Refusal, possible bool) {
	*next = *before
	why, err := next.Do(before.Clock, event)
	next.Sessions = nil // they only grow
	return why, err == nil
}

// obeys holds a step against all laws.
func obeys(before *state.Mac, event state.Event, why state.Refusal, after *state.Mac) error {
	var broken []error
	for _, law := range laws() {
		if err := law.holds(before, event, why, after); err != nil {
			broken = append(broken, fmt.Errorf("%s: %w", law.name, err))
		}
	}
	return errors.Join(broken...)
}

// describe is a state for a person who has to understand it: the Mac without the
// system's own accounts and groups.
func describe(m *state.Mac) string {
	c := m.Clone()
	c.Accounts, c.Groups, c.Sessions = nil, nil, nil
	for _, a := range m.People() {
		c.Accounts = append(c.Accounts, *a)
	}
	text, err := c.Encode()
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// readable are an event's fields with what pointers point to.
func readable(e state.Event) string {
	return strings.ReplaceAll(fmt.Sprintf("%+v", plain(e)), "state.", "")
}
