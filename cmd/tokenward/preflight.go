package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/spelling"
	"github.com/tokenward/tokenward/internal/wire"
)

// preflight is a question that somebody asks before doing something. It is safe
// where every answer is as wanted.
type preflight struct {
	name    string
	text    string
	asks    []health.ForecastName
	user    bool // it is about one account
	remedy  plan.GoalKind
	erasing bool
}

// preflights are all of them, in the order in which they are listed.
func preflights() []preflight {
	return []preflight{
		{name: "reset-password", text: "Reset a user's password from outside, by MDM or as root", asks: asks(health.SafeToReset), user: true, remedy: plan.ResetPassword},
		{name: "remove-user", text: "Remove an account", asks: asks(health.SafeToRemove), user: true, remedy: plan.RemoveUser},
		{name: "turn-off-token", text: "Turn off an account's Secure Token", asks: asks(health.SafeToTurnOff), user: true, remedy: plan.NoLockOut},
		{name: "leaver", text: "Go on without somebody who left", asks: asks(health.SurvivesLeaver), user: true, remedy: plan.NoLockOut},
		{name: "reboot", text: "Restart this Mac", asks: asks(health.HoldRestart, health.EveryUserUnlocks), remedy: plan.TokensForAll},
		{name: "wipe", text: "Erase this Mac from the server, ready for the next user", asks: asks(health.WipesSilently), remedy: plan.SafeToWipe, erasing: true},
		{name: "update", text: "Update macOS with nobody at the Mac", asks: asks(health.UpdatesUnattended), remedy: plan.Update},
		{name: "filevault", text: "Turn on FileVault", asks: asks(health.EnablesFileVault), remedy: plan.FileVaultOn},
		{name: "unenroll", text: "Take this Mac out of management and enrol it anew", asks: asks(health.SafeToReenrol), remedy: plan.Reenrol},
		{name: "migrate", text: "Move this Mac to another management server", asks: asks(health.SafeToMigrate), remedy: plan.ValidEscrow},
		{name: "renew", text: "Renew the identity of the enrolment", asks: asks(health.SafeToRenew), remedy: plan.ValidEscrow},
		{name: "recovery", text: "Get back into this Mac if all else fails", asks: asks(health.RecoveryPathExists), remedy: plan.NoLockOut},
	}
}

func asks(names ...health.ForecastName) []health.ForecastName { return names }

