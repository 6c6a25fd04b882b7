package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/launchd"
)

func (a *app) uninstallCommand() *cobra.Command {
	var asJSON, purge, configuration bool
	c := &cobra.Command{
		Use: "uninstall", Short: "Stop the daemon and remove it from launchd", Args: noArguments,
		Long: "Has launchd end the daemon, waits until it has, and removes the property list. The program, the\n" +
			"configuration, what the daemon remembers and its log stay.\n\n" +
			"--purge also removes what the daemon made: its state, with reports that the server does not have\n" +
			"yet and the key by which the server knows this Mac, its log, the verdict for every user, socket and\n" +
			"lock. The configuration, a file or preferences of this Mac, is the organisation's work and not the\n" +
			"daemon's, so it stays unless --configuration is given as well. What a profile sets stays: the MDM\n" +
			"server removes it. Nothing is purged while a daemon runs.\n\n" + serviceExits,
		Example: "  sudo tokenward service uninstall\n  sudo tokenward service uninstall --purge --configuration",
		RunE: func(c *cobra.Command, _ []string) error {
			if configuration && !purge {
				return usage(errors.New("--configuration goes with --purge"))
			}
			return a.controls(c, asJSON, func(_ context.Context, s controlled, did func(launchd.Step)) error {
				if err := s.Uninstall(); err != nil {
					return err
				}
				if !purge {
					p := a.paths()
					did(left(p.Program(), p.Managed(), p.Config(), p.Preferences(), p.State(), p.Public(), p.Logs()))
					return nil
				}
				return a.purge(configuration, did)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print what was done as JSON")
	c.Flags().BoolVar(&purge, "purge", false, "also remove state, log, socket and lock")
	c.Flags().BoolVar(&configuration, "configuration", false, "with --purge: also remove the configuration file and preferences")
	return c
}

// left says what is still there.
func left(places ...string) launchd.Step {
	return launchd.Step{Did: "left", Text: "Left where they are, as far as they exist: " + strings.Join(places, ", ") + "."}
}
