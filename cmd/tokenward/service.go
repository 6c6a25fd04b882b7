package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/kardianos/service"
	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/launchd"
)

// controlled is the daemon as what starts it sees it.
type controlled interface {
	service.Service
	Look(ctx context.Context) launchd.State
}

// underLaunchd is the daemon under this Mac's launchd.
func (a *app) underLaunchd(ctx context.Context, did func(launchd.Step)) (controlled, error) {
	return launchd.System{
		Job: launchd.AgentJob(paths.Paths{}), Paths: a.paths(), Run: systemTools(a.root), Context: ctx, Did: did,
	}.Service(nil, &service.Config{Name: paths.Label})
}

func (a *app) serviceCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "service",
		Short: "Install, start, stop or look at the daemon",
		Long: "Makes the daemon a job of launchd, and controls it. Nothing that launchctl claims is taken for\n" +
			"granted: after each step launchd is asked whether it is so.\n\n" + serviceExits,
		Args: knownSubcommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		a.controlCommand(serviceVerb{
			verb: "install", short: "Install the daemon and start it", do: controlled.Install,
			long: "Writes the property list, has launchd load it, and waits until the daemon runs. It may be run\n" +
				"again: what is as it should be stays, and a program or a property list that was replaced since\n" +
				"launchd took the job is loaded. Where launchd does not take the job, what was there before is\n" +
				"there again.",
		}),
		a.uninstallCommand(),
		a.controlCommand(serviceVerb{
			verb: "start", short: "Start the daemon", do: controlled.Start,
			long: "Has launchd load the job, where it has not, and waits until the daemon runs.",
		}),
		a.controlCommand(serviceVerb{
			verb: "stop", short: "Stop the daemon until the Mac is started again", do: controlled.Stop,
			long: "Has launchd end the daemon and let go of the job, and waits until it has. It stays installed, so\n" +
				"it is there again when the Mac is started.",
		}),
		a.controlCommand(serviceVerb{
			verb: "restart", short: "End the daemon's process and start a new one", do: controlled.Restart,
			long: "Has launchd end the process and start a new one. The property list is not read again: that is\n" +
				"what service install does.",
		}),
		a.serviceStatusCommand(),
	)
	return c
}

const serviceExits = "Exit codes: 0 done · 1 failed · 2 wrong usage · 69 not installed, or not running ·\n" +
	"12 launchd could not be asked · 77 needs root"

// knownSubcommand is reached with arguments only if the first is no command.
func knownSubcommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(fmt.Errorf("there is no command %q; see %s --help", args[0], c.CommandPath()))
}

// serviceVerb is a command that changes something and takes no argument.
type serviceVerb struct {
	verb, short, long string
	do                func(controlled) error
}

func (a *app) controlCommand(what serviceVerb) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: what.verb, Short: what.short, Args: noArguments,
		Long:    what.long + "\n\n" + serviceExits,
		Example: "  sudo tokenward service " + what.verb,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.controls(c, asJSON, func(_ context.Context, s controlled, _ func(launchd.Step)) error { return what.do(s) })
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print what was done as JSON")
	return c
}

// serviceResult is what a command did, in order.
type serviceResult struct {
	Action string         `json:"action"`
	Done   []launchd.Step `json:"done"`
	Error  string         `json:"error,omitempty"`
	Next   string         `json:"next,omitempty"` // what a person can do about the error
}

// controls runs what changes something, and tells each step when it is done: some
// take seconds.
func (a *app) controls(c *cobra.Command, asJSON bool, do func(context.Context, controlled, func(launchd.Step)) error) error {
	if !a.privileged() {
		return needsRoot(c)
	}
	ctx, stop := interruptible(c.Context())
	defer stop()
	result := serviceResult{Action: c.Name(), Done: []launchd.Step{}}
	did := func(step launchd.Step) {
		result.Done = append(result.Done, step)
		if !asJSON {
			fmt.Fprintln(a.out, step.Text)
		}
	}
	s, err := a.controlled(ctx, did)
	if err == nil {
		err = do(ctx, s, did)
	}
	next := nextStep(err)
	if asJSON {
		if err != nil {
			result.Error, result.Next = err.Error(), next
		}
		if err := a.printJSON(result); err != nil {
			return err
		}
	}
	return failed(err, next)
}

// failed is how a command ends.
func failed(err error, next string) error {
	switch {
	case err == nil:
		return nil
	case next != "":
		err = fmt.Errorf("%w\n%s", err, next)
	}
	if errors.Is(err, service.ErrNotInstalled) {
		return &codeError{exitNoDaemon, err}
	}
	return err
}

// nextStep is one thing that a person can do about a failure.
func nextStep(err error) string {
	var refused *launchd.RefusedError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, service.ErrNotInstalled):
		return "Install it with: sudo tokenward service install"
	case errors.Is(err, launchd.ErrDown):
		return "What it said is in " + cmp.Or(paths.Paths{}.Logs(), "its log") + "; or run it by hand: sudo tokenward run"
	case errors.As(err, &refused):
		return refused.Advice()
	}
	return ""
}

func needsRoot(c *cobra.Command) error {
	return &codeError{exitNeedsRoot, fmt.Errorf("only root may do this: run sudo %s", c.CommandPath())}
}
