package health

import (
	"strings"
	"unicode"
)

// Spoken makes a name fit for a sentence. Names come from a directory that others
// write to, and sentences go to terminals, pages and tickets: what would end a line,
// steer a terminal or pass for a command between backquotes becomes a question mark.
// In a command [ShellWord] writes the name.
func Spoken(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '`' || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, name)
}

func (a *Account) spoken() string { return Spoken(a.Name) }
