package runbook

import (
	"slices"

	"github.com/tokenward/tokenward/health/plan"
)

// sees gives a step another way to see that it worked.
func sees(s plan.Step, verify string) plan.Step {
	s.Verify = verify
	return s
}

// byHand is a step that no plan for a Mac contains, with what is true of its action
// anywhere.
func byHand(id plan.ActionID, do, expect string) plan.Step {
	all := plan.Actions()
	i := slices.IndexFunc(all, func(a plan.Action) bool { return a.ID == id })
	a := all[max(i, 0)]
	return plan.Step{Action: id, Who: a.Who, Do: do, Expect: expect, Verify: a.Verify, Undo: a.Undo, Risk: a.Risk}
}

func steps(all ...plan.Step) *plan.Plan { return &plan.Plan{Outcome: plan.Steps, Steps: all} }

func ask(question string, yes, no *plan.Plan) *plan.Plan {
	return &plan.Plan{Outcome: plan.Asks, Ask: &plan.Question{Text: question, Yes: yes, No: no}}
}

// notRecognised is about an error message, of which nothing is left on the Mac.
func notRecognised() *plan.Plan {
	escrow := byHand("A05", "Run `sudo profiles install -type bootstraptoken`. When it asks for the admin user name, type “ADMIN”. When it asks for the password, type that user's password.",
		"A new Bootstrap Token is made, and the server has it.")
	server := byHand("A22", "Go on with [the page about a server without support](server-without-support.md).", "The Mac knows that its server keeps Bootstrap Tokens.")
	old := &plan.Plan{Outcome: plan.NoWay, Blocked: &plan.Blocked{Reasons: []string{"Before macOS 10.15 there is no Bootstrap Token. Update macOS first."}}}
	return ask("Was the type typed as one word, `bootstraptoken`? With a blank in it every Mac gives this answer.",
		ask("Is it macOS 10.15 or later? `sw_vers -productVersion` tells.", steps(server), old), steps(escrow))
}
