package launchd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/kardianos/service"
)

// State is what is known of the job. Where Unknown is not nil, only Installed may
// be relied on, and only if it is true.
type State struct {
	Installed bool // its property list is in its place
	Loaded    bool // launchd has it
	Process   Process
	Unknown   error // why launchd's view is not known
}

// Look asks the disk and launchd. The zero value of what it could not find out
// comes with the reason.
func (s *Service) Look(ctx context.Context) State {
	var state State
	_, err := os.Lstat(s.file())
	switch {
	case err == nil:
		state.Installed = true
	case !errors.Is(err, fs.ErrNotExist):
		state.Unknown = fmt.Errorf("look at the job: %w", err)
		return state
	}
	state.Loaded, state.Process, state.Unknown = s.launchctl.print(ctx, s.label())
	return state
}

// Status is Look in the library's terms: running only where launchd shows a
// process, stopped only where it says that there is none. The error wraps
// service.ErrNotInstalled where there is no job.
func (s *Service) Status() (service.Status, error) {
	ctx, cancel := s.bounded()
	defer cancel()
	state := s.Look(ctx)
	switch {
	case state.Unknown != nil:
		return service.StatusUnknown, state.Unknown
	case !state.Loaded && !state.Installed:
		return service.StatusUnknown, service.ErrNotInstalled
	case !state.Loaded, state.Process.State == notRunning:
		return service.StatusStopped, nil
	case state.Process.running():
		return service.StatusRunning, nil
	}
	return service.StatusUnknown, fmt.Errorf("launchd has the job, and says of its process: %q", state.Process.State)
}

// notRunning is launchd's word for a job that is loaded and has no process.
// observed (13 to 26).
const notRunning = "not running"
