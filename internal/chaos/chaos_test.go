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
	schedules = flag.Int("schedules", 300, "how many fault schedules to try")
	seed      = flag.Uint64("seed", 0, "try this schedule alone, and print what happened in it")
	first     = flag.Uint64("first", 1, "the first of the schedules")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSchedules lets daemons live through faults that were drawn by seeds. A failure
// names its seed: go test ./internal/chaos -run TestSchedules -seed N -v
func TestSchedules(t *testing.T) {
	t.Parallel()
	s, err := newSite(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if *seed != 0 {
		o := perform(t, s, *seed, variant{})
		t.Logf("%s\n%+v", o.story, o.counts)
		for _, law := range o.broken {
			t.Error(law)
		}
		return
	}
	var mu sync.Mutex
	var sum counts
	t.Run("seed", func(t *testing.T) {
		for i := range *schedules {
			n := *first + uint64(i)
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				o := perform(t, s, n, variant{})
				for _, law := range o.broken {
					t.Error(law)
				}
				if len(o.broken) > 0 {
					t.Logf("-seed %d: what happened last:\n%s", n, end(o.story))
				}
				mu.Lock()
				defer mu.Unlock()
				sum.add(o.counts)
			})
		}
	})
	t.Logf("%d schedules: %+v", *schedules, sum)
}

func (c *counts) add(o counts) {
	c.lives += o.lives
	c.promised += o.promised
	c.stored += o.stored
	c.devices += o.devices
	c.epochs += o.epochs
	c.keys += o.keys
	c.dropped += o.dropped
	c.quarantined += o.quarantined
	c.took += o.took
}

// end is the last part of a story.
func end(story string) string {
	const most = 6000
	if len(story) > most {
		return "…" + story[len(story)-most:]
	}
	return story
}
