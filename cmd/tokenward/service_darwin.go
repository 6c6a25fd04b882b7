package main

import (
	"context"

	"github.com/kardianos/service"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/launchd"
)

// chooseSystem replaces the service library's own launchd, before anything of the
// library is used.
func chooseSystem() {
	service.ChooseSystem(launchd.System{Job: launchd.AgentJob(paths.System()), Paths: paths.System(), Run: run.System()})
}

// controlled is the daemon as what starts it on this Mac sees it.
func (a *app) controlled(ctx context.Context, did func(launchd.Step)) (controlled, error) {
	return a.underLaunchd(ctx, did)
}
