package redact

import (
	"strings"

	"github.com/tokenward/tokenward/internal/pattern"
)

var (
	tableHead = pattern.Lazy(`^ESCROW +UUID +TYPE (USER)$`)
	tableLine = pattern.Lazy(`^((?:Yes|No)? +)([0-9A-Za-z]+(?:-[0-9A-Za-z]+){4})( +)([A-Za-z][\w ()/-]*)$`)
)

// fileVaultTableText replaces the names in the last column of fdesetup list
// -extended. Its place is known from the heading alone: types and names both hold
// blanks, and widths differ between releases.
func fileVaultTableText(b *book, lines []string) []string {
	out := make([]string, len(lines))
	column := 0
	for i, text := range lines {
		text = strings.TrimRight(text, " \t")
		if tableHead.MatchString(text) {
			column = strings.LastIndex(text, "USER")
		}
		out[i] = tableRow(b, text, column)
	}
	return out
}

func tableRow(b *book, text string, column int) string {
	name, row := "", text
	if len(text) >= column && column > 0 {
		row, name = text[:column-1], text[column-1:]
	}
	m := tableLine.FindStringSubmatch(row)
	if m == nil || column == 0 || name != "" && name[0] != ' ' {
		return strings.Join(each(b, []string{text}, []line{{tableHead, kept}, {fileVaultError, kept}}), "")
	}
	uuid := b.uuid(m[2])
	row = m[1] + uuid + strings.Repeat(" ", max(len(m[3])+len(m[2])-len(uuid), 1)) + m[4]
	if name == "" {
		return row
	}
	return row + " " + b.person(name[1:])
}
