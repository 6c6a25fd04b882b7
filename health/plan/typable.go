package plan

import (
	"strings"
	"unicode"

	"github.com/tokenward/tokenward/health"
)

// typable says whether a name can stand in a command that somebody copies. One that
// begins with a hyphen is read as an option, however it is quoted; a backquote or a
// character that nobody sees makes another command of it, or another account.
func typable(name string) bool {
	return name != "" && !strings.HasPrefix(name, "-") && !strings.ContainsFunc(name, func(r rune) bool {
		return r == '`' || r == unicode.ReplacementChar || !unicode.IsGraphic(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
	})
}

// untypable is said of a goal that needs commands with such a name. The name itself
// is not repeated.
const untypable = "The record name of an account begins with a hyphen, or holds a character that cannot be typed safely. Rename the account in System Settings first, under Advanced Options."

// unspeakable says whether the plan would have to name such an account.
func (b *board) unspeakable() bool {
	for i := range b.m.Accounts {
		a := &b.m.Accounts[i]
		if !typable(a.Name) && (b.is(a) || b.lacks(a) && a.Person == health.Yes) {
			return true
		}
	}
	return false
}
