package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

func (a *app) checkCommand() *cobra.Command {
	var asJSON, deep bool
	var record string
	c := &cobra.Command{
		Use:   "check",
		Short: "Ask the Mac now, whether a daemon runs or not",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			report, err := a.check(c.Context(), cfg, deep, record)
			if err != nil {
				return err
			}
			return a.show(asJSON, view.Page{Report: report, Now: time.Now()})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	c.Flags().BoolVar(&deep, "deep", false, "also have the Mac fetch its Bootstrap Token (about 11 s)")
	c.Flags().StringVar(&record, "record", "", "write what the tools answered into a new `folder`, for tokenward diagnose")
	return c
}

// check asks the Mac and judges it, without a daemon.
func (a *app) check(ctx context.Context, cfg config.Config, deep bool, record string) (wire.Report, error) {
	found, err := a.look(ctx, cfg, health.Ledger{}, deep, record)
	if err != nil {
		return wire.Report{}, err
	}
	return found.Report(a.about(cfg)), nil
}

func (a *app) about(cfg config.Config) wire.Source {
	return wire.Source{Agent: build(), Name: cfg.Device.Name, Labels: cfg.Device.Labels, Reason: wire.Requested}
}

// look asks the Mac and judges what it says together with what earlier checks
// remember.
func (a *app) look(ctx context.Context, cfg config.Config, past health.Ledger, deep bool, record string) (agent.Assessment, error) {
	if err := native(); err != nil {
		return agent.Assessment{}, err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	now, mac := time.Now().UTC(), a.mac(cfg)
	mac.Run = a.waiting(mac.Run)
	var recorder *run.Recorder // holds all that the tools print
	if record != "" {
		recorder = run.NewRecorder(mac.Run, mac.Files, mac.Net)
		mac.Run, mac.Files, mac.Net = recorder, recorder, recorder
	}
	which := collectors.Quick()
	if deep {
		which = collectors.All()
	}
	limited, cancel := context.WithTimeout(ctx, cfg.CheckLimit)
	defer cancel()
	found := agent.Judge(collectors.Take(limited, mac, now, which), past, cfg.HealthPolicy())
	if ctx.Err() != nil {
		return agent.Assessment{}, errors.New("check: interrupted; what was not asked yet says nothing about this Mac")
	}
	if recorder != nil {
		if err := recorder.Recording(now).Save(record); err != nil {
			return agent.Assessment{}, err
		}
	}
	return found, nil
}

// progress says on a terminal that something takes a while, and takes it back.
func (a *app) progress(text string) (done func()) {
	if !isTerminal(a.err) {
		return func() {}
	}
	fmt.Fprint(a.err, text)
	return func() { fmt.Fprint(a.err, "\r\x1b[K") }
}

// show prints a page, for a person or for a program, and ends with its verdict.
func (a *app) show(asJSON bool, page view.Page) error {
	var err error
	if asJSON {
		err = a.printJSON(page.Report)
	} else {
		err = view.Write(a.out, a.screen(), page)
	}
	if err != nil {
		return err
	}
	return ended(page.Report.Verdict)
}

func (a *app) printJSON(v any) error {
	encoder := json.NewEncoder(a.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
