package view

import (
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// piece is a part of a text: prose, or a command that somebody types.
type piece struct {
	text    string
	command bool
}

// pieces takes the commands out of a text, where they stand between backquotes.
// What else does, a name or what a tool prints, stays in the prose.
func pieces(text string) []piece {
	var all []piece
	prose := ""
	parts := strings.Split(text, "`")
	for i, part := range parts {
		switch {
		case i%2 == 0:
			prose += part
		case i == len(parts)-1 || !isTyped(part):
			prose += "`" + part
			if i < len(parts)-1 {
				prose += "`"
			}
		default:
			all = append(all, prosePiece(prose, len(all) > 0)...)
			all = append(all, piece{part, true})
			prose = ""
		}
	}
	return append(all, prosePiece(prose, len(all) > 0)...)
}

// prosePiece leaves out the stop or comma that a command on its own line leaves
// behind.
func prosePiece(text string, after bool) []piece {
	if after {
		text = strings.TrimLeft(text, ".,;: ")
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return []piece{{text: strings.TrimSpace(text)}}
}

// isTyped tells a command from other words between backquotes: it has arguments, or
// is a path, and begins as programs are called. What tools print begins with a
// capital.
func isTyped(text string) bool {
	if text == "" || (!strings.Contains(text, " ") && !strings.HasPrefix(text, "/")) {
		return false
	}
	first := rune(text[0])
	return first == '/' || unicode.IsLower(first)
}

// steps writes a text with each command on a line of its own, whole, so that it
// can be copied however narrow the screen is.
func (p *page) steps(indent int, label string, text string) {
	const deeper = 2
	width := len(label)
	text = p.names.Neutral(text)
	for i, part := range pieces(text) {
		if i > 0 {
			label = strings.Repeat(" ", width)
		}
		if !part.command {
			p.paragraph(indent, label, bold, part.text)
			continue
		}
		if strings.TrimSpace(label) != "" {
			p.line("%s%s", strings.Repeat(" ", indent), p.paint(bold, strings.TrimRight(label, " ")))
		}
		p.line("%s%s", strings.Repeat(" ", indent+width+deeper), p.paint(bold, safe(part.text)))
	}
}

// inline writes a text with its commands in it, unless one does not fit into a
// line: then each has a line of its own.
func (p *page) inline(indent int, label, text string) {
	text = p.names.Neutral(text)
	room := p.width() - indent - len(label) - 2 // for the backquotes
	for _, part := range pieces(text) {
		if part.command && runewidth.StringWidth(part.text) > room {
			p.steps(indent, label, text)
			return
		}
	}
	p.paragraph(indent, label, bold, text)
}
