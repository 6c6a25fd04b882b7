package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/macsim"
)

// scenarioEntry is a built-in scenario for programs.
type scenarioEntry struct {
	Name   string `json:"name"`
	Story  string `json:"story"`
	Source string `json:"source,omitempty"` // of the one that was asked for
}

func scenariosCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "scenarios [NAME]",
		Short: "List the built-in scenarios and what happened to each Mac, or print one",
		Args:  cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return macsim.Scenarios(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				return printScenario(c.OutOrStdout(), args[0], asJSON)
			}
			return listScenarios(c.OutOrStdout(), asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func printScenario(stdout io.Writer, name string, asJSON bool) error {
	text, err := macsim.Source(name)
	if err != nil {
		return err
	}
	if !asJSON {
		_, err = stdout.Write(text)
		return err
	}
	story, err := macsim.Story(name)
	if err != nil {
		return failure{err}
	}
	return writeJSON(stdout, scenarioEntry{name, story, string(text)})
}

func listScenarios(stdout io.Writer, asJSON bool) error {
	var all []scenarioEntry
	for _, name := range macsim.Scenarios() {
		story, err := macsim.Story(name)
		if err != nil {
			return failure{err}
		}
		all = append(all, scenarioEntry{Name: name, Story: story})
	}
	if asJSON {
		return writeJSON(stdout, all)
	}
	for _, s := range all {
		if _, err := fmt.Fprintf(stdout, "%s\n    %s\n", s.Name, s.Story); err != nil {
			return failure{err}
		}
	}
	return nil
}
