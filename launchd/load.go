package launchd

import (
	"context"
	"errors"
	"fmt"

	"github.com/tokenward/tokenward/internal/paths"
)

// load has launchd take the job from its property list, and waits where launchd is
// not ready yet. It returns nil only after launchd has shown the job.
func (s *Service) load(ctx context.Context) error {
	trying, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s.forget()
	digest, _ := s.digest() // without one there is nothing to remember
	var pause backOff
	for {
		refused := s.launchctl.change(ctx, "bootstrap", domain, paths.Paths{}.Job())
		state := s.Look(ctx)
		switch {
		case state.Unknown != nil:
			return errors.Join(refused, state.Unknown)
		case state.Loaded: // also where bootstrap said 5: observed (14), it had taken the job
			s.note(digest)
			s.did("loaded", "launchd has taken the job.")
			return nil
		case refused == nil:
			refused = &RefusedError{Verb: "bootstrap", Said: "launchd does not have the job"}
		}
		if !mayPass(refused) {
			return refused
		}
		if pause == 0 {
			s.did("waiting", "launchd does not take the job yet; trying again for "+patience.String()+".")
		}
		if !pause.wait(trying) {
			return errors.Join(refused, ctx.Err())
		}
	}
}

func mayPass(err error) bool {
	var refused *RefusedError
	return errors.As(err, &refused) && refused.passing()
}

// unload has launchd let go of the job, and waits until it has: bootout returns
// before that (observed, 15 to 27).
func (s *Service) unload(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s.forget()
	refused := s.launchctl.change(ctx, "bootout", target(s.label()))
	var pause backOff
	for {
		state := s.Look(ctx)
		switch {
		case state.Unknown != nil:
			return errors.Join(refused, state.Unknown)
		case !state.Loaded:
			s.did("unloaded", "launchd has ended the daemon and let go of the job.")
			return nil
		case refused != nil && !mayPass(refused):
			return refused
		}
		if !pause.wait(waiting) {
			if refused == nil {
				refused = &RefusedError{Verb: "bootout", Said: fmt.Sprintf("launchd still has the job after %s", patience)}
			}
			return errors.Join(refused, ctx.Err())
		}
	}
}

// ErrDown means that launchd has the job and its process does not run.
var ErrDown = errors.New("the job is loaded, but its process does not run")

// up waits for the process. A job that launchd has taken and never started
// (observed, 26.5: after loading in quick succession) is given a push. Where
// launchd's text tells nothing, nothing is claimed.
func (s *Service) up(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, comingUp)
	defer cancel()
	var pause backOff
	pushed := false
	for {
		state := s.Look(ctx)
		switch {
		case state.Unknown != nil:
			return state.Unknown
		case !state.Loaded:
			return &RefusedError{Verb: "print", Said: "launchd no longer has the job"}
		case state.Process.running():
			s.did("runs", fmt.Sprintf("It runs as process %d.", state.Process.PID))
			return nil
		case state.Process.State == "":
			s.did("untold", "Whether its process runs launchd does not tell.")
			return nil
		case state.Process.State == notRunning && !pushed:
			pushed = true
			if err := s.launchctl.change(ctx, "kickstart", target(s.label())); err != nil {
				return err
			}
			continue
		}
		if !pause.wait(waiting) {
			return errors.Join(fmt.Errorf("%w: launchd calls it %q, and how it last ended %q", ErrDown, state.Process.State, state.Process.LastExit), ctx.Err())
		}
	}
}
