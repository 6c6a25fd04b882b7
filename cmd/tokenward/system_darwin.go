package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/run"
)

// platformFlags adds nothing: on a Mac there is one Mac to look at.
func (a *app) platformFlags(*cobra.Command) {}

func systemPaths(string) paths.Paths { return paths.System() }

func systemTools(string) run.Exec { return run.System() }

// privileged: several of Apple's tools tell the whole truth to root alone.
func privileged() bool { return os.Geteuid() == 0 }
