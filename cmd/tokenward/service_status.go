package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/launchd"
)

func (a *app) serviceStatusCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "status", Short: "Say whether the daemon is installed, runs and answers", Args: noArguments,
		Long: "Asks launchd for the job, and the daemon itself. What could not be found out is called unknown and\n" +
			"never stopped. How the Mac is, tokenward status says.\n\n" +
			"Exit codes: 0 it runs and answers · 12 unknown · 69 not installed, not loaded or no answer ·\n" +
			"1 failed · 2 wrong usage · 77 needs root",
		Example: "  sudo tokenward service status --json",
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := interruptible(c.Context())
			defer stop()
			s, err := a.serviceStatus(ctx)
			if err != nil {
				return err
			}
			if asJSON {
				err = a.printJSON(s)
			} else {
				_, err = fmt.Fprintf(a.out, "Service  %s\nDaemon   %s\n", s.serviceText(), s.daemonText(time.Now()))
			}
			if err != nil {
				return err
			}
			return s.ended(c)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}

// serviceStatus is what is known of the daemon as a service. Null is unknown.
type serviceStatus struct {
	Label     string          `json:"label"`
	System    string          `json:"system"`
	Installed *bool           `json:"installed"`
	Loaded    *bool           `json:"loaded"`
	Process   launchd.Process `json:"process"`
	Problem   string          `json:"problem,omitempty"` // why something is not known
	Daemon    daemonAnswer    `json:"daemon"`
	asked     error           // how asking the daemon ended
}

// daemonAnswer is what the daemon says of itself.
type daemonAnswer struct {
	Answers   *bool      `json:"answers"`
	Problem   string     `json:"problem,omitempty"`
	Version   string     `json:"version,omitempty"`
	Started   *time.Time `json:"started,omitempty"`
	LastCheck *time.Time `json:"last_check,omitempty"`
	NextCheck *time.Time `json:"next_check,omitempty"`
	Verdict   string     `json:"verdict,omitempty"`
}

// answerWithin is how long the daemon may take to answer for itself.
const answerWithin = 10 * time.Second

func (a *app) serviceStatus(ctx context.Context) (serviceStatus, error) {
	s, err := a.controlled(ctx, func(launchd.Step) {})
	if err != nil {
		return serviceStatus{}, err
	}
	status := serviceStatus{Label: paths.Label, System: s.Platform()}
	status.setService(s.Look(ctx))
	asking, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	daemon, err := control.NewClient(a.paths().Socket()).Status(asking)
	status.setDaemon(daemon, err)
	return status, nil
}

func (s *serviceStatus) setService(state launchd.State) {
	if state.Installed || state.Unknown == nil {
		s.Installed = &state.Installed
	}
	if state.Unknown != nil {
		s.Problem = state.Unknown.Error()
		return
	}
	s.Loaded, s.Process = &state.Loaded, state.Process
}

func (s *serviceStatus) setDaemon(daemon wire.DaemonStatus, err error) {
	s.asked = err
	answers := err == nil
	switch {
	case errors.Is(err, control.ErrNotRunning):
		s.Daemon.Answers = &answers
		return
	case err != nil:
		s.Daemon.Problem = err.Error()
		return
	}
	s.Daemon = daemonAnswer{Answers: &answers, Version: daemon.Version, Started: &daemon.Started, NextCheck: &daemon.NextCheck}
	if daemon.Report != nil {
		s.Daemon.LastCheck, s.Daemon.Verdict = &daemon.Report.ObservedAt, daemon.Report.Verdict.String()
	}
}

// serviceText says what launchd knows, in a few words.
func (s *serviceStatus) serviceText() string {
	switch {
	case s.Loaded == nil && s.Installed == nil:
		return "unknown: " + s.Problem
	case s.Loaded == nil:
		return "installed; whether it is loaded is unknown: " + s.Problem
	case !*s.Installed && !*s.Loaded:
		return "not installed"
	case !*s.Loaded:
		return "installed, not loaded"
	}
	text := "installed, loaded"
	if !*s.Installed {
		text = "loaded, but its property list is gone"
	}
	switch {
	case s.Process.PID > 0:
		text += fmt.Sprintf(", process %d", s.Process.PID)
	case s.Process.State != "":
		text += ", " + s.Process.State
		if s.Process.LastExit != "" {
			text += ", last ended with " + s.Process.LastExit
		}
	}
	return text
}

// daemonText says what the daemon says, in a few words.
func (s *serviceStatus) daemonText(now time.Time) string {
	switch {
	case s.Daemon.Answers == nil:
		return "unknown: " + s.Daemon.Problem
	case !*s.Daemon.Answers:
		return "does not answer"
	}
	text := fmt.Sprintf("answers, version %s, since %s", s.Daemon.Version, moment(*s.Daemon.Started, now))
	if s.Daemon.LastCheck == nil {
		return text + ", first check not ended yet"
	}
	return text + ", last check " + moment(*s.Daemon.LastCheck, now) + ": " + s.Daemon.Verdict
}

func moment(at, now time.Time) string {
	at = at.Local()
	if now.Local().Format(time.DateOnly) == at.Format(time.DateOnly) {
		return at.Format("15:04:05")
	}
	return at.Format("15:04 on 2 January 2006")
}

// ended turns the status into the end of the program.
func (s *serviceStatus) ended(c *cobra.Command) error {
	switch {
	case s.Problem != "":
		return &codeError{code: exitUnknown}
	case !*s.Loaded:
		return &codeError{code: exitNoDaemon}
	case errors.Is(s.asked, control.ErrDenied):
		return asRoot(c, s.asked)
	case s.Daemon.Answers == nil:
		return &codeError{code: exitUnknown}
	case !*s.Daemon.Answers:
		return &codeError{code: exitNoDaemon}
	}
	return nil
}
