package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/internal/spelling"
	"github.com/tokenward/tokenward/internal/wire"
)

func (a *app) factsCommand() *cobra.Command {
	var asJSON, now bool
	c := &cobra.Command{
		Use:   "facts [NAME …]",
		Short: "List what is known about this Mac, from which source, and how old it is",
		Long: "Lists every fact with its value, how well it is known, where it comes from, how old it is, and\n" +
			"how long the source took. A name, or the part before its dot, limits the list: facts filevault.\n" +
			"Facts come from the daemon's last check; where no daemon runs, the Mac is asked directly.\n\n" +
			"Exit codes: 0 listed · 1 failed · 2 there is no such fact, or wrong usage · 77 needs root",
		RunE: func(c *cobra.Command, names []string) error {
			page, err := a.status(c, now)
			if err != nil {
				return err
			}
			facts, err := wanted(page.Report.Facts, names)
			if err != nil {
				return err
			}
			page.Report.Facts = facts
			if asJSON {
				return a.printJSON(listed(page))
			}
			return view.WriteFacts(a.out, a.screen(), page)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the facts as JSON")
	c.Flags().BoolVar(&now, "now", false, "have the daemon check first")
	return c
}

// wanted returns the facts of those names, all without a name. A name that stands
// for none is an error: a script must not take it for an empty answer.
func wanted(all map[string]wire.Fact, names []string) (map[string]wire.Fact, error) {
	if len(names) == 0 {
		return all, nil
	}
	chosen := map[string]wire.Fact{}
	for _, name := range names {
		found := false
		group := strings.TrimSuffix(name, ".") + "."
		for fact, f := range all {
			if fact == name || strings.HasPrefix(fact, group) {
				chosen[fact], found = f, true
			}
		}
		if !found {
			return nil, usage(noFact(name, slices.Sorted(maps.Keys(all))))
		}
	}
	return chosen, nil
}

func noFact(name string, known []string) error {
	groups := map[string]bool{}
	for _, fact := range known {
		group, _, _ := strings.Cut(fact, ".")
		groups[group] = true
	}
	if near := spelling.Nearest(name, append(slices.Sorted(maps.Keys(groups)), known...)); near != "" {
		return fmt.Errorf("there is no fact %q; did you mean %s?", name, near)
	}
	return fmt.Errorf("there is no fact %q; tokenward facts lists them all", name)
}

// factList is facts --json.
type factList struct {
	From       string                `json:"from"` // who asked the Mac: the daemon, or this command
	ObservedAt time.Time             `json:"observed_at"`
	Facts      map[string]listedFact `json:"facts"`
}

type listedFact struct {
	wire.Fact
	AgeS *int64 `json:"age_s"` // null where nobody was asked
}

func listed(page view.Page) factList {
	list := factList{From: "command", ObservedAt: page.Report.ObservedAt, Facts: map[string]listedFact{}}
	if page.Daemon != nil {
		list.From = "daemon"
	}
	for name, f := range page.Report.Facts {
		is := listedFact{Fact: f}
		if f.ObservedAt != nil {
			age := max(int64(page.Now.Sub(*f.ObservedAt).Seconds()), 0)
			is.AgeS = &age
		}
		list.Facts[name] = is
	}
	return list
}
