package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/wire"
)

// planAsked is one call of the command.
type planAsked struct {
	goal, user   string
	said         []spoken
	deep, asJSON bool
}

func (a *app) planCommand() *cobra.Command {
	var asked planAsked
	c := &cobra.Command{
		Use:   "plan [GOAL]",
		Short: "Say the way from how this Mac is to what somebody wants of it",
		Long: "Asks this Mac and prints the shortest safe way to a goal: steps, each with who does it, what to\n" +
			"type, how to see that it worked and how to take it back. Nothing is done. What no tool can tell\n" +
			"is asked as a question, with the way on for both answers. --yes and --no answer it beforehand;\n" +
			"--forget takes an answer back that was given before. Without a goal it lists the goals. Ask again\n" +
			"after a step with the answers that stand below it, but not between steps that belong together.\n\n" +
			"What can be answered, NAME being an account and STEP a step of a plan as the plan writes it:\n" +
			inLines(answerForms()) + "\n" +
			"Exit codes: 0 there is a way, or nothing to do · 2 wrong usage, or no such account · 12 not\n" +
			"enough is known · 20 no safe way",
		Example:           "  sudo tokenward plan escrow\n  sudo tokenward plan token --user lea --yes password:itadmin --no recovery-key",
		Args:              atMostOne("a goal"),
		ValidArgsFunction: completingOne(choices(goalList())),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listed(c, asked.asJSON, goalList(), view.WriteGoals)
			}
			asked.goal = args[0]
			return a.plan(c.Context(), asked)
		},
	}
	f := c.Flags()
	f.BoolVar(&asked.asJSON, "json", false, "print the plan as JSON")
	f.BoolVar(&asked.deep, "deep", false, "also have the Mac fetch its Bootstrap Token (about 11 s)")
	f.Var(spokenFlag{&asked.said, health.Yes}, "yes", "`what` is there: password:NAME, recovery-key …; may be repeated")
	f.Var(spokenFlag{&asked.said, health.No}, "no", "`what` is not there; may be repeated")
	f.Var(spokenFlag{&asked.said, health.Unknown}, "forget", "`what` was answered before and is open again; may be repeated")
	a.userFlag(c, &asked.user, "the account that it is about, by `name`")
	for _, flag := range []string{"yes", "no", "forget"} {
		_ = c.RegisterFlagCompletionFunc(flag, completing(a.answerWords)) // fails for a flag that is not there
	}
	return c
}

func (a *app) plan(ctx context.Context, asked planAsked) error {
	if err := known("goal", asked.goal, asked.user, goalList(), "tokenward plan"); err != nil {
		return err
	}
	said, err := answersOf(asked.said)
	if err != nil {
		return err
	}
	now, err := a.assess(ctx, asked.deep)
	if err != nil {
		return err
	}
	if said, err = now.meant(said); err != nil {
		return err
	}
	if err := now.knows(asked.user); err != nil {
		return err
	}
	p := a.foresight.plan(now.policy.Decided(now.model), plan.Goal{Kind: plan.GoalKind(asked.goal), User: asked.user}, said)
	told := told(p, said)
	told.Note = now.note
	if p.Outcome == plan.Reached && now.guessed {
		told.Outcome = outcomeWord(plan.NotKnown)
	}
	if asked.asJSON {
		err = a.printJSON(told)
	} else {
		err = view.WritePlan(a.out, a.screen(), wire.NamesOn(now.model), told, goalText(p.Goal))
	}
	if err != nil {
		return err
	}
	return advised(now.atBest(leads(p)))
}

// knows refuses a name that no account has; none at all is no name.
func (s *situation) knows(user string) error {
	if user == "" {
		return nil
	}
	_, err := s.account(user)
	return err
}

func goalText(g plan.Goal) string {
	is, _ := goalOf(g.Kind)
	if g.User != "" {
		return is.Text + " (" + g.User + ")"
	}
	return is.Text
}

// leads says whether a plan leads to its goal. One that hangs on an answer does
// where it would with some answer.
func leads(p plan.Plan) health.Tri {
	switch p.Outcome {
	case plan.Reached, plan.Steps:
		return health.Yes
	case plan.NoWay:
		return health.No
	case plan.Asks:
		if p.Ask != nil {
			return health.Or(leadsOn(p.Ask.Yes), leadsOn(p.Ask.No))
		}
	case plan.NotKnown:
	}
	return health.Unknown
}

// leadsOn is leads for a branch. One that is not worked out before the answer is
// there leads nobody knows where.
func leadsOn(p *plan.Plan) health.Tri {
	if p == nil {
		return health.Unknown
	}
	return leads(*p)
}

// told is a plan as it is printed and written as JSON, after what was answered
// already.
func told(p plan.Plan, said plan.Answers) wire.Plan {
	out := wire.Plan{Goal: string(p.Goal.Kind), User: p.Goal.User, Outcome: outcomeWord(p.Outcome)}
	out.Steps, said = toldSteps(p.Steps, said)
	if q := p.Ask; q != nil {
		yes, no := laid(said, plan.Answers{q.About: health.Yes}), laid(said, plan.Answers{q.About: health.No})
		out.Ask = &wire.PlanAsk{About: toldCredential(q.About), Answer: answerWord(q.About), Text: q.Text, Yes: branch(q.Yes, yes), No: branch(q.No, no)}
	}
	if b := p.Blocked; b != nil {
		out.Blocked = &wire.PlanBlocked{Because: make([]string, 0, len(b.Because)), Reasons: list(b.Reasons), Missing: list(b.Missing)}
		out.Blocked.LeastBad, _ = toldSteps(b.LeastBad, said)
		for _, code := range b.Because {
			out.Blocked.Because = append(out.Blocked.Because, string(code))
		}
	}
	return out
}

func branch(p *plan.Plan, said plan.Answers) *wire.Plan {
	if p == nil {
		return nil
	}
	way := told(*p, said)
	return &way
}

// list is never null in JSON.
func list(texts []string) []string { return append([]string{}, texts...) }

func toldCredential(c plan.Credential) wire.Credential {
	return wire.Credential{Kind: string(c.Kind), User: c.User}
}

func outcomeWord(o plan.Outcome) string {
	return [...]string{plan.NotKnown: "not_known", plan.Reached: "reached", plan.Steps: "steps", plan.Asks: "asks", plan.NoWay: "no_way"}[o]
}

func riskWord(r plan.Risk) string {
	return [...]string{plan.NoRisk: "none", plan.LowRisk: "low", plan.MediumRisk: "medium", plan.HighRisk: "high", plan.Destroys: "destroys"}[r]
}
