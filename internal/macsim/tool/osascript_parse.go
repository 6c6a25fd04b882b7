package tool

import "strconv"

// scriptParser reads a script. What it does not know makes it bad.
type scriptParser struct {
	tokens   []scriptToken
	i        int
	steps    []scriptStep
	known    map[string]scriptKnown
	returned bool // by the last statement: none may follow
	bad      bool
}

// parseScript reads a script of the few statements that show something.
func parseScript(script string) ([]scriptStep, bool) {
	tokens, ok := scriptTokens(script)
	if !ok {
		return nil, false
	}
	p := &scriptParser{tokens: tokens, known: map[string]scriptKnown{}}
	for !p.bad && p.i < len(p.tokens) {
		if !p.line() {
			p.statement("")
		}
	}
	return p.steps, !p.bad && len(p.steps) > 0
}

// line takes the end of a line.
func (p *scriptParser) line() bool {
	if p.i >= len(p.tokens) || p.tokens[p.i].kind != scriptLine {
		return false
	}
	p.i++
	return true
}

// takes takes these words or signs if they come next.
func (p *scriptParser) takes(words ...string) bool {
	for n, word := range words {
		at := p.i + n
		if at >= len(p.tokens) || p.tokens[at].kind == scriptText || p.tokens[at].text != word {
			return false
		}
	}
	p.i += len(words)
	return true
}

// wants takes a word or sign that must come next.
func (p *scriptParser) wants(word string) {
	if !p.takes(word) {
		p.bad = true
	}
}

// text takes a text in quotes that must come next.
func (p *scriptParser) text() string {
	if p.i >= len(p.tokens) || p.tokens[p.i].kind != scriptText {
		p.bad = true
		return ""
	}
	p.i++
	return p.tokens[p.i-1].text
}

// number takes a number if it comes next.
func (p *scriptParser) number() (int, bool) {
	if p.i < len(p.tokens) && p.tokens[p.i].kind == scriptWord {
		if n, err := strconv.Atoi(p.tokens[p.i].text); err == nil {
			p.i++
			return n, true
		}
	}
	return 0, false
}

// statement reads one statement, with which its line ends.
func (p *scriptParser) statement(app string) {
	p.bad = p.bad || p.returned
	switch {
	case p.takes("tell"):
		p.tell()
		return
	case p.takes("activate"):
		delete(p.known, scriptResult)
	case p.takes("set"):
		p.assign(app)
	default:
		p.returned = p.takes("return")
		p.expression(app, "")
	}
	if !p.bad && !p.line() {
		p.bad = true
	}
}

// tell reads what an application is told, in one line or in a block.
func (p *scriptParser) tell() {
	app := ""
	if !p.takes("me") {
		if !p.takes("application") {
			p.wants("app")
		}
		app = p.text()
	}
	if p.takes("to") {
		p.statement(app)
		return
	}
	for !p.bad && !p.takes("end", "tell") {
		if p.i >= len(p.tokens) {
			p.bad = true
			return
		}
		if !p.line() {
			p.statement(app)
		}
	}
	if !p.bad && !p.line() {
		p.bad = true
	}
}

// expression reads what shows something or recalls an answer, perhaps with a
// field of it before it and in brackets.
func (p *scriptParser) expression(app, field string) {
	for _, what := range []string{"text", "button"} {
		if field == "" && (p.takes("the", what, "returned", "of") || p.takes(what, "returned", "of")) {
			p.expression(app, what+" returned")
			return
		}
	}
	switch {
	case p.takes("("):
		p.expression(app, field)
		p.wants(")")
	case p.i < len(p.tokens) && p.takes("display"):
		p.display(app, field)
	default:
		p.recall(field)
	}
}
