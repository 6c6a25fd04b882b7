package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/doctor"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/internal/wire"
)

func (a *app) doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say which sources do not work on this Mac, and what to do about it",
		Long: "Asks every source that Tokenward learns from, the slow ones included, and says which do not\n" +
			"work, why, and how to mend it. It judges the sources, not the tokens: for those there is\n" +
			"tokenward status. Where a daemon runs, its answers are compared: macOS can allow you what it\n" +
			"denies the daemon.\n\n" +
			"Exit codes: 0 everything works · 10 something does not",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			exam, err := a.examine(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				err = a.printJSON(exam)
			} else {
				err = view.WriteExam(a.out, a.screen(), exam)
			}
			if err == nil && exam.Troubled() {
				err = &codeError{code: exitDegraded}
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return c
}

// examine asks everything and compares it with what the daemon was told.
func (a *app) examine(ctx context.Context) (doctor.Exam, error) {
	cfg, broken := a.load()
	if broken != nil {
		cfg = config.Default()
	}
	report, err := a.check(ctx, cfg, true, "")
	if err != nil {
		return doctor.Exam{}, err
	}
	daemon, asking := a.client().Status(ctx)
	checks := []doctor.Check{configured(broken), running(daemon, asking, time.Now())}
	var theirs *wire.Report
	if asking == nil {
		theirs = daemon.Report
		checks = append(checks, doctor.Triggers(daemon.Triggers))
	}
	return doctor.Exam{
		Checks:  append(checks, doctor.DiskAccess(report, theirs)),
		Sources: doctor.Examine(report, theirs, doctor.Circumstances{Root: a.privileged(), OS: report.Device.OS.Version}),
	}, nil
}

func configured(err error) doctor.Check {
	if err != nil {
		return doctor.Check{Name: "Configuration", State: doctor.Failed, Text: err.Error(), Remedy: "Correct it. Until then the daemon goes on with the last good one, or with its defaults."}
	}
	return doctor.Check{Name: "Configuration", State: doctor.Works, Text: "It can be used."}
}

func running(daemon wire.DaemonStatus, err error, now time.Time) doctor.Check {
	c := doctor.Check{Name: "Daemon", State: doctor.Failed}
	doubt := doubtful(daemon, err, now)
	switch {
	case errors.Is(err, control.ErrDenied):
		c.State, c.Text, c.Remedy = doctor.Denied, "Only root may ask it.", "Run `sudo tokenward doctor`."
	case errors.Is(err, control.ErrNotRunning):
		c.Text, c.Remedy = "It is not running.", "If it is installed, start it with `sudo tokenward service start`."
	case errors.Is(err, control.ErrVersion):
		c.Text, c.Remedy = "It is of another version than this program.", "Restart it with `sudo tokenward service restart`."
	case err != nil:
		c.Text, c.Remedy = err.Error(), "Look at its log."
	case daemon.Report == nil:
		c.State, c.Text = doctor.NotAsked, "It has not finished its first check yet."
	case doubt != "":
		c.Text, c.Remedy = "It is stuck: its next check is overdue.", "Restart it with `sudo tokenward service restart`."
	default:
		c.State, c.Text = doctor.Works, fmt.Sprintf("It runs, and checked at %s.", daemon.Report.ObservedAt.Local().Format("15:04 on 2 January"))
	}
	return c
}
