package health

import "strings"

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

// shellWord keeps the texts of the rules short.
func shellWord(name string) string { return ShellWord(name) }
