package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

func (a *app) diagnoseCommand() *cobra.Command {
	var asJSON bool
	var service []string
	c := &cobra.Command{
		Use:   "diagnose RECORDING",
		Short: "Judge what a Mac answered at another time",
		Long: "Reads a recording, a folder or a .tar.gz, and judges it exactly as that Mac would have been\n" +
			"judged when it was taken. What is not in the recording was not observed.\n\n" + exitHelp,
		Args: oneArgument("the path of a recording"),
		RunE: func(c *cobra.Command, args []string) error {
			policy, err := a.decisions(service)
			if err != nil {
				return err
			}
			report, err := diagnose(c.Context(), args[0], policy)
			if err != nil {
				return &codeError{exitUnreadable, err}
			}
			return a.show(asJSON, view.Page{Report: report, Now: time.Now()})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	c.Flags().StringSliceVar(&service, "service-account", nil, "record `name` of an account that nobody works with; may be repeated")
	return c
}

// decisions are those of a configuration that was named. This Mac's own says nothing
// of the one that a recording is of.
func (a *app) decisions(service []string) (health.Policy, error) {
	var cfg config.Config
	if a.configFile != "" {
		var err error
		if cfg, err = a.load(); err != nil {
			return health.Policy{}, err
		}
	}
	cfg.ServiceAccounts = append(cfg.ServiceAccounts, service...)
	return cfg.HealthPolicy(), nil
}

// diagnose runs the whole pipeline on a recording.
func diagnose(ctx context.Context, path string, policy health.Policy) (wire.Report, error) {
	recording, err := run.OpenRecording(path)
	if err != nil {
		return wire.Report{}, err
	}
	replay, err := run.NewReplay(recording)
	if err != nil {
		return wire.Report{}, err
	}
	mac := collectors.Mac{Run: replay, Files: replay, Net: replay, Privileged: true, Free: true}
	found := agent.Look(ctx, mac, replay.TakenAt(), collectors.All(), policy)
	return found.Report(wire.Source{Agent: build(), Reason: wire.Requested}), nil
}
