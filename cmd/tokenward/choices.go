package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/internal/wire"
)

func atMostOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage(errors.New("name " + what + ", not " + strings.Join(args, " and ") + "; see " + c.CommandPath() + " --help"))
		}
		return nil
	}
}

// list prints what can be asked for.
func (a *app) list(asJSON bool, all []wire.Goal, write func(io.Writer, view.Screen, []wire.Goal) error) error {
	if asJSON {
		return a.printJSON(all)
	}
	return write(a.out, a.screen(), all)
}

// listed is list for a command that was given no name. Flags that ask something would
// go unanswered then, and the exit code would say that all is well.
func (a *app) listed(c *cobra.Command, asJSON bool, all []wire.Goal, write func(io.Writer, view.Screen, []wire.Goal) error) error {
	for _, flag := range []string{"user", "yes", "no", "forget", "deep"} {
		if f := c.Flags().Lookup(flag); f != nil && f.Changed {
			return usage(fmt.Errorf("--%s is given, and no name of what is asked; %s lists them all", flag, c.CommandPath()))
		}
	}
	return a.list(asJSON, all, write)
}

// userFlag adds --user, which a shell completes with the accounts of this Mac.
func (a *app) userFlag(c *cobra.Command, user *string, help string) {
	c.Flags().StringVar(user, "user", "", help)
	_ = c.RegisterFlagCompletionFunc("user", completing(a.userWords)) // fails for a flag that is not there
}

// words are what a shell may offer, each with what it stands for behind a tab.
type words func(c *cobra.Command, begun string) []string

// completing offers words that begin with what was typed, and no files.
func completing(offer words) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		var fit []string
		for _, word := range offer(c, begun) {
			if strings.HasPrefix(word, begun) {
				fit = append(fit, word)
			}
		}
		return fit, cobra.ShellCompDirectiveNoFileComp
	}
}

// completingOne is completing for a command with one argument.
func completingOne(offer words) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completing(offer)(c, args, begun)
	}
}

func choices(all []wire.Goal) words {
	return func(*cobra.Command, string) []string {
		var offered []string
		for _, g := range all {
			offered = append(offered, g.Name+"\t"+g.Text)
		}
		return offered
	}
}

// userWords are the accounts that the daemon knows. Where it cannot be asked, a
// shell that waits for a check would be no help.
func (a *app) userWords(c *cobra.Command, _ string) []string {
	daemon, err := control.NewClient(a.paths().Socket()).Status(c.Context())
	if err != nil || daemon.Report == nil {
		return nil
	}
	var names []string
	for _, account := range daemon.Report.Accounts {
		names = append(names, account.Name)
	}
	return names
}

// answerWords are the credentials that a plan can ask about, with whose they are
// once that is being typed.
func (a *app) answerWords(c *cobra.Command, begun string) []string {
	kind, _, whose := strings.Cut(begun, ":")
	if !whose {
		return credentialNames()
	}
	var offered []string
	for _, name := range a.userWords(c, "") {
		offered = append(offered, kind+":"+name)
	}
	return offered
}
