//go:build !darwin

package main

import (
	"context"
	"errors"
	"os"

	"github.com/kardianos/service"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/launchd"
)

// chooseSystem leaves the service library to the system that it finds: which Mac is
// meant is not known yet.
func chooseSystem() {}

// controlled is the daemon as what starts it sees it: a simulated Mac's launchd, or
// systemd on a machine of a lab.
func (a *app) controlled(ctx context.Context, did func(launchd.Step)) (controlled, error) {
	if a.root != "/" {
		return a.underLaunchd(ctx, did)
	}
	// The library would write a script for whatever else it finds.
	if _, err := os.Stat("/run/systemd/system"); err != nil || service.Platform() != "linux-systemd" {
		return nil, errors.New("systemd does not run here; --root names a simulated Mac")
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s, err := service.New(nil, &service.Config{
		Name: paths.Label, Description: "Tokenward, for a lab", Executable: program, Arguments: []string{"run"},
		Option: service.KeyValue{"Restart": "on-failure"},
	})
	return systemd{s, did}, err
}

// systemd is the library's own service, which tells nothing of what it does.
type systemd struct {
	service.Service
	did func(launchd.Step)
}

// Look puts the library's answer in the terms of launchd.
func (s systemd) Look(context.Context) launchd.State {
	status, err := s.Status()
	switch {
	case errors.Is(err, service.ErrNotInstalled):
		return launchd.State{}
	case err != nil:
		return launchd.State{Unknown: err}
	case status == service.StatusRunning:
		return launchd.State{Installed: true, Loaded: true, Process: launchd.Process{State: "running"}}
	}
	return launchd.State{Installed: true}
}

func (s systemd) Install() error   { return s.told("installed", s.Service.Install()) }
func (s systemd) Uninstall() error { return s.told("uninstalled", s.Service.Uninstall()) }
func (s systemd) Start() error     { return s.told("started", s.Service.Start()) }
func (s systemd) Stop() error      { return s.told("stopped", s.Service.Stop()) }
func (s systemd) Restart() error   { return s.told("restarted", s.Service.Restart()) }

func (s systemd) told(what string, err error) error {
	if err == nil {
		s.did(launchd.Step{Did: what, Text: "systemd has " + what + " the daemon."})
	}
	return err
}
