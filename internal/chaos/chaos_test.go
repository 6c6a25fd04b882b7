//go:build !darwin

package chaos

import (
	"flag"
	"fmt"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

var (
	schedules = flag.Int("schedules", usual, "how many fault schedules to try")
	first     = flag.Uint64("first", 1, "the seed of the first of them")
	seed      = flag.Uint64("seed", 0, "try this one alone, and print all that happened in it")
	times     = flag.Int("times", 1, "how often to try it, until it fails")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSchedules lets daemons live through faults that seeds have drawn. A failure names
// its seed, which draws the same faults again:
//
//	go test ./internal/chaos -run TestSchedules -v -args -seed N -times 20
//
// What a daemon draws itself, such as how long it waits before it tries again, is
// another time another; so it may take several times until it fails again.
func TestSchedules(t *testing.T) {
	t.Parallel()
	s, err := newSite(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if *seed != 0 {
		again(t, s)
		return
	}
	var mu sync.Mutex
	var sum counts
	t.Run("seed", func(t *testing.T) {
		for _, n := range seeds() {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				o := perform(t, s, n, variant{})
				o.report(t, n)
				mu.Lock()
				defer mu.Unlock()
				sum.add(o.counts)
			})
		}
	})
	sum.exercised(t)
}

// regressions are seeds that found something. They are tried whatever else is; what
// each of them found has a small test of its own as well, since another draw in a
// schedule makes another schedule of every seed.
func regressions() []uint64 {
	return []uint64{
		23, 78, 113, 132, // an enrolment that was refused cost reports (agent/uplink)
		29, 154, // a key that was in its place already was looked for in vain (agent/identity)
		21519,        // what left a full quarantine on a bad disk was not counted (agent/spool)
		11435, 11571, // a Mac with another's disk went on with its numbering (agent)
	}
}

func seeds() (all []uint64) {
	for _, n := range regressions() {
		if n < *first || n >= *first+uint64(*schedules) {
			all = append(all, n)
		}
	}
	for i := range *schedules {
		all = append(all, *first+uint64(i))
	}
	return all
}

// again tries one seed, and tells its story.
func again(t *testing.T, s *site) {
	t.Helper()
	for range *times {
		o := perform(t, s, *seed, variant{})
		if t.Failed() || len(o.broken) > 0 || *times == 1 {
			t.Logf("%s\n%+v", o.story, o.counts)
		}
		for _, law := range o.broken {
			t.Error(law)
		}
		if t.Failed() {
			return
		}
	}
}

// report tells which laws were broken, and all that happened.
func (o *outcome) report(t *testing.T, n uint64) {
	t.Helper()
	if len(o.broken) == 0 {
		return
	}
	for _, law := range o.broken {
		t.Error(law)
	}
	t.Logf("to try it again: -args -seed %d -times 20. What happened:\n%s", n, o.story)
}

// counts say whether schedules had anything to do with what they are to show.
type counts struct {
	schedules, lives, promised, stored, devices, epochs, keys, dropped, quarantined int
}

func (c *counts) add(o counts) {
	c.schedules++
	c.lives += o.lives
	c.promised += o.promised
	c.stored += o.stored
	c.devices += o.devices
	c.epochs += o.epochs
	c.keys += o.keys
	c.dropped += o.dropped
	c.quarantined += o.quarantined
}

// exercised: schedules in which little happens show little.
func (c *counts) exercised(t *testing.T) {
	t.Helper()
	t.Logf("%+v", *c)
	n := c.schedules
	if n < 30 {
		return // too few to say
	}
	if c.lives < 3*n || c.stored < 7*n || c.keys < n+n/10 || c.devices <= n || c.dropped == 0 || c.quarantined == 0 {
		t.Errorf("the schedules hardly do anything: %+v", *c)
	}
}
