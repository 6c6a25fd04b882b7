package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
)

func (a *app) statusCommand() *cobra.Command {
	var asJSON, now bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show how this Mac is, what is wrong and what to do",
		Long: "Shows what the daemon found at its last check. Where no daemon runs, the Mac is asked\n" +
			"directly, and the first lines say so.\n\n" + exitHelp,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			page, err := a.status(c.Context(), now)
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

// status asks the daemon, or the Mac itself where there is none.
func (a *app) status(ctx context.Context, now bool) (view.Page, error) {
	client := control.NewClient(a.paths().Socket())
	ask := client.Status
	if now {
		ask = client.CheckNow
	}
	daemon, err := ask(ctx)
	note := "The daemon has not finished its first check yet: this is what the Mac says now."
	switch {
	case err == nil && daemon.Report != nil:
		report := *daemon.Report
		report.ReportID, report.Epoch, report.Seq, report.Dropped = "", "", 0, nil
		return view.Page{Report: report, Daemon: &daemon, Now: time.Now()}, nil
	case errors.Is(err, control.ErrNotRunning):
		note = "The daemon is not running: this is what the Mac says now."
	case errors.Is(err, control.ErrDenied):
		return view.Page{}, fmt.Errorf("%w: run sudo tokenward status", err)
	case err != nil:
		note = "The daemon could not be asked (" + err.Error() + "): this is what the Mac says now."
	}
	cfg, err := a.load(nil)
	if err != nil {
		return view.Page{}, err
	}
	report, err := a.check(ctx, cfg, false, "")
	return view.Page{Report: report, Note: note, Now: time.Now()}, err
}
