package plan

import "github.com/tokenward/tokenward/health"

// elevates says whether a plan made somebody an administrator and did not take it
// back yet. Where the Mac says that the user is none, it was taken back.
func (b *board) elevates(a *health.Account) bool {
	return b.said[Credential{Promoted, a.Name}] == health.Yes && a.Admin != health.No
}

// relieved puts the end of every elevation before all else: before questions, before
// evidence that is missing, and before the news that there is no way. The one
// exception is the step that the rights were given for, while it was not tried.
func (b *board) relieved(p *Plan) *Plan {
	var back []Step
	over := Answers{}
	for i := range b.m.Accounts {
		if a := &b.m.Accounts[i]; b.elevates(a) {
			back = append(back, b.takeBack(a.Name))
			over[Credential{Promoted, a.Name}], over[Credential{Administers, a.Name}] = health.Unknown, health.No
		}
	}
	if len(back) == 0 || len(back) == 1 && b.goesOn(p, back[0].User) {
		return p
	}
	rest := newBoard(b.m, b.goal, b.said.With(over)).plan()
	rest.Steps = append(back, rest.Steps...)
	if rest.Outcome == Reached {
		rest.Outcome = Steps
	}
	return rest
}

// goesOn says whether a plan begins with what somebody was made an administrator for.
func (b *board) goesOn(p *Plan, who string) bool {
	tried := b.said[stepWorks("A07", plain, who, "-")] == health.No
	return p.Outcome == Steps && p.Steps[0].Helper == who && p.Steps[0].Elevated == who && !tried
}

// takeBack is the end of somebody's rights for a moment.
func (b *board) takeBack(name string) Step {
	a := actionOf("A07")
	st := Step{Action: a.ID, Who: a.Who, User: name, Risk: a.Risk, Elevated: name}
	b.writeRemoval(&st)
	return st
}

// hold makes a step between promotion and its end lead to that end, however it went.
func hold(st *Step, who string) {
	st.Elevated = who
	promoted := Answers{{Promoted, who}: health.Yes}
	st.Done = st.Done.With(promoted)
	st.Failed = st.Failed.With(promoted).With(Answers{stepWorks("A07", plain, who, "-"): health.No})
}
