package redact

import (
	"strings"
	"unicode/utf8"

	"github.com/tokenward/tokenward/internal/pattern"
)

// A login's line is read from the right, where every column has its width but for
// hosts before macOS 13: names can hold blanks and push the rest aside.
const (
	loginBegin = `^(\S(?:.*\S)?)( +)(console |tty[\w ]{5}) `
	loginEnd   = ` ([A-Z][a-z]{2} [A-Z][a-z]{2} [ 123]\d \d\d:\d\d +(?:still logged in|- (?:\d\d:\d\d|crash|shutdown) +\((?:\d+\+)?\d\d:\d\d\)))$`
)

var (
	recentLogin = pattern.Lazy(loginBegin + `(.{22})` + loginEnd)
	olderLogin  = pattern.Lazy(loginBegin + `(.{16}|\S{17,})` + loginEnd)
	startOf     = pattern.Lazy(`^(?:reboot|shutdown) +(?:time|~) +[A-Z][a-z]{2} [A-Z][a-z]{2} [ 123]\d \d\d:\d\d$`)
	beginning   = pattern.Lazy(`^wtmp begins [A-Z][a-z]{2} [A-Z][a-z]{2} [ 123]\d \d\d:\d\d(?::\d\d)?(?: [A-Z]{1,5}| [+-]\d{2,4})?(?: \d{4})?$`)
)

// loginsText replaces who logged in, and from where. Columns keep their width.
func loginsText(b *book, lines []string) []string {
	out := make([]string, len(lines))
	for i, text := range lines {
		text = strings.TrimRight(text, " \t")
		out[i] = loginLine(b, text)
		if prefix, _ := cutLogged(text); prefix != "" && out[i] == placeholder {
			out[i] = prefix + placeholder
		}
	}
	return out
}

func loginLine(b *book, text string) string {
	if text == "" || beginning.MatchString(text) || startOf.MatchString(text) {
		return text
	}
	m := recentLogin.FindStringSubmatch(text)
	if m == nil {
		m = olderLogin.FindStringSubmatch(text)
	}
	if m == nil {
		return placeholder
	}
	name, gap, terminal, host, at := m[1], m[2], m[3], m[4], m[5]
	width := utf8.RuneCountInString(host)
	if from := strings.TrimRight(host, " "); from == host {
		is := asBlank(b.host(from), from)
		host = is + strings.Repeat("-", max(width-len(is), 0)) // it may be longer than its column
	} else if from != "" {
		host = padded(asBlank(b.host(from), from), width)
	}
	return padded(b.cutOff(name), utf8.RuneCountInString(name+gap)-1) + " " + terminal + " " + host + " " + at
}

// asBlank gives a pseudonym a blank if the name has one. No host has: a parser
// that finds one cannot read the line, and must not be able to here.
func asBlank(is, was string) string {
	if strings.ContainsAny(was, " \t") {
		return is + " -"
	}
	return is
}

func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(width-utf8.RuneCountInString(s), 0))
}
