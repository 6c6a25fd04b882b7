package plan

import "github.com/tokenward/tokenward/health"

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
	case visit:
		return "Can " + name + " come to the Mac, to log in with a password that is set anew?"
	case former:
		return "Does " + name + " remember the former password?"
	case administers:
		return "Is " + name + " an administrator? `dseditgroup -o checkmember -m " + health.ShellWord(name) + " admin` tells."
	case recoveryKey:
		if b.goal.Kind == FileVaultOn || b.goal.Kind == NoLockOut {
			return "Is the recovery key of FileVault at hand, here or at the server?"
		}
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
