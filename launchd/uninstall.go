package launchd

import (
	"context"
	"fmt"
)

// Uninstall ends the daemon and removes its property list. It is no error where
// there is none. Where launchd cannot be asked, the list stays: a job that is
// loaded and has no file could not be found again.
func (s *Service) Uninstall() error {
	ctx, cancel := s.bounded()
	defer cancel()
	return named("uninstall", s.uninstall(ctx))
}

func (s *Service) uninstall(ctx context.Context) error {
	state := s.Look(ctx)
	if state.Unknown != nil {
		return state.Unknown
	}
	if !state.Loaded && !state.Installed {
		s.did("nothing", "The job is not installed.")
		return nil
	}
	if state.Loaded {
		if err := s.unload(ctx); err != nil {
			return err
		}
	}
	if !state.Installed {
		return nil
	}
	if err := s.files().Remove(s.file()); err != nil {
		return fmt.Errorf("%w; the daemon is stopped, and launchd will load it again when the Mac starts", err)
	}
	s.did("removed", "Removed "+s.file()+".")
	return nil
}
