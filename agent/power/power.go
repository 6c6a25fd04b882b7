// Package power says whether the Mac runs on its battery, and how much is left.
// It asks one tool, at most once a check, and hardly ever where there is no
// battery. What it does not know is never a low battery.
package power

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wallclock"
)

// State is how a Mac is powered. The zero value is what holds where nothing is
// known: plugged in.
type State struct {
	Battery  bool // there is one inside; a UPS is none
	Draining bool // the Mac runs on it
	Percent  int  // of its charge, 0 to 100
}

const (
	withoutBattery = 24 * time.Hour // until a Mac without one is asked again
	afterFailure   = time.Hour
)

// Source asks one Mac. Make it with New; one check at a time may use it.
type Source struct {
	runner run.Runner
	last   State
	err    error
	asked  time.Time     // on the wall; zero: never
	stands time.Duration // how long that answer does; 0: until the next check
}

// New prepares to ask through that runner.
func New(r run.Runner) *Source { return &Source{runner: r} }

// Look says how the Mac is powered now, in the middle of a check at that time.
// Where a Mac has no battery, and where the tool has failed, an earlier answer
// stands for a while. With an error the state is the zero value.
func (s *Source) Look(ctx context.Context, now time.Time) (State, error) {
	if s.stands > 0 && !wallclock.Elapsed(s.asked, now, s.stands) {
		return s.last, s.err
	}
	s.last, s.err = s.ask(ctx)
	s.asked, s.stands = now, 0
	switch {
	case ctx.Err() != nil: // it says nothing about the tool
	case s.err != nil:
		s.stands = afterFailure
	case !s.last.Battery:
		s.stands = withoutBattery
	}
	return s.last, s.err
}

func (s *Source) ask(ctx context.Context) (State, error) {
	command := run.Command{Tool: run.Pmset, Args: []string{"-g", "batt"}}
	result, err := s.runner.Run(ctx, command)
	if err != nil {
		return State{}, fmt.Errorf("power: %w", err)
	}
	if result.Exit != 0 || result.Truncated {
		return State{}, fmt.Errorf("power: %s: exit status %d", command, result.Exit)
	}
	state, err := Read(result.Stdout)
	if err != nil {
		return State{}, fmt.Errorf("power: %s: %w", command, err)
	}
	return state, nil
}
