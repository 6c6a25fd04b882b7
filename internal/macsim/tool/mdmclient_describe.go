package tool

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// data is binary data, of which a description shows the beginning and the end.
type data []byte

// described is a dictionary in the old style of NeXT, without its braces: every
// level is a step further in. observed (12.1, 13.3.1, 15.5): also that the
// indent stands before an inner brace.
func described(d dict, indent, step string) []string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(d)) {
		name := indent + quoted(key) + " ="
		switch v := d[key].(type) {
		case bool:
			lines = append(lines, name+" "+either(v, "1", "0")+";")
		case string:
			lines = append(lines, name+" "+quoted(v)+";")
		case data:
			lines = append(lines, name+" "+v.description()+";")
		case dict:
			lines = append(lines, name+indent+" {")
			lines = append(lines, described(v, indent+step, step)...)
			lines = append(lines, indent+"};")
		case list:
			lines = append(lines, name+indent+" (")
			lines = append(lines, describedItems(v, indent+step, step)...)
			lines = append(lines, indent+");")
		}
	}
	return lines
}

// describedItems are the items of a list, each with a comma but the last.
// observed (15.5): texts; community: dictionaries, with the indent twice before
// their brace.
func describedItems(items list, indent, step string) []string {
	var lines []string
	for i, item := range items {
		comma := either(i < len(items)-1, ",", "")
		if d, ok := item.(dict); ok {
			lines = append(lines, indent+indent+"{")
			lines = append(lines, described(d, indent+step, step)...)
			lines = append(lines, indent+"}"+comma)
			continue
		}
		lines = append(lines, indent+quoted(fmt.Sprint(item))+comma)
	}
	return lines
}

// description is what NSData prints since 10.15: the first sixteen bytes and
// the last eight of more than twenty-four. observed (13.3.1).
func (b data) description() string {
	if len(b) <= 24 {
		return fmt.Sprintf("{length = %d, bytes = 0x%s}", len(b), grouped(b))
	}
	return fmt.Sprintf("{length = %d, bytes = 0x%s ... %s}", len(b), grouped(b[:16]), grouped(b[len(b)-8:]))
}

// grouped is four bytes and a blank.
func grouped(b []byte) string {
	var groups []string
	for four := range slices.Chunk(b, 4) {
		groups = append(groups, fmt.Sprintf("%x", four))
	}
	return strings.Join(groups, " ")
}

// quoted puts a text in quotes unless it is all letters and digits. observed
// (12.1, 13.3.1): a dot and an underscore need quotes; community: \U and UTF-16
// beyond ASCII.
func quoted(s string) string {
	plain := s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if plain {
		return s
	}
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		switch {
		case unit == '"' || unit == '\\':
			b.WriteString(`\` + string(rune(unit)))
		case unit < 0x80:
			b.WriteByte(byte(unit))
		default:
			fmt.Fprintf(&b, `\U%04x`, unit)
		}
	}
	return `"` + b.String() + `"`
}
