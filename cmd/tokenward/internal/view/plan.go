package view

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/wire"
)

// WritePlan shows the way to a goal: what is to be done first, and after each
// question both ways on.
func WritePlan(out io.Writer, s Screen, v wire.Plan, goal, note string) error {
	p := &page{Screen: s, out: out}
	p.paragraph(0, "Goal: ", bold, goal)
	p.paragraph(0, "", plain, outcome(v))
	if note != "" {
		p.paragraph(0, "", plain, note)
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
	for _, step := range v.Steps {
		p.line("")
		p.step(step, indent, number)
		number++
	}
	if v.Ask != nil {
		p.ask(*v.Ask, indent, number)
	}
	if v.Blocked != nil {
		p.blocked(*v.Blocked, indent)
	}
}

func (p *page) step(s wire.PlanStep, indent, number int) {
	lead := pad(strconv.Itoa(number)+".", 4)
	p.paragraph(indent, lead, bold, who(s))
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
	if len(s.Failed) > 0 {
		p.paragraph(indent+4, "If not   ", bold, "Ask again, so that the plan does not try the same, with")
		p.line("%s%s", strings.Repeat(" ", indent+4+len("If not   ")+2), safe(strings.Join(s.Failed, " ")))
	}
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
	for i, step := range b.LeastBad {
		p.line("")
		p.step(step, indent, i+1)
	}
}
