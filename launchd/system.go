package launchd

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/kardianos/service"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/run"
)

// System is launchd as the service library sees one: it replaces the library's own
// for macOS (service.ChooseSystem), after which service.New and service.Control work
// as they always do. It manages one job.
type System struct {
	Job     Job
	Paths   paths.Paths // where this Mac's files are; the job names places of any Mac
	Run     run.Runner
	Context context.Context //nolint:containedctx // the library's methods have none; nil: without an end
	Did     func(Step)      // is told each thing that was done, in order; nil: nobody is
	Disk    rootfile.Disk   // nil: the machine's
}

var _ service.System = System{}

// String is the library's name for launchd.
func (System) String() string { return "darwin-launchd" }

// Detect is what the library asks before it takes a system.
func (System) Detect() bool { return true }

// Interactive says whether somebody else than launchd started this program.
// documented: launchd is process 1.
func (System) Interactive() bool { return os.Getppid() != 1 }

// New returns the job's service. The library's configuration can say less than a
// job does; its name must be the job's, so that nobody controls another one.
func (s System) New(program service.Interface, c *service.Config) (service.Service, error) {
	if c.Name != s.Job.Label {
		return nil, fmt.Errorf("launchd: the job is %s, not %s", s.Job.Label, c.Name)
	}
	return s.Service(program, c)
}

// Service is New with the type that it returns.
func (s System) Service(program service.Interface, c *service.Config) (*Service, error) {
	if s.Run == nil || s.Job.Label == "" {
		return nil, errors.New("launchd: a runner and a job are needed")
	}
	if s.Context == nil {
		s.Context = context.Background()
	}
	if s.Did == nil {
		s.Did = func(Step) {}
	}
	return &Service{system: s, launchctl: launchctl{s.Run}, program: program, config: c}, nil
}
