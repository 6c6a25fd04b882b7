package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

func (a *app) historyCommand() *cobra.Command {
	var asJSON bool
	var user, since string
	c := &cobra.Command{
		Use:   "history",
		Short: "Tell what changed on this Mac, the newest first",
		Long: "Tells what the daemon's checks found different from the check before: tokens, admins, FileVault,\n" +
			"the enrolment, and findings that came and went. Where no daemon runs, it tells what the last one\n" +
			"remembered.\n\n" +
			"Exit codes: 0 told, also that nothing changed · 1 failed · 2 wrong usage · 77 needs root",
		Example: "  sudo tokenward history --since 7d\n  sudo tokenward history --user lea --json",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			now := time.Now()
			from, err := sinceOf(since, now)
			if err != nil {
				return err
			}
			h, err := a.history(c)
			if err != nil {
				return err
			}
			h.Changes = chosen(h.Changes, user, from)
			if asJSON {
				return a.printJSON(h)
			}
			return view.WriteHistory(a.out, a.screen(), h, now)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the changes as JSON")
	c.Flags().StringVar(&since, "since", "", "leave out what is older than this `time`: 12h, 7d, 2w")
	a.userFlag(c, &user, "only what is about this account, by `name`")
	return c
}

// history asks the daemon, or reads what the last one wrote.
func (a *app) history(c *cobra.Command) (wire.History, error) {
	asking, stop := interruptible(c.Context())
	defer stop()
	h, err := a.client().History(asking)
	switch {
	case errors.Is(err, context.Canceled):
		return h, errors.New("history: interrupted")
	case errors.Is(err, control.ErrDenied):
		return h, asRoot(c, err)
	case err != nil && !a.privileged():
		return h, asRoot(c, control.ErrDenied) // what is on the disk is root's
	case errors.Is(err, control.ErrNotRunning):
		return a.remembered()
	}
	return h, err
}

// remembered is the history without a daemon.
func (a *app) remembered() (wire.History, error) {
	ledger, err := agent.ReadLedger(a.paths())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return wire.History{}, err
	}
	return wire.HistoryOf(ledger), nil
}

// sinceOf reads a time that is so long ago; zero where none was given.
func sinceOf(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	wrong := usage(fmt.Errorf("--since %s: write a time such as 12h, 7d or 2w", text))
	for unit, hours := range map[string]int{"d": 24, "w": 7 * 24} {
		number, is := strings.CutSuffix(text, unit)
		if !is {
			continue
		}
		const century = 100 * 366 * 24 // hours; a few more no longer fit into a duration
		n, err := strconv.Atoi(number)
		if err != nil || n <= 0 || n > century/hours {
			return time.Time{}, wrong
		}
		return now.Add(-time.Duration(n*hours) * time.Hour), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return time.Time{}, wrong
	}
	return now.Add(-d), nil
}

// chosen leaves out what is older, and what is about somebody else. An account
// that is gone still has its history, so a name that nobody bears is no error.
func chosen(all []health.Change, user string, from time.Time) []health.Change {
	return slices.DeleteFunc(all, func(c health.Change) bool {
		other := user != "" && c.Name != user && !strings.EqualFold(c.Subject, user)
		return other || c.At.Before(from)
	})
}
