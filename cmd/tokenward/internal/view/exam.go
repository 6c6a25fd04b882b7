package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/doctor"
)

// WriteExam shows what works and what does not: the trouble first, each with its
// reason and remedy, and what works in a line.
func WriteExam(out io.Writer, s Screen, e doctor.Exam) error {
	p := &page{Screen: s, out: out}
	for _, c := range e.Checks {
		p.check(c)
	}
	var trouble, quiet []doctor.Source
	works := 0
	for _, source := range e.Sources {
		switch {
		case source.Troubled():
			trouble = append(trouble, source)
		case source.State == doctor.Works:
			works++
		default:
			quiet = append(quiet, source)
		}
	}
	p.heading("Sources")
	p.paragraph(2, "", plain, fmt.Sprintf("%d of %d work.", works, len(e.Sources)))
	for _, source := range trouble {
		p.source(source, red)
	}
	for _, source := range quiet {
		p.source(source, dim)
	}
	return p.err
}

func (p *page) check(c doctor.Check) {
	p.paragraph(0, pad(mark(c.State), 12), markStyle(c.State), c.Name+": "+c.Text)
	if c.Remedy != "" {
		p.paragraph(12, "→ ", bold, c.Remedy)
	}
}

func (p *page) source(s doctor.Source, st style) {
	p.line("")
	state := string(s.State)
	if s.State == doctor.Waiting {
		state = "waits for another"
	}
	if s.Daemon != "" {
		state += " here, " + string(s.Daemon) + " for the daemon"
	}
	if s.Reason != "" {
		state += " (" + s.Reason + ")"
	}
	p.paragraph(2, safe(strings.ReplaceAll(state, "_", " "))+": ", st, s.Source)
	p.paragraph(4, "", plain, "Tells: "+few(s.Facts))
	if s.Why != "" {
		p.paragraph(4, "", plain, s.Why)
	}
	if s.Remedy != "" {
		p.paragraph(4, "→ ", bold, s.Remedy)
	}
}

func mark(s doctor.State) string {
	switch s {
	case doctor.Works:
		return "works"
	case doctor.Denied:
		return "denied"
	case doctor.Failed:
		return "trouble"
	case doctor.Unsupported, doctor.NotAsked, doctor.Waiting:
	}
	return "not known"
}

func markStyle(s doctor.State) style {
	switch s {
	case doctor.Works:
		return green
	case doctor.Denied, doctor.Failed:
		return red
	case doctor.Unsupported, doctor.NotAsked, doctor.Waiting:
	}
	return dim
}

// few names the first of them, and how many more there are.
func few(names []string) string {
	const shown = 4
	if len(names) <= shown+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
