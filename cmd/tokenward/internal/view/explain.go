package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// WriteExplanation shows conditions one after the other: how it is on this Mac
// first, then what the catalogue says. The names are those on the Mac that no command
// may contain.
func WriteExplanation(out io.Writer, s Screen, names wire.Names, e wire.Explanation, now time.Time) error {
	p := &page{Screen: s, out: out, names: names}
	if e.Words {
		lead := "These words are known: "
		if e.Unsure {
			lead = "These words could be the beginning of a line that is known: "
		}
		p.paragraph(0, "", plain, lead+wordsOf(e))
		p.line("")
	}
	for i, c := range e.Conditions {
		if i > 0 {
			p.line("")
		}
		p.condition(c, e.Looked, now)
	}
	return p.err
}

// wordsOf says of how many conditions a line tells, each of which is explained.
func wordsOf(e wire.Explanation) string {
	var titles []string
	for _, c := range e.Conditions {
		titles = append(titles, c.Code)
	}
	if len(titles) == 1 {
		return "a tool says them where " + titles[0] + " holds."
	}
	return fmt.Sprintf("a tool says them where one of %d conditions holds: %s.", len(titles), strings.Join(titles, ", "))
}

func (p *page) condition(c wire.Explained, looked *wire.LookedAt, now time.Time) {
	p.title(wire.Finding{Severity: c.Severity, Title: c.Title, Code: c.Code})
	p.here(c, looked, now)
	p.line("")
	for _, part := range []struct{ label, text string }{
		{"Why", c.Why},
		{"Means", c.Consequence},
		{"Do", general(c)},
		{"Careful", c.DoNot},
		{"Told by", toldBy(c.Condition)},
		{"Open", c.Open},
		{"Versions", c.Versions},
		{"Source", c.Source},
	} {
		if part.text != "" {
			p.paragraph(0, pad("  "+part.label, labelWidth), bold, part.text)
		}
	}
	for _, words := range c.Says {
		p.paragraph(0, pad("  A tool", labelWidth), bold, "says `"+words+"`")
	}
}

// general is what to do on any Mac, where it was not just said of this one.
func general(c wire.Explained) string {
	if slices.ContainsFunc(c.Shown, func(s wire.Shown) bool { return s.NextStep == c.NextStep }) {
		return ""
	}
	return c.NextStep
}

// toldBy says who can tell of a condition, and from which facts.
func toldBy(c wire.Condition) string {
	who := map[health.Feed]string{
		health.FromDevice: "the Mac's own tools", health.FromHistory: "what earlier checks found", health.FromServer: "a server, or other Macs",
		health.FromAgent: "Tokenward itself", health.FromAdvice: "nobody: no tool can tell it",
	}[health.Feed(c.FedBy)]
	if len(c.Evidence) == 0 {
		return cmp.Or(who, c.FedBy)
	}
	return cmp.Or(who, c.FedBy) + ": " + strings.Join(c.Evidence, ", ")
}

// here says how it is with a condition on this Mac.
func (p *page) here(c wire.Explained, looked *wire.LookedAt, now time.Time) {
	lead := strings.Repeat(" ", labelWidth)
	switch {
	case looked == nil:
		return
	case c.Holds == health.Yes:
		p.line("%s%s", lead, p.paint(severityStyle(c.Severity), "It holds on this Mac."))
		for _, s := range c.Shown {
			p.shown(s, looked, now)
		}
	case c.Holds == health.No:
		p.line("%s%s", lead, p.paint(green, "It does not show on this Mac."))
	case len(c.Missing) > 0:
		p.paragraph(0, lead, plain, "Whether it holds on this Mac is not known. Missing: "+few(c.Missing)+".")
	default:
		p.paragraph(0, lead, plain, "Whether it holds on this Mac, nothing on it can tell.")
	}
}

func (p *page) shown(s wire.Shown, looked *wire.LookedAt, now time.Time) {
	p.line("")
	p.paragraph(0, pad("  Here", labelWidth), bold, s.Summary)
	if policy := decided(s.Finding); policy != "" {
		p.paragraph(0, pad("  Policy", labelWidth), bold, policy)
	}
	if s.Muted != "" {
		p.paragraph(0, pad("  Muted", labelWidth), bold, notCounted(s.Finding))
	}
	if looked.From == "daemon" { // a single check knows no past
		p.paragraph(0, pad("  Since", labelWidth), bold, ago(now, s.Since))
	}
	if s.NextStep != "" {
		p.steps(0, pad("  Now", labelWidth), s.NextStep)
	}
	label := "  Because"
	for _, f := range s.Facts {
		p.paragraph(0, pad(label, labelWidth), bold, evidence(f, now))
		label = ""
	}
	if len(s.Sources) > 0 {
		p.paragraph(0, pad(label, labelWidth), bold, "Of "+s.Account+" say "+sources(s.Sources)+".")
	}
}

// longestSource is how much of a command line tells which it is.
const longestSource = 40

func evidence(f wire.Evidence, now time.Time) string {
	value, _ := told(f.Fact)
	line := f.Name + ": " + value
	if f.Source != "" {
		line += " (" + runewidth.Truncate(f.Source, longestSource, "…")
		if f.ObservedAt != nil {
			line += ", " + ago(now, *f.ObservedAt)
		}
		line += ")"
	}
	return line
}

// sources are what each of them says of one account, in a fixed order.
func sources(says map[string]string) string {
	var parts []string
	for _, s := range []struct{ key, name string }{
		{"crypto_user", "the volume"}, {"directory", "the directory"}, {"sysadminctl", "sysadminctl"}, {"fdesetup", "fdesetup"},
	} {
		if word, there := says[s.key]; there {
			parts = append(parts, s.name+" "+word)
		}
	}
	return strings.Join(parts, ", ")
}

// WriteCatalogue lists all conditions below their groups.
func WriteCatalogue(out io.Writer, s Screen, all []wire.Condition) error {
	p := &page{Screen: s, out: out}
	var groups []string
	for _, c := range all {
		if !slices.Contains(groups, c.Group) {
			groups = append(groups, c.Group)
		}
	}
	p.paragraph(0, "", plain, "`tokenward explain CODE` says what a condition means, what to do, and whether it holds on this Mac.")
	for _, group := range groups {
		p.heading(group)
		for _, c := range all {
			if c.Group == group {
				p.entry(c)
			}
		}
	}
	return p.err
}

// entry is a code with its title, below it where there is no room beside it.
func (p *page) entry(c wire.Condition) {
	const codes = 38
	if p.width() >= codes+40 {
		p.paragraph(2, pad(c.Code, codes), plain, c.Title)
		return
	}
	p.line("  %s", c.Code)
	p.paragraph(4, "", dim, c.Title)
}
