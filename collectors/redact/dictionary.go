package redact

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/tokenward/tokenward/internal/pattern"
)

// A dictionary as Foundation describes it is text between braces: keys, marks and
// values, of which only the values are replaced. White space stays as it is.
var (
	dictionaryToken = pattern.Lazy(`^(?:"(?:[^"\\\n]|\\.)*"|[\w.$/:+-]+)`)
	dictionaryOpens = pattern.Lazy(`(?m)^(?:[A-Z][A-Za-z ]*: )?\{|^[ \t]*(?:[\w.$/:+-]+|"(?:[^"\\\n]|\\.)*")[ \t]*=(?:[ \t]|$)`)
	answerHeading   = pattern.Lazy(`^(?:=== CPF_GetInstalledProfiles === \(<Device>\)|Number of <Device> profiles found: \d+ \(Filtered: \d+\)|Not found\.)$`)
	otherAnswer     = pattern.Lazy(`^(Agent response: )(.*)$`)
)

// dictionaryText replaces values of a dictionary, and passes on of the lines around
// it those that are known.
func dictionaryText(b *book, lines []string) []string {
	text := strings.Join(lines, "\n")
	heading := []line{
		{answerHeading, kept},
		{otherAnswer, func(_ *book, m []string) string {
			if m[2] == "(null)" {
				return m[0]
			}
			return m[1] + placeholder
		}},
		{dictionaryOpens, func(*book, []string) string { return "{ " + placeholder }},
	}
	place := dictionaryOpens.FindStringIndex(text)
	if place == nil {
		return each(b, lines, heading)
	}
	before, rest := text[:place[0]], text[place[0]:]
	opening := ""
	if strings.HasSuffix(text[:place[1]], "{") {
		opening, rest = "Daemon response: {", text[place[1]:]
		if text[place[0]:place[1]] == "{" {
			opening = "{"
		}
	}
	s := dictionaryScanner{book: b, rest: rest, inside: []byte{'{'}}
	body := s.body()
	var out []string
	if before != "" {
		out = each(b, strings.Split(strings.TrimSuffix(before, "\n"), "\n"), heading)
	}
	after := strings.Split(s.rest, "\n")
	behind := append([]string{after[0]}, each(b, after[1:], heading)...)
	if strings.TrimSpace(after[0]) != "" {
		behind[0] = placeholder
	}
	return append(out, strings.Split(opening+body+strings.Join(behind, "\n"), "\n")...)
}

// dictionaryScanner reads the body of a dictionary from behind its brace.
type dictionaryScanner struct {
	book   *book
	rest   string
	inside []byte // the braces and parentheses that are open
	key    string
	value  bool // a value is next, not a key
}

// body returns the text up to the closing brace with other values, and leaves what
// follows. Where the text is no dictionary, it is replaced from there on.
func (s *dictionaryScanner) body() string {
	var out strings.Builder
	for s.rest != "" && len(s.inside) > 0 {
		if token := dictionaryToken.FindString(s.rest); token != "" {
			s.rest = s.rest[len(token):]
			out.WriteString(s.token(token))
			continue
		}
		mark := s.rest[0]
		s.rest = s.rest[1:]
		if !s.mark(mark) {
			s.rest = ""
			out.WriteString(placeholder)
			break
		}
		out.WriteByte(mark)
	}
	return out.String()
}

// mark follows what is open; ok is false for what stands in no dictionary.
func (s *dictionaryScanner) mark(c byte) (ok bool) {
	switch c {
	case ' ', '\t', '\n':
	case '=':
		s.value = true
	case ';':
		s.value = false
	case ',':
	case '{', '(':
		s.inside = append(s.inside, c)
		s.value = c == '('
	case '}', ')':
		s.inside = s.inside[:len(s.inside)-1]
		s.value = len(s.inside) > 0 && s.inside[len(s.inside)-1] == '('
	default:
		return false
	}
	return true
}

func (s *dictionaryScanner) token(token string) string {
	text := token
	quoted := strings.HasPrefix(token, `"`)
	if quoted {
		text = unescaped(token[1 : len(token)-1])
	}
	if !s.value {
		s.key = text
		if knownKey(text) {
			return token
		}
		return `"` + s.book.word(text) + `"`
	}
	if is := dictionaryValue(s.book, s.key, text); is != text {
		return `"` + is + `"`
	}
	return token
}

var (
	smallNumber = pattern.Lazy(`^-?\d{1,6}(?:\.\d{1,8})?$`)
	choice      = pattern.Lazy(`^(?i:success|true|false|yes|no|allowed|disallowed|not supported|full|medium|off|command|none)$`)
)

// dictionaryValue replaces a value by what its key says that it is. What is not
// known to be harmless is a word.
func dictionaryValue(b *book, key, value string) string {
	switch key {
	case "SerialNumber", "FDE_PersonalRecoveryKeyDeviceKey":
		return b.serial(value)
	case "shortName", "UserName", "UserShortName", "Usernames":
		return b.person(value)
	case "fullName", "UserLongName":
		return b.fullName(value, "")
	}
	switch {
	case plainValue(key, value):
		return value
	case key == "EACSPreflight" && strings.HasPrefix(value, preflightToken):
		return preflightToken + " " + removed
	case fiveGroups.FindString(value) == value && len(value) >= 30:
		return b.uuid(value)
	}
	return b.word(value)
}

var escape = pattern.Lazy(`\\(?:U[0-9a-fA-F]{4}(?:\\U[0-9a-fA-F]{4})*|.)`)

// unescaped is what a text in quotes stands for: UTF-16 behind \U. community.
func unescaped(s string) string {
	return escape.ReplaceAllStringFunc(s, func(e string) string {
		switch {
		case !strings.HasPrefix(e, `\U`) && e == `\n`:
			return "\n"
		case !strings.HasPrefix(e, `\U`):
			return e[1:]
		}
		var units []uint16
		for _, hexadecimal := range strings.Split(e, `\U`)[1:] {
			if n, err := strconv.ParseUint(hexadecimal, 16, 16); err == nil {
				units = append(units, uint16(n))
			}
		}
		return string(utf16.Decode(units))
	})
}
