//go:build !darwin

package main

import (
	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/reach"
	"github.com/tokenward/tokenward/internal/run"
)

// platformFlags adds the root folder of a simulated Mac. Nothing below it needs
// root: its owner is whoever runs the program.
func (a *app) platformFlags(root *cobra.Command) {
	root.PersistentFlags().StringVar(&a.root, "root", "/", "root `folder` of the simulated Mac to look at (not on a Mac)")
}

func systemPaths(root string) paths.Paths { return paths.Under(root) }

func systemTools(root string) run.Exec { return run.Under(root) }

func systemDisk(root string) run.Disk { return run.DiskUnder(root) }

func systemNetwork(root string) reach.Prober { return reach.Under(root) }

func privileged() bool { return true }

// native: a simulated Mac has no Rosetta.
func native() error { return nil }
