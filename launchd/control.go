package launchd

import (
	"context"
	"fmt"

	"github.com/kardianos/service"
)

// Start has the daemon run: loaded if it is not, and its process started.
func (s *Service) Start() error {
	ctx, cancel := s.bounded()
	defer cancel()
	return named("start", s.start(ctx))
}

func (s *Service) start(ctx context.Context) error {
	state := s.Look(ctx)
	switch {
	case state.Unknown != nil:
		return state.Unknown
	case state.Loaded:
		s.did("nothing", "launchd has the job already.")
		return s.up(ctx)
	case !state.Installed:
		return service.ErrNotInstalled
	}
	if _, err := s.enable(ctx); err != nil {
		return err
	}
	if err := s.load(ctx); err != nil {
		return err
	}
	return s.up(ctx)
}

// Stop ends the daemon and keeps launchd from starting it again, until the next
// start of the Mac. It is no error where the daemon does not run.
func (s *Service) Stop() error {
	ctx, cancel := s.bounded()
	defer cancel()
	return named("stop", s.stop(ctx))
}

func (s *Service) stop(ctx context.Context) error {
	state := s.Look(ctx)
	switch {
	case state.Unknown != nil:
		return state.Unknown
	case !state.Loaded:
		s.did("nothing", "launchd does not have the job: nothing runs.")
		return nil
	}
	return s.unload(ctx)
}

// Restart ends the process and starts a new one, or starts the daemon where it does
// not run. launchd does not read the property list again: Install does that.
func (s *Service) Restart() error {
	ctx, cancel := s.bounded()
	defer cancel()
	return named("restart", s.restart(ctx))
}

func (s *Service) restart(ctx context.Context) error {
	before := s.Look(ctx)
	switch {
	case before.Unknown != nil:
		return before.Unknown
	case !before.Loaded:
		return s.start(ctx)
	}
	if err := s.launchctl.change(ctx, "kickstart", "-k", target(s.label())); err != nil {
		return err
	}
	after := s.Look(ctx)
	if old := before.Process.PID; after.Unknown == nil && old != 0 && after.Process.PID == old {
		return &RefusedError{Verb: "kickstart", Said: fmt.Sprintf("process %d is still the same", old)}
	}
	return s.up(ctx)
}
