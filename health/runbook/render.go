package runbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
)

// Markdown is the page as it stands in docs/runbooks.
func (p Page) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", p.Title, p.When)
	p.look(&b)
	p.conditions(&b)
	if p.Note != "" {
		fmt.Fprintf(&b, "## Good to know\n\n%s\n\n", p.Note)
	}
	p.do(&b)
	p.dont(&b)
	fmt.Fprintf(&b, "---\nThe branch of the article: %s. Made from the catalogue and the planner of the program: change those, not this page.\n", p.Article)
	return b.String()
}

func (p Page) look(b *strings.Builder) {
	b.WriteString("## Make sure\n\n")
	if len(p.See) == 0 {
		fmt.Fprintf(b, "%s\n\n", p.replace())
		return
	}
	fmt.Fprintf(b, "%s It is this page if these commands print these lines:\n\n```console\n", p.replace())
	for _, l := range p.See {
		fmt.Fprintf(b, "$ %s\n%s\n", l.Command, l.Prints)
	}
	b.WriteString("```\n\n")
}

// replace says which words stand for names.
func (p Page) replace() string {
	names := p.Names()
	verb := "is the record name of an account"
	if len(names) > 1 {
		verb = "are the record names of accounts"
	}
	return fmt.Sprintf("%s %s: write the names of this Mac instead, and for %sNAME what `dscl . -read /Users/NAME GeneratedUID` prints.", and(names), verb, guidOf)
}

func and(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func (p Page) conditions(b *strings.Builder) {
	b.WriteString("## What it is\n\n")
	said := ""
	for _, code := range p.Codes {
		r, _ := health.RuleOf(code)
		fmt.Fprintf(b, "- **%s** (`%s`). %s", r.Title, code, r.Why)
		if r.Consequence != said { // several conditions of a page often cost the same
			fmt.Fprintf(b, " %s", r.Consequence)
		}
		said = r.Consequence
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

func (p Page) dont(b *strings.Builder) {
	var said []string
	for _, code := range p.Codes {
		r, _ := health.RuleOf(code)
		if r.DoNot != "" && !slices.Contains(said, r.DoNot) {
			said = append(said, r.DoNot)
		}
	}
	if len(said) == 0 {
		return
	}
	fmt.Fprintf(b, "## Do not\n\n- %s\n\n", strings.Join(said, "\n- "))
}
