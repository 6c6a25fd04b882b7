package parse

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// unescape reads what stood in the quotes of an old-style property list. Beyond
// ASCII that is UTF-16 after \U, four digits a unit. observed (13.3.1): quotes,
// backslash, line break and \U; documented (CFOldStylePList.c): the others.
func unescape(s string) (string, error) {
	var b strings.Builder
	for s != "" {
		plain, after, escaped := strings.Cut(s, `\`)
		b.WriteString(plain)
		if !escaped {
			break
		}
		text, rest, err := escape(after)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		s = rest
	}
	return b.String(), nil
}

// escape reads one escape from behind its backslash, all \U at once: two of
// them can be one letter.
func escape(s string) (text, rest string, err error) {
	if s == "" {
		return "", "", unreadable("it ends in a backslash")
	}
	if i := strings.IndexByte(`abfnrtv"\`, s[0]); i >= 0 {
		return "\a\b\f\n\r\t\v\"\\"[i : i+1], s[1:], nil
	}
	var units []uint16
	rest = `\` + s
	for strings.HasPrefix(rest, `\U`) && len(rest) >= 6 {
		unit, err := strconv.ParseUint(rest[2:6], 16, 16)
		if err != nil {
			break
		}
		units, rest = append(units, uint16(unit)), rest[6:]
	}
	if units == nil {
		return "", "", unreadable("the escape %s", clip(rest))
	}
	return string(utf16.Decode(units)), rest, nil
}
