package redact

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	loginTime = regexp.MustCompile(`^(.+?) ((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d(?::\d\d)?(?: +still logged in| +- +(?:\d\d:\d\d|crash|down|shutdown) +\([\d:+]+\))?)$`)
	loginWho  = regexp.MustCompile(`^(.+?)( +)(console|tty\w*|pts/\w+|ftp\w*)( +.*)?$`)
	startOf   = regexp.MustCompile(`^(?:reboot|shutdown) +(?:time|~)(?: .*)?$`)
	beginning = regexp.MustCompile(`^wtmp begins [A-Za-z]{3} [A-Za-z]{3} [ \d]\d [\d: ]+(?:[A-Z]{1,5}|[+-]\d{2,4})?(?: \d{4})?$`)
)

// loginsText replaces who logged in, and from where. Columns keep their width, for
// names can hold blanks.
func loginsText(b *book, lines []string) []string {
	out := make([]string, len(lines))
	for i, text := range lines {
		out[i] = loginLine(b, strings.TrimRight(text, " \t"))
		if prefix, _ := cutLogged(text); prefix != "" && out[i] == placeholder {
			out[i] = prefix + placeholder
		}
	}
	return out
}

func loginLine(b *book, text string) string {
	if text == "" || beginning.MatchString(text) {
		return text
	}
	whenever := loginTime.FindStringSubmatch(text)
	if whenever == nil {
		return placeholder
	}
	head, at := whenever[1], whenever[2]
	if startOf.MatchString(strings.TrimRight(head, " ")) {
		return text
	}
	who := loginWho.FindStringSubmatch(head)
	if who == nil {
		return placeholder
	}
	host := who[4]
	if from := strings.TrimSpace(host); from != "" {
		host = " " + padded(asBlank(b.host(from), from), utf8.RuneCountInString(host)-1)
	}
	width := utf8.RuneCountInString(who[1]+who[2]) - 1
	return padded(asBlank(b.cutOff(who[1]), who[1]), width) + " " + who[3] + host + " " + at
}

// asBlank gives a pseudonym a blank if the name has one. Of a column with a blank
// in it a parser cannot say where it ends, and must not be able to here.
func asBlank(is, was string) string {
	if strings.ContainsAny(was, " \t") {
		return is + " -"
	}
	return is
}

func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(width-utf8.RuneCountInString(s), 0))
}
