package health

import (
	"fmt"
	"strings"
)

// ShellWord writes a name so that a shell takes it as one word and nothing
// else. What a finding or a plan tells an admin to type will be typed as root, and
// names come from a directory that others write to.
func ShellWord(name string) string {
	plain := func(r rune) bool {
		return (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') || (r >= '0' && r <= '9') || strings.ContainsRune("._-@", r)
	}
	if name != "" && !strings.HasPrefix(name, "-") && strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// CommandWord is how a command in the sentences of this package writes a name.
func CommandWord(name string) string { return shellWord(name) }

// shellWord is ShellWord for a command in a sentence. What is not fit for one is
// written with escapes, which the shells of a Mac understand in $'…'.
func shellWord(name string) string {
	if Spoken(name) == name {
		return ShellWord(name)
	}
	var word strings.Builder
	for _, b := range []byte(name) {
		if b < ' ' || b > '~' || strings.IndexByte("'`\\", b) >= 0 {
			fmt.Fprintf(&word, `\%03o`, b)
			continue
		}
		word.WriteByte(b)
	}
	return "$'" + word.String() + "'"
}
