package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/internal/wire"
)

func (a *app) statusCommand() *cobra.Command {
	var asJSON, now bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show how this Mac is, what is wrong and what to do",
		Long: "Shows what the daemon found at its last check. Where no daemon runs, the Mac is asked\n" +
			"directly, and the first lines say so. An admin needs no root's rights while the daemon runs; anybody\n" +
			"else sees the daemon's verdict, the own account, and what to tell the help desk.\n\n" + exitHelp,
		Example: "  sudo tokenward status --now\n  tokenward status",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if !a.privileged() {
				if now {
					return asRoot(c, control.ErrDenied)
				}
				return a.statusWithoutRoot(c.Context(), asJSON)
			}
			page, err := a.status(c, now)
			if err != nil {
				return err
			}
			return a.show(asJSON, page)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	c.Flags().BoolVar(&now, "now", false, "have the daemon check first")
	return c
}

// overdue is how long after its time a check may be missing before the daemon
// counts as stuck: a Mac that has just woken up is late, too.
const overdue = 30 * time.Minute

// status asks the daemon, or the Mac itself where there is none, for the command
// that was typed.
func (a *app) status(c *cobra.Command, now bool) (view.Page, error) {
	ctx := c.Context()
	client := a.client()
	ask := client.Status
	if now {
		ask = client.CheckNow
	}
	asking, stop := interruptible(ctx)
	daemon, err := ask(asking)
	stop()
	if errors.Is(err, control.ErrDenied) {
		return view.Page{}, asRoot(c, err)
	}
	doubt := doubtful(daemon, err, time.Now())
	if doubt == "" {
		return shownBy(daemon), nil
	}
	cfg, unusable := a.load()
	if unusable != nil {
		// Whoever is in trouble needs the page more than the configuration.
		cfg = config.Default()
		doubt += " Its configuration cannot be used: " + unusable.Error() + "."
	}
	report, err := a.check(ctx, cfg, false, "")
	return view.Page{Report: report, Note: doubt, Now: time.Now()}, err
}

// client asks the daemon as the user who runs the program. On a simulated Mac that
// may be another than the kernel knows: whoever owns it may ask as anybody.
func (a *app) client() control.Client {
	client := control.NewClient(a.paths().Socket())
	if a.uid != os.Geteuid() {
		return client.As(a.uid)
	}
	return client
}

// shownBy is what the daemon knows, without what is about sending it.
func shownBy(daemon wire.DaemonStatus) view.Page {
	report := *daemon.Report
	report.ReportID, report.Epoch, report.Seq, report.Dropped = "", "", 0, nil
	return view.Page{Report: report, Daemon: &daemon, Now: time.Now()}
}

// statusWithoutRoot is the whole page for whom the daemon knows as an admin, and the
// own account for anybody else, and where it cannot be asked.
func (a *app) statusWithoutRoot(ctx context.Context, asJSON bool) error {
	asking, stop := interruptible(ctx)
	daemon, err := a.client().Status(asking)
	stop()
	if err == nil && doubtful(daemon, nil, time.Now()) == "" {
		return a.show(asJSON, shownBy(daemon))
	}
	return a.ownStatus(ctx, asJSON)
}

// asRoot says how to get what was asked for.
func asRoot(c *cobra.Command, err error) error {
	return fmt.Errorf("%w: run sudo %s", err, c.CommandPath())
}

// doubtful says why the daemon's answer is not what a person needs, empty where
// it is.
func doubtful(daemon wire.DaemonStatus, err error, now time.Time) string {
	const instead = ": this is what the Mac says now."
	switch {
	case errors.Is(err, control.ErrNotRunning):
		return "The daemon is not running" + instead
	case err != nil:
		return "The daemon could not be asked (" + err.Error() + ")" + instead
	case daemon.Report == nil:
		return "The daemon has not finished its first check yet" + instead
	case !daemon.NextCheck.IsZero() && now.Sub(daemon.NextCheck) > overdue:
		return "The daemon is stuck, it should have checked at " + daemon.NextCheck.Local().Format("15:04 on 2 January") + instead
	}
	return ""
}
