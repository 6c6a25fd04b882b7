package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

func doCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "do DIR EVENT [KEY=VALUE...]",
		Short: "Let something happen to the simulated Mac in DIR",
		Long: `Let something happen to the simulated Mac in DIR. "macsim events" lists what can
happen, and the keys of each. A password that is left out is the right one. The
exit status is 3 where the Mac refused.`,
		Example: "  macsim do /tmp/mac login user=lea\n  macsim do /tmp/mac reset_password user=lea new=Roses2 by=agent\n  macsim do /tmp/mac break tool=mdmclient kind=hang",
		Args:    cobra.MinimumNArgs(2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return state.EventNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return do(args[0], args[1], args[2:]) },
	}
}

func do(dir, name string, fields []string) error {
	event, err := macsim.ParseEvent(name, fields)
	if err != nil {
		return err
	}
	var why state.Refusal
	err = macsim.Change(dir, func(m *state.Mac) (err error) {
		why, err = m.Do(time.Now(), event)
		return err
	})
	switch {
	case err != nil:
		return failure{err}
	case why != state.NotRefused:
		return refusal{fmt.Errorf("the Mac refuses it: %s", why)}
	}
	return nil
}

func eventsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "events",
		Short: "List what can happen to a Mac",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, name := range state.EventNames() {
				event, err := state.NewEvent(name)
				if err != nil {
					return failure{err}
				}
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%s  %s\n    %s\n", name, strings.Join(state.EventFields(event), " "), state.EventAbout(name)); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
