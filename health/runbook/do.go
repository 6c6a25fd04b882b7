package runbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

// do writes the steps of every way.
func (p Page) do(b *strings.Builder) {
	b.WriteString("## Do\n\n")
	for _, w := range p.ways() {
		if w.Title != "" {
			fmt.Fprintf(b, "### %s\n\n", w.Title)
		}
		if w.Tree == nil {
			fmt.Fprintf(b, "On the Mac `%s` says the same with the right names.\n\n", p.command(w))
		}
		writeTree(b, p.Plan(w))
	}
}

// command asks the program for a way.
func (p Page) command(w Way) string {
	words := []string{"sudo tokenward plan", string(p.Goal.Kind)}
	if p.Goal.User != "" {
		words = append(words, "--user", p.Goal.User)
	}
	var flags []string
	for about, is := range w.Said {
		flag := "--yes "
		if is == health.No {
			flag = "--no "
		}
		flag += strings.ReplaceAll(string(about.Kind), " ", "-")
		switch {
		case about.Kind == plan.StepWorks:
			flag += ":'" + about.User + "'"
		case about.User != "":
			flag += ":" + about.User
		}
		flags = append(flags, flag)
	}
	slices.Sort(flags)
	return strings.Join(append(words, flags...), " ")
}

// tree writes a plan as a list of numbered questions, since a tree that is drawn
// deeper with each question cannot be read on a page.
type tree struct {
	b    *strings.Builder
	open []*plan.Plan // that begin with a question, in the order of its number
	done int          // how many of them are written
}

func writeTree(b *strings.Builder, p plan.Plan) {
	t := &tree{b: b}
	if p.Ask == nil {
		t.end(p)
		return
	}
	t.open = append(t.open, &p)
	for t.done < len(t.open) {
		q := t.open[t.done].Ask
		t.done++
		fmt.Fprintf(b, "#### Question %d: %s\n\n", t.done, q.Text)
		t.branch("Yes", q.Yes)
		t.branch("No", q.No)
	}
}

func (t *tree) branch(answer string, p *plan.Plan) {
	switch {
	case p == nil:
		fmt.Fprintf(t.b, "**%s**: ask `sudo tokenward plan` again with all the answers.\n\n", answer)
	case p.Ask != nil:
		t.open = append(t.open, p)
		fmt.Fprintf(t.b, "**%s**: go on with question %d.\n\n", answer, len(t.open))
	default:
		fmt.Fprintf(t.b, "**%s**:\n\n", answer)
		t.end(*p)
	}
}

// end writes what is to be done when all is answered.
func (t *tree) end(p plan.Plan) {
	if p.Outcome == plan.Reached {
		t.b.WriteString("Nothing is to be done: it is so already.\n\n")
	}
	t.steps(p.Steps)
	if p.Blocked == nil {
		return
	}
	t.b.WriteString("There is no safe way.\n\n")
	for _, reason := range p.Blocked.Reasons {
		fmt.Fprintf(t.b, "- %s\n", reason)
	}
	if len(p.Blocked.Missing) > 0 {
		fmt.Fprintf(t.b, "- Any of these would open a way: %s.\n", strings.Join(p.Blocked.Missing, ", "))
	}
	t.b.WriteString("\n")
	if len(p.Blocked.LeastBad) > 0 {
		t.b.WriteString("If all other ways are really closed, this destroys least:\n\n")
		t.steps(p.Blocked.LeastBad)
	}
}

func (t *tree) steps(all []plan.Step) {
	for i, s := range all {
		fmt.Fprintf(t.b, "%d. %s\n", i+1, s.Do)
		line := func(label, text string) {
			if text != "" {
				fmt.Fprintf(t.b, "   - %s: %s\n", label, text)
			}
		}
		line("First", strings.Join(s.Before, " "))
		line("Careful", s.Warning)
		line("Then", s.Expect)
		line("Check", s.Verify)
		if strings.Contains(s.Undo, "`") || s.Risk >= plan.MediumRisk { // of the rest it is plain, or needs none
			line("Undo", s.Undo)
		}
	}
	if len(all) > 0 {
		t.b.WriteString("\n")
	}
}
