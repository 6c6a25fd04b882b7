package modelcheck

import (
	"errors"
	"flag"
	"fmt"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// statesWanted is how many states are explored over all Macs at the beginning:
// each gets its share, breadth first, so that every sequence up to the depth that
// is printed was tried.
var statesWanted = flag.Int("states", 105_000, "how many states to explore")

// The race detector makes everything ten times slower, and finds nothing in code
// that runs alone.
func share(starts int) int {
	if raceDetector {
		return 60
	}
	return *statesWanted / starts
}

// seen is one state on the way to others, with how it was reached.
type seen struct {
	mac   state.Mac
	from  *seen
	event state.Event
	depth int
}

// path is the history that leads to a state.
func (s *seen) path() string {
	var steps []string
	for at := s; at.from != nil; at = at.from {
		steps = append([]string{fmt.Sprintf("%s %+v", state.EventName(at.event), readable(at.event))}, steps...)
	}
	return strings.Join(steps, "\n  ")
}

// totals is what all explorations have come to.
type totals struct {
	states, transitions, forgotten atomic.Int64
	depth                          atomic.Int64 // the least of all
}

// shallowest keeps the least depth.
func (all *totals) shallowest(depth int64) {
	for {
		least := all.depth.Load()
		if least <= depth || all.depth.CompareAndSwap(least, depth) {
			return
		}
	}
}

func TestModelCheck(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // what is kept is kept to the end
	var all totals
	all.depth.Store(1 << 30)
	t.Run("start", func(t *testing.T) {
		for name, start := range starts(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				explore(t, start, share(len(starts(t))), &all)
			})
		}
	})
	fmt.Printf("model check: %d states, %d transitions, every law at each of them; all sequences of at least %d events\n",
		all.states.Load(), all.transitions.Load(), all.depth.Load())
	if !raceDetector && *statesWanted >= 105_000 && all.states.Load() < 100_000 {
		t.Errorf("only %d states", all.states.Load())
	}
	if all.forgotten.Load() == 0 {
		t.Error("no state in which the Mac believes in a token that the server does not have")
	}
}

// explore lets everything happen from a Mac on, until so many states were seen.
func explore(t *testing.T, start state.Mac, limit int, all *totals) {
	t.Helper()
	known := map[string]bool{key(&start): true}
	queue := []*seen{{mac: start}}
	transitions, depth := 0, 0
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		depth = at.depth
		for _, event := range menu() {
			next := at.mac // Do changes a copy
			why, err := next.Do(at.mac.Clock, event)
			if err != nil {
				continue // makes no sense here
			}
			transitions++
			next.Sessions = nil // they only grow
			step := &seen{mac: next, from: at, event: event, depth: at.depth + 1}
			if err := obeys(&at.mac, event, why, &next); err != nil {
				t.Fatalf("%v after\n  %s\n%s", err, step.path(), describe(&next))
			}
			if k := key(&next); !known[k] && len(known) < limit {
				known[k] = true
				queue = append(queue, step)
			}
			if next.Bootstrap.Escrowed && next.Server.Token == 0 {
				all.forgotten.Add(1)
			}
		}
	}
	all.states.Add(int64(len(known)))
	all.transitions.Add(int64(transitions))
	all.shallowest(int64(max(depth-1, 0)))
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

// key tells states apart that differ in what can happen next. Of generations
// only which are the same counts, of logins whether there was one.
func key(m *state.Mac) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %t %s|", m.OS.Version, m.Phase, m.Offline, m.Console.User)
	e := m.Enrollment
	fmt.Fprintf(&b, "%t%s%s%t%t|", e.DEP, e.MDM, e.Capability, e.Awaiting, e.Expired)
	fmt.Fprintf(&b, "%t%t%t %t %t%t%t|", m.Server.Down, m.Server.Refuses, m.Server.StoresNothing, m.Server.Token > 0,
		m.Bootstrap.Local > 0, m.Bootstrap.Local == m.Server.Token, m.Bootstrap.Escrowed)
	fmt.Fprintf(&b, "%t|%s%t%t|", m.Bootstrap.Pending, m.FileVault.State, m.FileVault.Deferred, m.FileVault.RecoveryKey.Generation > 0)
	for _, a := range m.People() {
		fmt.Fprintf(&b, "%s%v%v%t%t%s%s%s%t%t%t|", a.Name, a.Admin, a.Token.Tag, a.Token.CryptoUser, a.Token.VolumeOwner,
			a.Password, a.Token.Password, a.Kind, a.FileVault, a.Preboot, a.Hashed || a.DisabledTag)
	}
	fmt.Fprintf(&b, "%d", len(m.OrphanCryptoUsers))
	return b.String()
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
