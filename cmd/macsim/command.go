package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/macsim"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // wrong usage, or a scenario that cannot be used
)

// failure is an error that is not the caller's mistake.
type failure struct{ error }

// runCommand runs the command line and returns the exit code.
func runCommand(args []string, stdout, stderr io.Writer) int {
	c := rootCommand()
	c.SetArgs(args)
	c.SetOut(stdout)
	c.SetErr(stderr)
	err := c.Execute()
	if err == nil {
		return exitDone
	}
	_, _ = fmt.Fprintf(stderr, "macsim: %v\n", err) // nothing is left to be told to
	if errors.As(err, new(failure)) {
		return exitFailed
	}
	return exitUsage
}

func rootCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "macsim",
		Short: "A simulated Mac: Apple's command-line tools, answering from a scenario",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("a command is missing; see macsim --help")
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	c.CompletionOptions.DisableDefaultCmd = true
	c.AddCommand(upCommand(), scenariosCommand())
	return c
}

func upCommand() *cobra.Command {
	var scenario string
	c := &cobra.Command{
		Use:   "up DIR --scenario NAME|FILE",
		Short: "Make DIR the root folder of a simulated Mac",
		Long: `Make DIR the root folder of a simulated Mac: the tools lie in it at their own
paths (DIR/usr/bin/sw_vers and so on) and answer from the scenario. A DIR that
holds a simulated Mac already becomes the new one.`,
		Example: "  macsim up /tmp/mac --scenario healthy\n  /tmp/mac/usr/bin/profiles status -type bootstraptoken",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return up(c.OutOrStdout(), args[0], scenario)
		},
	}
	c.Flags().StringVarP(&scenario, "scenario", "s", "", "name of a built-in scenario, or a scenario file (has a slash or ends in .yaml)")
	return c
}

func up(stdout io.Writer, dir, scenario string) error {
	mac, err := load(scenario)
	if err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return failure{fmt.Errorf("find this program: %w", err)}
	}
	if err := macsim.Layout(dir, mac, exe); err != nil {
		return failure{err}
	}
	_, err = fmt.Fprintf(stdout, "%s: a simulated %s with %s %s (%s)\n", dir, mac.Model, mac.OS.Product, mac.OS.Version, mac.OS.Build)
	return err
}

// load takes what looks like a path for a file, and all else for a name.
func load(scenario string) (macsim.Mac, error) {
	if scenario == "" {
		return macsim.Mac{}, errors.New("--scenario is missing; `macsim scenarios` lists those that are built in")
	}
	isFile := strings.ContainsRune(scenario, filepath.Separator) || strings.HasSuffix(scenario, ".yaml")
	if isFile {
		return macsim.Read(scenario)
	}
	return macsim.Load(scenario)
}

func scenariosCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "scenarios",
		Short: "List the built-in scenarios and what happened to each Mac",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, name := range macsim.Scenarios() {
				history, err := macsim.History(name)
				if err != nil {
					return failure{err}
				}
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%s\n    %s\n", name, history); err != nil {
					return failure{err}
				}
			}
			return nil
		},
	}
}
