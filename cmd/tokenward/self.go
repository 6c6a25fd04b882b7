package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent/identity"
	"github.com/tokenward/tokenward/internal/wire"
)

func (a *app) selfCommand() *cobra.Command {
	var asJSON, card bool
	c := &cobra.Command{
		Use:   "self",
		Short: "Say which program this is, and where it keeps things",
		Long: "Prints the version and the places of everything. With --card it prints the device card: which\n" +
			"Mac this is and its public keys. An operator who pins a Mac takes the card from the Mac itself and\n" +
			"compares it with what the server shows. Nothing on it is secret; reading it needs root's rights.\n\n" + exitHelp,
		Example: "  tokenward self\n  sudo tokenward self --card",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if card {
				return a.card(c, asJSON)
			}
			return a.self(asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	c.Flags().BoolVar(&card, "card", false, "print the device card")
	return c
}

// places are what an admin looks for, in the order in which it is looked for.
func (a *app) places() []place {
	p := a.paths()
	return []place{
		{"configuration", p.Config()},
		{"managed", p.Managed()},
		{"preferences", p.Preferences()},
		{"log", p.Log()},
		{"state", p.State()},
		{"socket", p.Socket()},
		{"public_status", p.PublicStatus()},
	}
}

type place struct{ name, path string }

func (a *app) self(asJSON bool) error {
	b := build()
	if asJSON {
		where := map[string]string{}
		for _, p := range a.places() {
			where[p.name] = p.path
		}
		return a.printJSON(struct {
			Version string            `json:"version"`
			Commit  string            `json:"commit"`
			Paths   map[string]string `json:"paths"`
		}{b.Version, b.Commit, where})
	}
	lines := []place{{"version", b.Version}, {"commit", b.Commit}}
	return a.pairs(append(lines, a.places()...))
}

func (a *app) card(c *cobra.Command, asJSON bool) error {
	if !a.privileged() {
		return &codeError{exitNeedsRoot, fmt.Errorf("only root may read the device card: run sudo %s --card", c.CommandPath())}
	}
	card, err := identity.ReadCard(a.paths().Identity())
	if errors.Is(err, identity.ErrNone) {
		return errors.New("this Mac has no identity yet: the daemon makes one at its first check, where a server is configured without a token file")
	}
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(card)
	}
	return a.pairs(cardLines(card))
}

func cardLines(card wire.DeviceCard) []place {
	return []place{
		{"serial", card.Serial},
		{"hardware_uuid", card.HardwareUUID},
		{"fingerprint", card.Fingerprint},
		{"signing_key", card.SigningKey},
		{"recipient", card.Recipient},
		{"made_at", card.MadeAt.Format("2006-01-02T15:04:05Z07:00")},
	}
}

// pairs prints lines that a person reads and a script can cut at the first blank.
func (a *app) pairs(all []place) error {
	for _, p := range all {
		if _, err := fmt.Fprintf(a.out, "%-14s %s\n", p.name, p.path); err != nil {
			return err
		}
	}
	return nil
}
