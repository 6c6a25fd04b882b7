package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

func doCommand() *cobra.Command {
	var after, at string
	c := &cobra.Command{
		Use:   "do DIR EVENT [KEY=VALUE...]",
		Short: "Let something happen to the simulated Mac in DIR",
		Long: `Let something happen to the simulated Mac in DIR. "macsim events" lists what can
happen, and the keys of each. A password that is left out is the right one. The
exit status is 3 where the Mac refused.

It happens now, or at the Mac's own clock where that is ahead. --after lets time
pass on that clock first, --at sets it; it never goes back.`,
		Example: "  macsim do /tmp/mac login user=lea\n  macsim do /tmp/mac reset_password user=lea new=Roses2 by=agent\n" +
			"  macsim do /tmp/mac --after 30d restart\n  macsim do /tmp/mac break tool=mdmclient kind=hang",
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: completeDo,
		RunE: func(_ *cobra.Command, args []string) error {
			when, err := parseWhen(after, at)
			if err != nil {
				return err
			}
			return do(args[0], args[1], args[2:], when)
		},
	}
	c.Flags().StringVar(&after, "after", "", "let it happen this `time` after the last event, such as 2h or 30d")
	c.Flags().StringVar(&at, "at", "", "let it happen at this `time`, such as 2026-03-01 or 2026-03-01T09:30:00Z")
	c.MarkFlagsMutuallyExclusive("after", "at")
	return c
}

// when turns the Mac's clock into the time of what happens next.
type when func(clock time.Time) time.Time

// parseWhen reads the flags of do.
func parseWhen(after, at string) (when, error) {
	switch {
	case after != "":
		d, err := macsim.ParseDuration(after)
		if err != nil {
			return nil, fmt.Errorf("--after: %w", err)
		}
		return func(clock time.Time) time.Time { return clock.Add(d) }, nil
	case at != "":
		then, err := macsim.ParseTime(at)
		if err != nil {
			return nil, fmt.Errorf("--at: %w", err)
		}
		return func(time.Time) time.Time { return then }, nil
	}
	return func(clock time.Time) time.Time {
		if now := time.Now(); now.After(clock) {
			return now
		}
		return clock
	}, nil
}

func do(dir, name string, fields []string, at when) error {
	event, err := macsim.ParseEvent(name, fields)
	if err != nil {
		return err
	}
	if err := macsim.Exists(dir); err != nil {
		return failure{err}
	}
	var why state.Refusal
	err = macsim.Change(dir, func(m *state.Mac) (err error) {
		why, err = macsim.Happen(m, at(m.Clock), event)
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

// completeDo offers a folder, the events, and the keys of the event that are not
// given yet.
func completeDo(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return nil, cobra.ShellCompDirectiveFilterDirs
	case 1:
		return state.EventNames(), cobra.ShellCompDirectiveNoFileComp
	}
	event, err := state.NewEvent(args[1])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var keys []string
	for _, key := range state.EventFields(event) {
		given := func(arg string) bool { return strings.HasPrefix(arg, key+"=") }
		if !slices.ContainsFunc(args[2:], given) {
			keys = append(keys, key+"=")
		}
	}
	return keys, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeFolder offers folders for a command's only argument.
func completeFolder(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// eventEntry is a kind of event for programs.
type eventEntry struct {
	Name   string   `json:"name"`
	Fields []string `json:"fields"`
	About  string   `json:"about"`
}

func eventsCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:               "events",
		Short:             "List what can happen to a Mac",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			all, err := allEvents()
			if err != nil {
				return failure{err}
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), all)
			}
			for _, e := range all {
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%s  %s\n    %s\n", e.Name, strings.Join(e.Fields, " "), e.About); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func allEvents() ([]eventEntry, error) {
	var all []eventEntry
	for _, name := range state.EventNames() {
		event, err := state.NewEvent(name)
		if err != nil {
			return nil, err
		}
		fields := append([]string{}, state.EventFields(event)...) // never null
		all = append(all, eventEntry{name, fields, state.EventAbout(name)})
	}
	return all, nil
}
