package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

func showCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show DIR",
		Short: "Show the truth about the simulated Mac in DIR, which no tool on it tells",
		Long: `Show the truth about the simulated Mac in DIR, which no tool on it tells.

Bootstrap Token: "volume" says that its cryptographic user is there, "believed"
that the Mac takes it for escrowed, "server" that the server has one, "valid" that
it is the same one. People: "token" opens with the user's password, "drifted" with
a former one, "phantom" is not on the volume; "unlocks" is in FileVault's list,
"window" is shown at its window.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFolder,
		RunE: func(c *cobra.Command, args []string) error {
			m, err := open(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), macsim.SummaryOf(&m))
			}
			return show(c.OutOrStdout(), &m)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// open reads the Mac in a folder.
func open(dir string) (state.Mac, error) {
	if err := macsim.Exists(dir); err != nil {
		return state.Mac{}, failure{err}
	}
	m, err := macsim.Open(dir)
	if err != nil {
		return m, failure{err}
	}
	return m, nil
}

func show(stdout io.Writer, m *state.Mac) error {
	s := macsim.SummaryOf(m)
	screen := s.Console
	if screen == "" {
		screen = "nobody"
	}
	out := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "Mac\t%s, %s, %s\n", describe(m), m.Chip, strings.ReplaceAll(s.Phase, "_", " "))
	fmt.Fprintf(out, "On the screen\t%s\n", screen)
	fmt.Fprintf(out, "FileVault\t%s\n", s.FileVault)
	fmt.Fprintf(out, "Bootstrap Token\t%s\n", s.Bootstrap)
	for _, name := range slices.Sorted(maps.Keys(s.People)) {
		fmt.Fprintf(out, "%s\t%s\n", name, s.People[name])
	}
	return out.Flush()
}

func writeJSON(stdout io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return failure{err}
	}
	_, err = fmt.Fprintf(stdout, "%s\n", text)
	return err
}

func callsCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "calls DIR",
		Short: "List the tools that were started on the simulated Mac in DIR",
		Long: `List the tools that were started on the simulated Mac in DIR since it was laid
out, as the tools themselves saw it: with --json also their environment and the
files that they inherited. What was typed or piped into a tool is not kept.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFolder,
		RunE: func(c *cobra.Command, args []string) error {
			calls, err := macsim.Calls(args[0])
			if err != nil {
				return failure{err}
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), append([]macsim.Noted{}, calls...)) // never null
			}
			for _, call := range calls {
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%s  %s\n", call.At.Format(time.DateTime), strings.Join(call.Argv, " ")); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, with environment and inherited files")
	return c
}

func recordCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "record DIR RECORDING",
		Short: "Ask the simulated Mac in DIR everything, and write a recording for tokenward diagnose",
		Args:  cobra.ExactArgs(2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: func(c *cobra.Command, args []string) error {
			m, err := open(args[0])
			if err != nil {
				return err
			}
			runner := macsim.NewRunner(m)
			recorder := run.NewRecorder(runner, runner, runner)
			macsim.Record(c.Context(), &m, recorder)
			if err := recorder.Recording(time.Now()).Save(args[1]); err != nil {
				return failure{err}
			}
			return nil
		},
	}
}
