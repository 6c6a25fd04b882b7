package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/reach"
	"github.com/tokenward/tokenward/internal/run"
)

// platformFlags adds nothing: on a Mac there is one Mac to look at, and the kernel
// says who looks.
func (a *app) platformFlags(*cobra.Command) { a.uid = os.Geteuid() }

func systemPaths(string) paths.Paths { return paths.System() }

func systemTools(string) run.Exec { return run.System() }

func systemDisk(string) run.Disk { return run.SystemDisk() }

func systemNetwork(string) reach.Prober { return reach.System() }

// native refuses to look at an Apple silicon Mac through Rosetta: the tools it
// would start say that the Mac is an Intel one.
func native() error {
	if translated, err := unix.SysctlUint32("sysctl.proc_translated"); err == nil && translated == 1 {
		return errors.New("this is the Intel build of tokenward on Apple silicon: install the universal one")
	}
	return nil
}
