package tool

import (
	"strings"
	"unicode"
)

// scriptToken is one word, text or sign of an AppleScript, and where it stands:
// from the first character to behind the last one.
type scriptToken struct {
	kind       scriptKind
	text       string // of a text without its quotes; of a word in small letters
	start, end int
}

type scriptKind int

const (
	scriptWord scriptKind = iota // also a number
	scriptText
	scriptSign // one of ( ) { } ,
	scriptLine // the end of a line
)

// scriptTokens cuts an AppleScript into its tokens. documented: AppleScript
// Language Guide; it fails where the script holds what none of the simulated
// statements do.
func scriptTokens(script string) ([]scriptToken, bool) {
	runes := []rune(script)
	var tokens []scriptToken
	for i := 0; i < len(runes); {
		t, ok := nextToken(runes, i)
		if !ok {
			return nil, false
		}
		if t.text != "" || t.kind == scriptText {
			tokens = append(tokens, t)
		}
		i = t.end
	}
	return append(tokens, scriptToken{kind: scriptLine, text: "\n", start: len(runes), end: len(runes)}), true
}

// nextToken reads the token at i. A blank, a comment and a continued line are
// words without a text.
func nextToken(runes []rune, i int) (scriptToken, bool) {
	r := runes[i]
	switch {
	case r == '\n' || r == '\r':
		return scriptToken{scriptLine, "\n", i, i + 1}, true
	case r == '¬' && i+1 < len(runes) && runes[i+1] == '\n':
		return scriptToken{start: i, end: i + 2}, true
	case unicode.IsSpace(r):
		return scriptToken{start: i, end: i + 1}, true
	case r == '-' && i+1 < len(runes) && runes[i+1] == '-':
		return scriptToken{start: i, end: span(runes, i, func(r rune) bool { return r != '\n' && r != '\r' })}, true
	case r == '"':
		return textToken(runes, i)
	case strings.ContainsRune("(){},", r):
		return scriptToken{scriptSign, string(r), i, i + 1}, true
	case isScriptWord(r):
		end := span(runes, i, isScriptWord)
		return scriptToken{scriptWord, strings.ToLower(string(runes[i:end])), i, end}, true
	}
	return scriptToken{}, false
}

func isScriptWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// span is where the characters from i on cease to belong.
func span(runes []rune, i int, belongs func(rune) bool) int {
	for i < len(runes) && belongs(runes[i]) {
		i++
	}
	return i
}

// textToken reads a text in quotes with its escapes. documented.
func textToken(runes []rune, start int) (scriptToken, bool) {
	var b strings.Builder
	for i := start + 1; i < len(runes); i++ {
		switch {
		case runes[i] == '"':
			return scriptToken{scriptText, b.String(), start, i + 1}, true
		case runes[i] == '\\' && i+1 < len(runes):
			i++
			at := strings.IndexRune(`nrt"\`, runes[i])
			if at < 0 {
				return scriptToken{}, false
			}
			b.WriteByte("\n\r\t\"\\"[at])
		default:
			b.WriteRune(runes[i])
		}
	}
	return scriptToken{}, false
}
