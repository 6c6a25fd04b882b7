package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
)

func (a *app) configReloadCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "reload",
		Short: "Have the daemon read its configuration now",
		Long: "The daemon reads its configuration anew when a file of it changes, within a minute, and at SIGHUP.\n" +
			"This asks it to do so at once, and says what is different then and what is wrong. Where something\n" +
			"is, what was good before stays in force.\n\n" +
			"Exit codes: 0 read · 2 a layer holds a mistake, or wrong usage · 69 no daemon · 77 needs root",
		Example: "  sudo tokenward config reload",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			done, err := a.client().Reload(c.Context())
			if errors.Is(err, control.ErrDenied) {
				return asRoot(c, err)
			}
			if err != nil {
				return err
			}
			if asJSON {
				err = a.printJSON(done)
			} else {
				err = view.WriteReloaded(a.out, a.screen(), done)
			}
			if err == nil && len(done.Problems) > 0 {
				return &codeError{code: exitUsage}
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print what came of it as JSON")
	return c
}
