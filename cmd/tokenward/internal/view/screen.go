// Package view writes a report for a person who is in trouble: the verdict
// first, then what is wrong and what to do, then the details.
//
// What it prints comes from directories and tools that users can write to, so
// nothing of it reaches the terminal unchecked.
package view

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"

	"github.com/tokenward/tokenward/internal/wire"
)

// Screen is where something is shown.
type Screen struct {
	Width int  // in columns
	Color bool // whether it understands colour
}

const (
	narrowest = 40
	widest    = 110 // longer lines are hard to read
)

func (s Screen) width() int { return min(max(s.Width, narrowest), widest) }

// A style is a way to emphasise, never the only carrier of a meaning.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "1;31"
	yellow style = "1;33"
	green  style = "1;32"
	purple style = "1;35"
)

func (s Screen) paint(st style, text string) string {
	if !s.Color || st == plain {
		return text
	}
	return "\x1b[" + string(st) + "m" + text + "\x1b[0m"
}

// safe replaces what could steer a terminal or hide text: control characters,
// and the marks that turn the direction of writing.
func safe(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// Lines is a text of several lines as a terminal may have it. What an error says may
// be somebody else's: a name of a file, what stands in it.
func Lines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = safe(lines[i])
	}
	return strings.Join(lines, "\n")
}

// page collects lines and remembers the first error of the writer.
type page struct {
	Screen
	out   io.Writer
	names wire.Names // that must not become commands
	err   error
}

func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

func (p *page) heading(text string) {
	p.line("")
	p.line("%s", p.paint(bold, text))
}

// paragraph writes text wrapped to the screen, with a label before the first
// line and the others below its beginning.
func (p *page) paragraph(indent int, label string, st style, text string) {
	lead := strings.Repeat(" ", indent)
	room := max(p.width()-indent-runewidth.StringWidth(label), 20)
	for i, l := range wrap(safe(p.names.Neutral(text)), room) {
		if i > 0 {
			label = strings.Repeat(" ", runewidth.StringWidth(label))
		}
		p.line("%s%s%s", lead, p.paint(st, label), l)
	}
}

// quiet writes text that nobody needs to read now.
func (p *page) quiet(indent int, text string) {
	for _, l := range wrap(safe(text), p.width()-indent) {
		p.line("%s%s", strings.Repeat(" ", indent), p.paint(dim, l))
	}
}

// wrap breaks text at blanks so that no line is wider than width, unless one
// word is. A command, which stands between backquotes, is one word as long as
// it fits into a line: it is there to be copied.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range words(text, width) {
		w := runewidth.StringWidth(word)
		switch {
		case line == "":
			line, used = word, w
		case used+1+w <= width:
			line, used = line+" "+word, used+1+w
		default:
			lines = append(lines, line)
			line, used = word, w
		}
	}
	return append(lines, line)
}

// words splits text at blanks and keeps commands together.
func words(text string, width int) []string {
	var all []string
	open := false
	for word := range strings.FieldsSeq(text) {
		if last := len(all) - 1; open && runewidth.StringWidth(all[last])+1+runewidth.StringWidth(word) <= width {
			all[last] += " " + word
		} else {
			all = append(all, word)
		}
		if strings.Count(word, "`")%2 == 1 {
			open = !open
		}
	}
	return all
}

// pad fills text up to a width; what is too wide is cut with an ellipsis.
func pad(text string, width int) string {
	return runewidth.FillRight(runewidth.Truncate(text, width, "…"), width)
}
