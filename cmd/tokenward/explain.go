package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

func (a *app) explainCommand() *cobra.Command {
	var asJSON, alone bool
	c := &cobra.Command{
		Use:   "explain [CODE | CODE:USER | TEXT OF A TOOL]",
		Short: "Say what a code means, or a line that a tool printed, and what to do",
		Long: "Says of a condition how it comes about, what it means, what to do and what not, which evidence\n" +
			"tells it and who says so; and, asked as root, whether it holds on this Mac and on what evidence.\n" +
			"A line that one of Apple's tools printed is looked up by its words. Without an argument it lists\n" +
			"all conditions.\n\n" +
			"Exit codes: 0 explained · 2 there is no such code, no such account, or nobody knows those words",
		Example: "  tokenward explain BT_NOT_ESCROWED\n  sudo tokenward explain ST_DRIFT_FV_ON:lea\n" +
			"  tokenward explain 'Error: The profile type option was not recognized.'",
		ValidArgsFunction: completingOne(codeWords),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listConditions(asJSON)
			}
			return a.explain(c, strings.Join(args, " "), alone, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	c.Flags().BoolVar(&alone, "no-check", false, "do not look whether it holds on this Mac")
	return c
}

func (a *app) listConditions(asJSON bool) error {
	if asJSON {
		return a.printJSON(catalogue())
	}
	return view.WriteCatalogue(a.out, a.screen(), catalogue())
}

func (a *app) explain(c *cobra.Command, asked string, alone, asJSON bool) error {
	rules, user, sure, err := meant(asked)
	if err != nil {
		return err
	}
	e := wire.Explanation{Asked: asked, Words: !isCode(asked), Unsure: !sure}
	page := view.Page{Now: time.Now()}
	if !alone && a.privileged() {
		if page, err = a.status(c, false); err != nil {
			return err
		}
		e.Looked = lookedAt(page)
	}
	subject, err := subjectOf(page.Report, user, e.Looked != nil)
	if err != nil {
		return err
	}
	for _, r := range rules {
		e.Conditions = append(e.Conditions, explained(r, page.Report, subject, e.Looked != nil))
	}
	if asJSON {
		return a.printJSON(e)
	}
	return view.WriteExplanation(a.out, a.screen(), wire.NamesOf(page.Report), e, page.Now)
}

// meant finds the conditions that somebody asked about, the account if one was
// named, and whether it is sure that they are meant.
func meant(asked string) (rules []health.Rule, user string, sure bool, err error) {
	if isCode(asked) {
		code, user, _ := strings.Cut(asked, ":")
		r, err := ruleOf(code)
		return []health.Rule{r}, user, true, err
	}
	if rules, sure = saying(asked); len(rules) > 0 {
		return rules, "", sure, nil
	}
	return nil, "", false, usage(fmt.Errorf("no condition is known by the words %q; give a whole line as the tool printed it, between quotes", asked))
}

func lookedAt(page view.Page) *wire.LookedAt {
	from := "command"
	if page.Daemon != nil {
		from = "daemon"
	}
	return &wire.LookedAt{From: from, At: page.Report.ObservedAt}
}

// subjectOf finds the account that was named; empty where none was.
func subjectOf(r wire.Report, user string, looked bool) (string, error) {
	if user == "" {
		return "", nil
	}
	if !looked {
		return "", usage(fmt.Errorf("who %q is, only this Mac can tell: ask with sudo, and without --no-check", user))
	}
	for _, account := range r.Accounts {
		if account.Name == user || strings.EqualFold(account.GUID, user) {
			return account.GUID, nil
		}
	}
	var names []string
	for _, account := range r.Accounts {
		names = append(names, account.Name)
	}
	return "", noAccount(user, names)
}

// explained puts a condition beside what the report says of it, at one account
// where one was named.
func explained(rule health.Rule, r wire.Report, subject string, looked bool) wire.Explained {
	e := wire.Explained{Condition: wire.ConditionOf(rule, groupOf(rule.Code)), Shown: []wire.Shown{}, Missing: []string{}}
	if !looked {
		return e
	}
	for _, f := range r.Findings {
		if f.Code == e.Code && (subject == "" || strings.EqualFold(f.Subject, subject)) {
			e.Shown = append(e.Shown, shown(f, r))
		}
	}
	e.Missing = notKnown(r, e.Evidence)
	if len(e.Evidence) == 0 {
		e.Missing = slices.Concat(r.Gaps)
	}
	switch {
	case len(e.Shown) > 0:
		e.Holds = health.Yes
	case rule.Check != nil && len(e.Missing) == 0:
		e.Holds = health.No
	}
	return e
}

// shown is a finding with what each fact behind it says.
func shown(f wire.Finding, r wire.Report) wire.Shown {
	out := wire.Shown{Finding: f, Facts: []wire.Evidence{}}
	for _, name := range f.Because {
		out.Facts = append(out.Facts, wire.Evidence{Name: name, Fact: r.Facts[name]})
	}
	for _, account := range r.Accounts {
		if strings.EqualFold(account.GUID, f.Subject) {
			out.Account, out.Sources = account.Name, account.Evidence
		}
	}
	return out
}

// notKnown are the facts of which the report does not know the value, and could.
func notKnown(r wire.Report, facts []string) []string {
	missing := []string{}
	for _, name := range facts {
		f, there := r.Facts[name]
		if !there || slices.Contains([]string{"failed", "denied", "not_observed"}, f.Status) {
			missing = append(missing, name)
		}
	}
	return missing
}
