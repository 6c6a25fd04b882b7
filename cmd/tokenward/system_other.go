//go:build !darwin

package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/reach"
	"github.com/tokenward/tokenward/internal/run"
)

// platformFlags adds the root folder of a simulated Mac. Nothing below it needs
// root: its owner is whoever runs the program.
func (a *app) platformFlags(root *cobra.Command) {
	a.root = "/"
	root.PersistentFlags().Var((*folder)(&a.root), "root", "root `folder` of the simulated Mac to look at (not on a Mac)")
	root.PersistentFlags().IntVar(&a.uid, "uid", 0, "look at it as the user with that `number`, without root's rights (not on a Mac)")
}

// folder is a flag that names a folder. It is kept as an absolute path: tools are
// started in another folder than this program.
type folder string

func (f *folder) String() string { return string(*f) }

// Type is what the help calls it.
func (f *folder) Type() string { return "folder" }

// Set takes what was given.
func (f *folder) Set(path string) error {
	whole, err := filepath.Abs(path)
	*f = folder(whole)
	return err
}

func systemPaths(root string) paths.Paths { return paths.Under(root) }

func systemTools(root string) run.Exec { return run.Under(root) }

func systemDisk(root string) run.Disk { return run.DiskUnder(root) }

func systemNetwork(root string) reach.Prober { return reach.Under(root) }

// native: a simulated Mac has no Rosetta.
func native() error { return nil }
