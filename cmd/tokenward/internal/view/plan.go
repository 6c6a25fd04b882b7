package view

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/wire"
)

// WritePlan shows the way to a goal: what is to be done first, and after each
// question both ways on. The names are those on the Mac that no command may contain.
func WritePlan(out io.Writer, s Screen, names wire.Names, v wire.Plan, goal string) error {
	p := &page{Screen: s, out: out, names: names}
	p.paragraph(0, "Goal: ", bold, goal)
	p.paragraph(0, "", plain, outcome(v))
	if v.Note != "" {
		p.paragraph(0, "", plain, v.Note)
	}
	p.plan(v, 0, 1)
	return p.err
}

// WriteGoals lists what can be asked for.
func WriteGoals(out io.Writer, s Screen, all []wire.Goal) error {
	p := &page{Screen: s, out: out}
	p.paragraph(0, "", plain, "`sudo tokenward plan GOAL` says the way to it from how this Mac is now. It changes nothing.")
	p.line("")
	p.choices(all)
	return p.err
}

// outcome is the line that says where the plan leads.
func outcome(v wire.Plan) string {
	switch v.Outcome {
	case "reached":
		return "Nothing is to be done: it is so already."
	case "steps":
		return "There is a way, in " + count(len(v.Steps), "step") + "."
	case "asks":
		if len(v.Steps) > 0 {
			return "There are first steps, and then it depends on something that no tool can tell."
		}
		return "It depends on something that no tool can tell."
	case "no_way":
		if len(v.Steps) > 0 {
			return "There is no safe way. What is to be done all the same:"
		}
		return "There is no safe way."
	}
	return "Not enough is known of this Mac for a plan."
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// plan writes a part of the tree. The numbers of steps go on in each branch, so
// that whoever follows one counts through.
func (p *page) plan(v wire.Plan, indent, number int) {
	number = p.way(v.Steps, indent, number)
	if v.Ask != nil {
		p.ask(*v.Ask, indent, number)
	}
	if v.Blocked != nil {
		p.blocked(*v.Blocked, indent)
	}
}

// way writes steps, and returns the number of the next one.
func (p *page) way(steps []wire.PlanStep, indent, number int) int {
	for i, step := range steps {
		p.line("")
		p.step(step, indent, placeOf(steps, i, number+i))
	}
	return number + len(steps)
}

// place is where a step stands among others.
type place struct {
	number int
	last   int  // of those that belong together; the number itself where it stands alone
	ends   bool // it is that last one, after others
	final  bool // no step comes after it
}

func placeOf(steps []wire.PlanStep, at, number int) place {
	return place{
		number: number, last: number + lowering(steps, at) - at, final: at == len(steps)-1,
		ends: at > 0 && lowering(steps, at-1) == at,
	}
}

// lowering is the place of the step that takes back the rights that somebody has
// during the step at that place; the place itself where nobody has any.
func lowering(steps []wire.PlanStep, at int) int {
	if steps[at].Rights != wire.RightsGiven && steps[at].Rights != wire.RightsHeld {
		return at
	}
	for i := at + 1; i < len(steps); i++ {
		if steps[i].Rights == wire.RightsTakenBack {
			return i
		}
	}
	return at
}

func (p *page) step(s wire.PlanStep, indent int, at place) {
	p.paragraph(indent, pad(strconv.Itoa(at.number)+".", 4), bold, who(s))
	if s.Rights == wire.RightsGiven {
		p.together(indent+4, at)
	}
	if s.Warning != "" {
		p.paragraph(indent+4, "Careful  ", red, s.Warning)
	}
	if s.Inevitable != "" {
		p.paragraph(indent+4, "No other ", red, s.Inevitable)
	}
	for _, text := range s.Before {
		p.paragraph(indent+4, "First    ", bold, text)
	}
	p.steps(indent+4, "Do       ", s.Do)
	if len(s.Needs) > 0 {
		p.paragraph(indent+4, "Needs    ", bold, needs(s.Needs))
	}
	if s.Expect != "" {
		p.paragraph(indent+4, "Then     ", bold, s.Expect)
	}
	if s.Verify != "" {
		p.inline(indent+4, "Check    ", s.Verify)
	}
	if s.Undo != "" {
		p.inline(indent+4, "Undo     ", s.Undo)
	}
	p.next(s, indent+4, at)
}

// together says of a step that makes somebody an administrator that it is not to be
// done without the one that ends it.
func (p *page) together(indent int, at place) {
	text := "The rights must be taken back. This step and the one that takes them back belong together: do not stop between them."
	if at.last > at.number {
		text = fmt.Sprintf("Steps %d to %d belong together: do not stop and do not ask again before step %d has taken the rights back.", at.number, at.last, at.last)
	}
	for _, l := range wrap(text, p.width()-indent) {
		p.line("%s%s", strings.Repeat(" ", indent), p.paint(red, l))
	}
}

// next says how to ask again after a step, so that the plan goes on from there and
// does not try the same once more. Nobody asks again between steps that belong
// together.
func (p *page) next(s wire.PlanStep, indent int, at place) {
	worked, failed := "Go on, or ask again with", "Ask again with"
	switch {
	case at.last > at.number:
		s.Done, s.Failed = nil, s.FailedAfter
		failed = fmt.Sprintf("Go on to step %d all the same. Then ask again with", at.last)
	case at.ends:
		worked = "If the steps before worked as well, ask again with"
	case at.final:
		worked = "Ask again with"
	}
	p.again(indent, "If so    ", worked, s.Done)
	p.again(indent, "If not   ", failed, s.Failed)
}

// again writes answers on a line of their own, to be copied.
func (p *page) again(indent int, label, text string, answers []string) {
	if len(answers) == 0 {
		return
	}
	const deeper = 2
	p.paragraph(indent, label, bold, text)
	line := strings.Join(answers, " ")
	if p.names.In(line) {
		line = wire.Withheld
	}
	p.line("%s%s", strings.Repeat(" ", indent+len(label)+deeper), safe(line))
}

// who says who does a step, to whom and with what risk.
func who(s wire.PlanStep) string {
	text := map[string]string{
		"local admin": "An admin at the Mac", "user": "The user", "colleague": "A colleague", "mdm admin": "Whoever manages the MDM server",
		"at the mac": "Anybody at the Mac",
	}[s.Who]
	if text == "" {
		text = s.Who
	}
	if s.User != "" {
		text += ", for " + s.User
		if s.Who == "user" {
			text = "The user " + s.User
		}
	}
	if s.Helper != "" && s.Helper != s.User {
		text += ", with the password of " + s.Helper
	}
	switch s.Risk {
	case "medium", "high":
		text += " – " + s.Risk + " risk"
	case "destroys":
		text += " – ERASES what is on the Mac"
	}
	return text
}

func needs(all []wire.Credential) string {
	var parts []string
	for _, c := range all {
		parts = append(parts, credential(c))
	}
	return strings.Join(parts, ", ")
}

func credential(c wire.Credential) string {
	if (c.Kind == "presence" || c.Kind == "visit") && c.User != "" {
		return c.User + " at the Mac"
	}
	if c.User == "" {
		return "the " + c.Kind
	}
	return "the " + c.Kind + " of " + c.User
}

// ask writes a question with both ways on below it.
func (p *page) ask(q wire.PlanAsk, indent, number int) {
	const deeper = 4
	p.line("")
	p.paragraph(indent, "?   ", yellow, q.Text)
	for _, branch := range []struct {
		word, flag string
		way        *wire.Plan
	}{{"Yes", "--yes ", q.Yes}, {"No", "--no ", q.No}} {
		p.line("")
		if branch.way == nil {
			p.paragraph(indent+deeper, branch.word+": ", bold, "ask again with `"+branch.flag+q.Answer+"`.")
			continue
		}
		p.paragraph(indent+deeper, branch.word+": ", bold, outcome(*branch.way)+" (`"+branch.flag+q.Answer+"`)")
		p.plan(*branch.way, min(indent+deeper, p.width()/4), number)
	}
}

func (p *page) blocked(b wire.PlanBlocked, indent int) {
	p.line("")
	for _, reason := range b.Reasons {
		p.paragraph(indent, "Because  ", bold, reason)
	}
	if len(b.Because) > 0 {
		p.paragraph(indent, "Codes    ", bold, strings.Join(b.Because, ", "))
	}
	for _, missing := range b.Missing {
		p.paragraph(indent, "Missing  ", bold, missing)
	}
	if len(b.LeastBad) == 0 {
		return
	}
	p.line("")
	p.paragraph(indent, "", red, "If all other ways are really closed, this destroys least:")
	p.way(b.LeastBad, indent, 1)
}