func (a *app) preflightCommand() *cobra.Command {
	var asJSON, deep bool
	var user string
	c := &cobra.Command{
		Use:   "preflight [NAME]",
		Short: "Say whether something is safe, before somebody does it",
		Long: "Asks this Mac and says whether something would go well, why, and what would make it safe.\n" +
			"Nothing is done. Without a name it lists what can be asked.\n\n" +
			"Exit codes: 0 safe · 2 wrong usage, or no such account · 12 not known · 20 not safe",
		Example:           "  sudo tokenward preflight reboot\n  sudo tokenward preflight reset-password --user lea",
		Args:              atMostOne("a question"),
		ValidArgsFunction: completingOne(choices(preflightList())),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listed(c, asJSON, preflightList(), view.WritePreflights)
			}
			return a.preflight(c.Context(), args[0], user, deep, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the answer as JSON")
	c.Flags().BoolVar(&deep, "deep", false, "also have the Mac fetch its Bootstrap Token (about 11 s)")
	a.userFlag(c, &user, "the account that it is about, by `name`")
	return c
}

func preflightList() []wire.Goal {
	var all []wire.Goal
	for _, f := range preflights() {
		all = append(all, wire.Goal{Name: f.name, Text: f.text, User: f.user})
	}
	return all
}

func (a *app) preflight(ctx context.Context, name, user string, deep, asJSON bool) error {
	asked, err := preflightOf(name, user)
	if err != nil {
		return err
	}
	now, err := a.assess(ctx, deep)
	if err != nil {
		return err
	}
	answer, err := a.foresight.answer(asked, &now, user)
	if err != nil {
		return err
	}
	answer.Note = now.note
	if asJSON {
		err = a.printJSON(answer)
	} else {
		if !deep && serverTells(answer) {
			answer.Note = strings.TrimSpace(answer.Note + " With --deep the Mac also asks its server, which may answer this.")
		}
		err = view.WritePreflight(a.out, a.screen(), wire.NamesOn(now.model), answer)
	}
	if err != nil {
		return err
	}
	return advised(answer.Safe)
}

// serverTells says whether an answer is open for want of what the Mac asks its server.
func serverTells(f wire.Preflight) bool {
	return slices.ContainsFunc(f.Answers, func(a wire.Foreseen) bool {
		return a.Answer == health.Unknown && slices.ContainsFunc(a.Facts, func(fact string) bool {
			return strings.HasPrefix(fact, "mdm.") || strings.HasPrefix(fact, "security.")
		})
	})
}

// preflightOf finds a question by its name and sees that it is asked of an account
// where it is about one.
func preflightOf(name, user string) (preflight, error) {
	all := preflightList()
	if err := known("question", name, user, all, "tokenward preflight"); err != nil {
		return preflight{}, err
	}
	for _, f := range preflights() {
		if f.name == name {
			return f, nil
		}
	}
	return preflight{}, usage(fmt.Errorf("there is no question %q", name))
}

// known refuses a name that is not in the list, and an account too many or too few.
func known(what, name, user string, all []wire.Goal, command string) error {
	var names []string
	for _, g := range all {
		names = append(names, g.Name)
		switch {
		case g.Name != name:
		case g.User && user == "":
			return usage(fmt.Errorf("%s %s is about an account: add --user NAME", command, name))
		case !g.User && user != "":
			return usage(fmt.Errorf("%s %s is about the whole Mac: leave --user out", command, name))
		default:
			return nil
		}
	}
	if near := spelling.Nearest(name, names); near != "" {
		return usage(fmt.Errorf("there is no %s %q; did you mean %s?", what, name, near))
	}
	return usage(fmt.Errorf("there is no %s %q; %s lists them all", what, name, command))
}

// answer brings the forecasts of one question together.
func (f foresight) answer(asked preflight, now *situation, user string) (wire.Preflight, error) {
	subject := health.DeviceSubject
	out := wire.Preflight{Name: asked.name, Text: asked.text, Safe: health.Yes, Plan: planCommandLine(asked, "")}
	if asked.user {
		account, err := now.account(user)
		if err != nil {
			return out, err
		}
		subject, out.User = account.Subject(), account.Name
		out.Plan = planCommandLine(asked, typeable(account))
	}
	for _, name := range asked.asks {
		forecast, err := f.forecast(&now.model, now.policy, name, subject)
		if err != nil {
			return out, err
		}
		answer := forecast.Answer
		if name == health.HoldRestart { // a yes speaks against it
			answer = health.Not(answer)
		}
		answer = now.atBest(answer)
		told := wire.ForeseenOf(forecast)
		told.Answer = answer
		out.Answers, out.Safe = append(out.Answers, told), health.And(out.Safe, answer)
	}
	if asked.erasing {
		out.Erasures = erasures(f.erasures(now.model))
	}
	return out, nil
}

func erasures(paths []health.ErasePath) (all []wire.Erasure) {
	for _, e := range paths {
		all = append(all, wire.Erasure{Behavior: e.Behavior, Outcome: e.Outcome, Erases: e.Erases, Silently: e.Silently})
	}
	return all
}

// typeable is how somebody types which account is meant.
func typeable(a *health.Account) string {
	if wire.Typeable(a.Name) {
		return a.Name
	}
	return a.GUID
}

// planCommandLine is what to ask of plan so that it becomes safe.
func planCommandLine(asked preflight, user string) string {
	line := string(asked.remedy)
	if g, _ := goalOf(asked.remedy); g.User && user != "" {
		line += " --user " + health.ShellWord(user)
	}
	return line
}
