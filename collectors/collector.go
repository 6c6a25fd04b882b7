// Package collectors asks the Mac and turns its answers into evidence.
//
// A collector never fails: a tool that is missing, too slow, denied or
// unreadable is evidence of its own. It has no opinion either; what an answer
// means is said by package health. To add one, see docs/adding-a-collector.md.
package collectors

import (
	"context"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// Mac is what a collector may ask.
type Mac struct {
	Run        run.Runner
	Files      run.Files  // nil: nobody looks at files
	Net        run.Prober // nil: nobody tries the network
	Privileged bool       // the tools run as root, or as whoever owns a simulated Mac
	// Broke is told of a panic in a collector, by name and with what was thrown, from
	// the deferred function that recovered it. It may be called by several goroutines
	// at once. Nil: nobody wants to know.
	Broke func(collector string, thrown any)
	Free  bool // an answer costs nothing, as in a recording: ask everything about every account
}

// A Patch writes what one source said into a snapshot.
type Patch func(*evidence.Snapshot)

// A Collector asks one question: of a tool, of files, or of the network.
type Collector struct {
	Name    string
	Command run.Command // zero where no tool is asked

	// How long an answer serves. With neither, it is asked at every check.
	Every   time.Duration // so long
	PerBoot bool          // until the Mac is started anew

	// Slow questions take seconds, or make the Mac do something. They are asked
	// after everything else.
	Slow bool
	// Stirred questions are asked anew whenever something has happened on the Mac
	// that no answer shows, such as another network.
	Stirred bool
	// Renewed says which changes make an older answer worthless.
	Renewed Change

	// needs says, from what the other questions have told, whether this one can
	// be asked: Observed, or why not. Nil: always.
	needs func(evidence.Snapshot) evidence.State
	// passing says that an answer may soon be another one: a slow question is asked
	// again within the hour, any other at the next check. Nil: never.
	passing func(evidence.Snapshot) bool
	collect func(context.Context, Mac, evidence.Snapshot) (Patch, evidence.State)
}

// Collect asks, and returns what the answer says, whatever it is, with the state
// that the answer has. What the other questions told by then is in seen. A collector
// that panics has failed, and nothing is known by it.
func (c Collector) Collect(ctx context.Context, mac Mac, seen evidence.Snapshot) (patch Patch, state evidence.State) {
	defer func() {
		if thrown := recover(); thrown != nil {
			mac.broke(c.Name, thrown)
			patch, state = func(*evidence.Snapshot) {}, evidence.Failed
		}
	}()
	return c.collect(ctx, mac, seen)
}

func (m Mac) broke(collector string, thrown any) {
	if m.Broke != nil {
		m.Broke(collector, thrown)
	}
}

// regular says whether it is asked at every check.
func (c Collector) regular() bool { return c.Every == 0 && !c.PerBoot }

// standsFor is how long an answer serves. What cannot change while the Mac runs
// serves for longer than any Mac does; a clock that was set back ends it.
func (c Collector) standsFor() time.Duration {
	const forEver = 100 * 365 * 24 * time.Hour
	if c.PerBoot {
		return forEver
	}
	return c.Every
}

// processes is how many it starts.
func (c Collector) processes() int {
	if c.Command.Tool.Path() == "" {
		return 0
	}
	return 1
}

// kept makes a collector of which an answer serves for a while.
func kept(every time.Duration, renewed Change, c Collector) Collector {
	c.Every, c.Renewed = every, renewed
	return c
}

// perBoot makes a collector of what cannot change while the Mac runs.
func perBoot(c Collector) Collector {
	c.PerBoot = true
	return c
}

// stirred makes a collector that is asked anew when something has happened.
func stirred(c Collector) Collector {
	c.Stirred = true
	return c
}

// passing makes a collector of which some answers stand for a short time.
func passing(is func(evidence.Snapshot) bool, c Collector) Collector {
	c.passing = is
	return c
}

// slow makes a collector that is asked after everything else.
func slow(c Collector) Collector {
	c.Slow = true
	return c
}

// where makes a collector that is asked only if needs says so. If not, its
// observations get the state that needs returned, and no tool is started.
func where(needs func(evidence.Snapshot) evidence.State, c Collector) Collector {
	c.needs = needs
	return c
}
