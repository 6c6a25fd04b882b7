package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/macsim/conform"
)

// The exit codes.
const (
	exitDone    = 0
	exitFailed  = 1 // or something was not undone
	exitUsage   = 2
	exitDiffers = 3 // the Mac is otherwise than the simulator claims
)

// failure is an error that is not the caller's mistake.
type failure struct{ error }

// errDiffers says that the Mac and the simulator differ.
var errDiffers = errors.New("this Mac differs from the simulated one")

// options are the flags.
type options struct {
	tier     string
	cases    []string
	goOn     bool
	list     bool
	json     string
	simulate string
	admin    string
	user     string
}

// terminal is where the program talks to whoever runs it.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// runCommand runs the command line and returns the exit code. An interrupt ends
// the case under way, which is undone, and no further one begins.
func runCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := rootCommand(terminal{stdin, stdout, stderr})
	c.SetArgs(args)
	c.SetOut(stdout)
	c.SetErr(stderr)
	err := c.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	_, _ = fmt.Fprintf(stderr, "realmac: %v\n", err) // nothing is left to be told to
	switch {
	case errors.Is(err, errDiffers):
		return exitDiffers
	case errors.As(err, new(failure)):
		return exitFailed
	}
	return exitUsage
}

func rootCommand(t terminal) *cobra.Command {
	var o options
	c := &cobra.Command{
		Use:   "realmac",
		Short: "Put the claims of the simulated Mac to a real one",
		Long: `Put the claims of the simulated Mac to this one, and report what differs.

Without flags it asks, and changes nothing. --tier reversible makes a test account
and removes it again; --tier destructive changes what cannot be put back. Either
tells what it will do first, and wants the word typed. Run it with sudo: several of
Apple's tools tell the whole truth to root alone.

The report has no names, GUIDs, numbers of the device or addresses in it.

Exit status: 0 nothing differs, 1 failed or not undone, 2 wrong usage, 3 something
differs.`,
		Example: "  sudo realmac --json report.json\n  sudo realmac --tier reversible --admin lea\n  realmac --list\n  realmac --simulate healthy",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return run(c.Context(), t, &o)
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	f := c.Flags()
	f.StringVar(&o.tier, "tier", string(conform.ReadOnly), "read_only, reversible or destructive")
	f.StringSliceVar(&o.cases, "case", nil, "these cases alone, by name")
	f.BoolVar(&o.goOn, "continue", false, "go on with --case after the restart that it asked for")
	f.BoolVar(&o.list, "list", false, "print what every case would ask, and ask nothing")
	f.StringVar(&o.json, "json", "", "also write JSON to this file; - is standard output")
	f.StringVar(&o.simulate, "simulate", "", "run on a simulated Mac: the name of a scenario")
	f.StringVar(&o.admin, "admin", "", "the administrator whose password is asked for; who called sudo unless given")
	f.StringVar(&o.user, "user", "", "the account to ask as where root is not to; who called sudo unless given")
	return c
}

// chosen are the cases that the flags ask for.
func (o *options) chosen() (conform.Tier, []conform.Case, error) {
	tier := conform.Tier(o.tier)
	if !slices.Contains(conform.Tiers(), tier) {
		return tier, nil, fmt.Errorf("--tier: %q is none of read_only, reversible, destructive", o.tier)
	}
	if o.goOn && len(o.cases) != 1 {
		return tier, nil, errors.New("--continue needs one --case")
	}
	cases := conform.Of(tier)
	if len(o.cases) == 0 {
		return tier, cases, nil
	}
	for _, id := range o.cases {
		if !slices.ContainsFunc(cases, func(c conform.Case) bool { return c.ID == id }) {
			return tier, nil, fmt.Errorf("--case: there is no case %q in the tier %s", id, tier)
		}
	}
	return tier, slices.DeleteFunc(cases, func(c conform.Case) bool { return !slices.Contains(o.cases, c.ID) }), nil
}

func run(ctx context.Context, t terminal, o *options) error {
	if o.list {
		return list(t.out, o.json)
	}
	tier, cases, err := o.chosen()
	if err != nil {
		return err
	}
	s, err := newSession(ctx, t, o)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.prepare(ctx, tier, cases); err != nil {
		return err
	}
	report := conform.NewReport(&s.suite, tier, s.run(ctx, cases))
	return s.finish(ctx, &report, o.json)
}

// finish prints the report and says what to do with it.
func (s *session) finish(ctx context.Context, report *conform.Report, jsonFile string) error {
	out := s.out
	if jsonFile == "-" {
		out = s.err
	}
	if err := report.WriteText(out); err != nil {
		return failure{err}
	}
	if jsonFile != "" {
		if err := writeJSON(s.out, jsonFile, report); err != nil {
			return failure{err}
		}
	}
	if !report.Simulated {
		_, _ = fmt.Fprint(out, "\nPlease send this report, or better the file of --json, in an issue:\nhttps://github.com/tokenward/tokenward/issues\nNames, GUIDs, serial numbers and addresses were taken out; look through it before you send it.\n")
	}
	switch {
	case len(report.LeftBehind()) > 0:
		return failure{errors.New("not undone: " + strings.Join(report.LeftBehind(), "; "))}
	case ctx.Err() != nil && report.Tier == conform.Destructive:
		return failure{errors.New("interrupted; what was done to anything but the test account stays")}
	case ctx.Err() != nil:
		return failure{errors.New("interrupted; what was changed has been undone")}
	case report.Count(conform.Differs) > 0:
		return errDiffers
	}
	return nil
}
