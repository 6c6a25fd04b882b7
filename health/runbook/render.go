package runbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

// Pages lists all branches, FileWave's first, then Addigy's, each in the order of
// its article.
func Pages() []Page { return slices.Concat(fileWavePages(), addigyPages()) }

// Markdown is the page as it stands in docs/runbooks.
func (p Page) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", p.Title, p.When)
	fmt.Fprintf(&b, "Replace %s by the record names of the accounts. This page is made from the catalogue that the program uses: on the Mac in question "+
		"`sudo tokenward status` and `sudo tokenward plan %s` say the same with the right names.\n\n", p.placeholders(), p.command())
	p.look(&b)
	p.conditions(&b)
	if p.Note != "" {
		fmt.Fprintf(&b, "## Good to know\n\n%s\n\n", p.Note)
	}
	b.WriteString("## Do\n\n")
	write(&b, p.Plan(), "")
	p.dont(&b)
	fmt.Fprintf(&b, "---\nBranch of: %s.\n", p.Article)
	return b.String()
}

func (p Page) command() string {
	if p.Goal.User == "" {
		return string(p.Goal.Kind)
	}
	return string(p.Goal.Kind) + " --user " + p.Goal.User
}

func (p Page) placeholders() string {
	var names []string
	for _, one := range p.mac.people {
		names = append(names, one.name)
	}
	return strings.Join(names, " and ")
}

func (p Page) look(b *strings.Builder) {
	if len(p.See) == 0 {
		return
	}
	b.WriteString("## Make sure\n\nIt is this page if these commands print these lines:\n\n```console\n")
	for _, l := range p.See {
		fmt.Fprintf(b, "$ %s\n%s\n", l.Command, l.Prints)
	}
	b.WriteString("```\n\n")
}

func (p Page) conditions(b *strings.Builder) {
	b.WriteString("## What it is\n\n")
	for _, code := range p.Codes {
		r, _ := health.RuleOf(code)
		fmt.Fprintf(b, "- **%s** (`%s`). %s %s\n", r.Title, code, r.Why, r.Consequence)
	}
	b.WriteString("\n")
}

func (p Page) dont(b *strings.Builder) {
	b.WriteString("## Do not\n\n")
	var said []string
	for _, code := range p.Codes {
		r, _ := health.RuleOf(code)
		if r.DoNot != "" && !slices.Contains(said, r.DoNot) {
			said = append(said, r.DoNot)
			fmt.Fprintf(b, "- %s\n", r.DoNot)
		}
	}
	b.WriteString("\n")
}

// write writes a plan with its branches, each under a heading that says which
// answers led to it.
func write(b *strings.Builder, p plan.Plan, heading string) {
	if heading != "" {
		fmt.Fprintf(b, "### %s\n\n", heading)
	}
	for i, s := range p.Steps {
		step(b, i+1, s)
	}
	if p.Blocked != nil {
		blocked(b, *p.Blocked)
	}
	if p.Ask == nil {
		if len(p.Steps) > 0 {
			b.WriteString("\n")
		}
		return
	}
	fmt.Fprintf(b, "**%s**\n\n", p.Ask.Text)
	lead := heading
	if lead != "" {
		lead += " "
	}
	write(b, *p.Ask.Yes, lead+p.Ask.Text+" Yes.")
	write(b, *p.Ask.No, lead+p.Ask.Text+" No.")
}

func step(b *strings.Builder, n int, s plan.Step) {
	fmt.Fprintf(b, "%d. %s\n", n, s.Do)
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(b, "   - %s: %s\n", label, text)
		}
	}
	line("Careful", s.Warning)
	line("Then", s.Expect)
	line("Check", s.Verify)
	line("To undo it", s.Undo)
	line("No other way", s.Inevitable)
}

func blocked(b *strings.Builder, why plan.Blocked) {
	b.WriteString("There is no safe way:\n\n")
	for _, reason := range why.Reasons {
		fmt.Fprintf(b, "- %s\n", reason)
	}
	for _, missing := range why.Missing {
		fmt.Fprintf(b, "- It would open a way: %s\n", missing)
	}
	b.WriteString("\n")
	if len(why.LeastBad) == 0 {
		return
	}
	b.WriteString("What is left, and destroys least:\n\n")
	for i, s := range why.LeastBad {
		step(b, i+1, s)
	}
	b.WriteString("\n")
}
