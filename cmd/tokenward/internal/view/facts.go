package view

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/tokenward/tokenward/internal/wire"
)

// WriteFacts lists the facts of the page below the sources that told them.
func WriteFacts(out io.Writer, s Screen, v Page) error {
	p := &page{Screen: s, out: out}
	p.paragraph(0, "", plain, "Facts, "+checked(v))
	if v.Note != "" {
		p.paragraph(0, "", plain, v.Note)
	}
	names := 0
	for name := range v.Report.Facts {
		names = max(names, runewidth.StringWidth(name))
	}
	for _, g := range bySource(v.Report.Facts) {
		p.line("")
		p.paragraph(0, "", plain, g.title(v.Now))
		for _, name := range g.facts {
			p.fact(pad(name, names+2), v.Report.Facts[name])
		}
	}
	return p.err
}

// fact writes a value beside its name, or below it where the screen is narrow.
func (p *page) fact(name string, f wire.Fact) {
	text, st := told(f)
	text = safe(text)
	if len(columnGap)+runewidth.StringWidth(name)+runewidth.StringWidth(text) <= p.width() {
		p.line("%s%s%s", columnGap, name, p.paint(st, text))
		return
	}
	p.line("%s%s", columnGap, strings.TrimRight(name, " "))
	for _, l := range wrap(text, p.width()-2*len(columnGap)) {
		p.line("%s%s%s", columnGap, columnGap, p.paint(st, l))
	}
}

// group are the facts that one source told at one time.
type group struct {
	source string
	facts  []string
	at     *time.Time
	tookMS int64
}

// bySource groups facts, in the order of the first name in each group.
func bySource(facts map[string]wire.Fact) []*group {
	var groups []*group
	seen := map[string]*group{}
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		f := facts[name]
		g, ok := seen[f.Source]
		if !ok {
			g = &group{source: f.Source, at: f.ObservedAt}
			seen[f.Source] = g
			groups = append(groups, g)
		}
		g.facts, g.tookMS = append(g.facts, name), max(g.tookMS, f.TookMS)
	}
	return groups
}

func (g *group) title(now time.Time) string {
	source := cmp.Or(g.source, "never asked")
	if g.at == nil {
		return source
	}
	return fmt.Sprintf("%s – %s, took %s", source, ago(now, *g.at), lasted(g.tookMS))
}

// told is the value, or why there is none.
func told(f wire.Fact) (string, style) {
	switch {
	case f.Value == "":
		return "none", plain
	case f.Value != nil:
		return fmt.Sprint(f.Value), plain
	case f.Status == "absent":
		return "none", plain
	case f.Status == "not_observed":
		return "not asked", dim
	case f.Status == "unsupported":
		return "unsupported", dim
	case f.Reason != "":
		return f.Status + ": " + f.Reason, red
	}
	return f.Status, red
}

func lasted(ms int64) string {
	if ms < 10_000 {
		return fmt.Sprintf("%d ms", ms)
	}
	return fmt.Sprintf("%d s", ms/1000)
}
