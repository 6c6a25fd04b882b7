package main

import (
	"maps"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/wire"
)

// toldSteps tells with each step all that is to be answered when asking again: what
// was answered before, what the steps until then brought about, and whether this one
// worked. A step that was forgotten there, such as the rights that somebody has for a
// moment, would be lost for good. It returns what is known after the last one.
func toldSteps(steps []plan.Step, said plan.Answers) ([]wire.PlanStep, plan.Answers) {
	all := make([]wire.PlanStep, 0, len(steps))
	begun := said // when rights were given that are not taken back yet
	for _, s := range steps {
		out := toldStep(s)
		done := laid(said, s.Done)
		if len(elevated(said)) == 0 {
			begun = done
		}
		out.Rights = rightsWord(elevated(said), elevated(done))
		out.Done, out.Failed = flags(done), []string{}
		switch {
		case len(s.Failed) > 0:
			failed := laid(said, s.Failed)
			out.Failed = flags(failed)
			if out.Rights != "" {
				out.FailedAfter = flags(lowered(failed, elevated(done)))
			}
		case out.Rights == wire.RightsTakenBack: // they are still there
			out.Failed = flags(begun)
		}
		said = done
		all = append(all, out)
	}
	return all, said
}

func toldStep(s plan.Step) wire.PlanStep {
	out := wire.PlanStep{
		Action: string(s.Action), Who: string(s.Who), User: s.User, Helper: s.Helper, Do: s.Do, Needs: make([]wire.Credential, 0, len(s.Needs)),
		Before: list(s.Before), Expect: s.Expect, Verify: s.Verify, Undo: s.Undo, Risk: riskWord(s.Risk), Warning: s.Warning,
		Secret: s.Secret, Inevitable: s.Inevitable,
	}
	for _, c := range s.Needs {
		out.Needs = append(out.Needs, toldCredential(c))
	}
	return out
}

// elevated are those whom a plan made administrators and has not made standard users
// again.
func elevated(said plan.Answers) (who []plan.Credential) {
	for about, is := range said {
		if about.Kind == plan.Promoted && is == health.Yes {
			who = append(who, about)
		}
	}
	return who
}

// lowered are the answers once the rights are taken back.
func lowered(said plan.Answers, who []plan.Credential) plan.Answers {
	said = maps.Clone(said)
	for _, about := range who {
		said[about] = health.Unknown
	}
	return said
}

// rightsWord says what a step is to the rights that somebody has for a moment.
func rightsWord(before, after []plan.Credential) string {
	switch {
	case len(after) > len(before):
		return wire.RightsGiven
	case len(after) < len(before):
		return wire.RightsTakenBack
	case len(after) > 0:
		return wire.RightsHeld
	}
	return ""
}
