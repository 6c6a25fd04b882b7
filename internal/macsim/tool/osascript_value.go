package tool

import (
	"slices"
	"strings"
	"unicode"
)

// scriptResult is the variable that holds the value of the statement before.
// documented: AppleScript Language Guide; a script cannot set it.
const scriptResult = "result"

// scriptValue is the answer to a dialog or a field of it; the zero value is what
// a notification gives.
type scriptValue struct {
	of           *scriptStep
	field        string // empty: the whole answer
	button, text string
	gaveUp       bool
}

// part is a field of an answer, or the whole of what there is.
func (v scriptValue) part(field string) scriptValue {
	if field != "" {
		v.field = field
	}
	return v
}

// reply is the value as osascript prints it. observed: a record without quotes,
// in this order; documented: no button where it gave up; community: the text is
// the one that stood there.
func (v scriptValue) reply() Reply {
	switch {
	case v.of == nil:
		return Reply{}
	case v.field == "text returned":
		return printed(v.text)
	case v.field == "button returned":
		return printed(v.button)
	}
	fields := []string{"button returned:" + v.button}
	if v.of.asksText {
		fields = append(fields, "text returned:"+v.text)
	}
	if v.of.givesUp {
		fields = append(fields, "gave up:"+either(v.gaveUp, "true", "false"))
	}
	return printed(strings.Join(fields, ", "))
}

// scriptKnown is what the parser knows of a value: whether it is a whole answer,
// and whether that has a text.
type scriptKnown struct{ answer, text bool }

// add appends a statement that gives a value of that sort, of which it may want
// a field.
func (p *scriptParser) add(s scriptStep, k scriptKnown) {
	p.bad = p.bad || s.field != "" && !k.answer || s.field == "text returned" && !k.text
	if s.field != "" {
		k = scriptKnown{}
	}
	p.known[scriptResult] = k
	p.steps = append(p.steps, s)
}

// recall reads the name of an earlier value.
func (p *scriptParser) recall(field string) {
	p.takes("the")
	name := p.word()
	k, ok := p.known[name]
	p.bad = p.bad || !ok
	p.add(scriptStep{from: name, field: field}, k)
}

// assign reads a variable and what it is set to.
func (p *scriptParser) assign(app string) {
	name := p.word()
	p.bad = p.bad || slices.Contains([]string{scriptResult, "the", "text", "button", "display", "return", "set", "tell"}, name)
	p.wants("to")
	p.expression(app, "")
	k, ok := p.known[scriptResult]
	p.bad = p.bad || !ok
	if !p.bad {
		p.known[name] = k
		p.steps[len(p.steps)-1].into = name
	}
}

// word takes a word that must come next and is no number.
func (p *scriptParser) word() string {
	if p.i >= len(p.tokens) || p.tokens[p.i].kind != scriptWord || unicode.IsDigit([]rune(p.tokens[p.i].text)[0]) {
		p.bad = true
		return ""
	}
	p.i++
	return p.tokens[p.i-1].text
}
