package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Setting is one line of the configuration.
type Setting struct {
	Key, Value string
	Layer      string
	Forced     bool // by managed preferences
}

// WriteConfig shows the settings below what is wrong with them. The note says what is
// in force where something is.
func WriteConfig(out io.Writer, s Screen, note string, problems []string, settings []Setting) error {
	p := &page{Screen: s, out: out}
	p.mistakes(note, problems)
	if len(settings) == 0 {
		p.line("Nothing is set: every value is its default.")
		return p.err
	}
	keys, layers := 0, 0
	for _, one := range settings {
		keys, layers = max(keys, runewidth.StringWidth(one.Key)), max(layers, runewidth.StringWidth(layerOf(one)))
	}
	for _, one := range settings {
		p.setting(one, keys+2, layers+2)
	}
	return p.err
}

// mistakes come first: whoever reads on should know what the rest is worth.
func (p *page) mistakes(note string, problems []string) {
	if note != "" {
		p.paragraph(0, "", red, note)
	}
	for _, text := range problems {
		p.line("* %s", safe(text)) // in one line, as compilers do: editors and grep find the place
	}
	if len(problems) > 0 {
		p.line("")
	}
}

func (p *page) setting(one Setting, keys, layers int) {
	st := dim
	if one.Forced {
		st = bold
	} else if one.Layer != "default" {
		st = plain
	}
	value := one.Value
	if value == "" || value == "[]" || value == "{}" {
		value = "–"
	}
	p.line("%s%s%s", pad(one.Key, keys), p.paint(st, pad(layerOf(one), layers)), clipped(safe(value), p.width()-keys-layers))
}

func layerOf(one Setting) string {
	if one.Forced {
		return one.Layer + ", forced"
	}
	return one.Layer
}

// clipped is a value in the space that is left for it; --json has the whole.
func clipped(text string, width int) string {
	return runewidth.Truncate(text, max(width, narrowest/2), "…")
}

// WriteCheckedConfig tells what is wrong with a file that nobody uses yet.
func WriteCheckedConfig(out io.Writer, s Screen, what string, keys int, problems []string) error {
	p := &page{Screen: s, out: out}
	if len(problems) == 0 {
		p.line("%s", safe(fmt.Sprintf("%s, %s set, nothing wrong", what, strings.TrimSpace(counted(keys, "key")))))
		return p.err
	}
	for _, text := range problems {
		p.line("%s", safe(text))
	}
	return p.err
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
