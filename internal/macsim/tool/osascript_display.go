package tool

import "slices"

// scriptStep is one statement: something that a script shows, or the recall of
// an earlier answer, and what it wants to know of it.
type scriptStep struct {
	from  string // of which variable the value is; empty: of what is shown
	into  string // the variable that takes the value; empty: none
	field string // of the answer; empty: the whole

	verb       string // dialog, alert or notification
	app        string // that is told to show it; empty: the script itself
	start, end int    // of the statement, in characters

	asksText    bool
	defaultText string
	buttons     []string
	defaultName scriptButton
	cancelName  scriptButton
	givesUp     bool
}

// notification is the verb that waits for nobody and gives no answer.
const notification = "notification"

// scriptButton names a button by its label or its number, counted from 1; the
// zero value is the usual one.
type scriptButton struct {
	label  string
	number int
}

// display reads one command with its parameters.
func (p *scriptParser) display(app, field string) {
	s := scriptStep{app: app, field: field, start: p.tokens[p.i-1].start}
	for _, verb := range []string{"dialog", "alert", notification} {
		if p.takes(verb) {
			s.verb = verb
		}
	}
	p.text()
	for !p.bad && p.parameter(&s) {
		continue
	}
	s.end = p.tokens[p.i-1].end
	p.bad = p.bad || s.verb == "" || !s.has(s.defaultName) || !s.has(s.cancelName)
	p.add(s, scriptKnown{answer: s.verb != notification, text: s.asksText})
	if s.verb == notification {
		delete(p.known, scriptResult)
	}
}

// parameter reads one parameter of the command. documented: AppleScript
// Language Guide, StandardAdditions.
func (p *scriptParser) parameter(s *scriptStep) bool {
	if p.notificationParameter(s) || s.verb == "alert" && p.alertParameter() {
		return true
	}
	switch {
	case s.verb == notification:
		return false
	case s.verb == "dialog" && p.takes("default", "answer"):
		s.asksText, s.defaultText = true, p.text()
	case s.verb == "dialog" && p.takes("with", "hidden", "answer"):
	case s.verb == "dialog" && p.takes("with", "icon"):
		p.icon()
	case p.takes("buttons"):
		s.buttons = p.list()
	case p.takes("default", "button"):
		s.defaultName = p.button()
	case p.takes("cancel", "button"):
		s.cancelName = p.button()
	case p.takes("giving", "up", "after"):
		_, ok := p.number()
		s.givesUp, p.bad = ok, p.bad || !ok
	default:
		return false
	}
	return true
}

// notificationParameter reads a title, which a dialog has too, or one of those
// that only a notification has.
func (p *scriptParser) notificationParameter(s *scriptStep) bool {
	only := s.verb == notification
	if s.verb != "alert" && p.takes("with", "title") || only && (p.takes("subtitle") || p.takes("sound", "name")) {
		p.text()
		return true
	}
	return false
}

// alertParameter reads one that only an alert has.
func (p *scriptParser) alertParameter() bool {
	if p.takes("message") {
		p.text()
		return true
	}
	return p.takes("as", "critical") || p.takes("as", "warning") || p.takes("as", "informational")
}

// icon reads a name, a number or a file.
func (p *scriptParser) icon() {
	if p.takes("caution") || p.takes("note") || p.takes("stop") {
		return
	}
	if _, ok := p.number(); ok {
		return
	}
	bracket := p.takes("(")
	if !p.takes("posix", "file") && !p.takes("file") {
		p.takes("alias")
	}
	p.text()
	if bracket {
		p.wants(")")
	}
}

// list reads the names of the buttons, of which there are one to three.
func (p *scriptParser) list() []string {
	p.wants("{")
	names := []string{p.text()}
	for !p.bad && p.takes(",") {
		names = append(names, p.text())
	}
	p.wants("}")
	p.bad = p.bad || len(names) > 3
	return names
}

// button reads a button, by its label or by its number.
func (p *scriptParser) button() scriptButton {
	if n, ok := p.number(); ok {
		p.bad = p.bad || n < 1
		return scriptButton{number: n}
	}
	return scriptButton{label: p.text()}
}

// has says whether a button that was named is there.
func (s *scriptStep) has(b scriptButton) bool {
	return b == scriptButton{} || b.number > 0 && b.number <= len(s.names()) || slices.Contains(s.names(), b.label)
}

// label is that of a button that was named, or the usual one.
func (s *scriptStep) label(b scriptButton, usual string) string {
	switch {
	case b.number > 0:
		return s.names()[b.number-1]
	case b.label != "":
		return b.label
	}
	return usual
}

// names are the buttons from left to right. documented: the usual ones.
func (s *scriptStep) names() []string {
	switch {
	case s.buttons != nil:
		return s.buttons
	case s.verb == "dialog":
		return []string{"Cancel", "OK"}
	}
	return []string{"OK"}
}
