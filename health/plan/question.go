package plan

import "strings"

// question asks for a credential, in words that somebody can answer who knows the
// people and not the Mac.
func (b *board) question(about need) string {
	name := ""
	if about.who != nobody {
		name = b.people[about.who].Name
	}
	switch about.kind {
	case password:
		return "Does somebody know the password of " + name + "?"
	case presence:
		return "Can " + name + ", or somebody who knows the password of " + name + ", log in at the Mac?"
	case former:
		return "Does " + name + " remember the former password?"
	case administers:
		return "Is " + name + " an administrator? `dseditgroup -o checkmember -m " + shellWord(name) + " admin` tells."
	case recoveryKey:
		return "Is the recovery key of FileVault at hand?"
	case recoveryLock:
		return "Is the password of recoveryOS known?"
	case opensToken:
		return b.opensQuestion(name)
	case kinds:
	}
	return ""
}

// opensQuestion asks what a password that was set anew looks like from outside, or
// what a tool said when it refused.
func (b *board) opensQuestion(name string) string {
	if _, refused := b.said[Credential{Doubted, name}]; refused {
		return "Can " + name + " change the password of that account in System Settings? A token that is still on a former password refuses that."
	}
	return "Did " + name + " set the present password without help, knowing the former one?"
}

// shellWord writes a name so that a shell takes it as one word and nothing else.
// What a plan tells to type will be typed as root, and names come from a directory
// that others write to.
func shellWord(name string) string {
	plain := func(r rune) bool {
		return (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') || (r >= '0' && r <= '9') || strings.ContainsRune("._-@", r)
	}
	if name != "" && !strings.HasPrefix(name, "-") && strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
