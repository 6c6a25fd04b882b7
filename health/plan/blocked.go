package plan

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
)

// noWay says why there is none.
func (b *board) noWay(s state) *Plan {
	p := &Plan{Goal: b.goal, Outcome: NoWay, Blocked: &Blocked{Because: b.codes(s), Reasons: b.reasons(s)}}
	for about, answer := range b.said {
		if text := missing(about); text != "" && answer == health.No {
			p.Blocked.Missing = append(p.Blocked.Missing, text)
		}
	}
	slices.Sort(p.Blocked.Missing)
	p.Blocked.Missing = slices.Compact(p.Blocked.Missing)
	if b.locksOut(s) {
		p.Blocked.LeastBad = []Step{b.erase(p.Blocked)}
	}
	return p
}

// missing is what would open a way if somebody had it.
func missing(about Credential) string {
	switch about.Kind {
	case Password:
		return "the password of " + about.User
	case Presence, Visit:
		return about.User + " at the Mac"
	case FormerPassword:
		return "the former password of " + about.User
	case RecoveryKey:
		return "the recovery key of FileVault"
	case RecoveryLock:
		return "the password of recoveryOS"
	case TokenOpens, Administers, Promoted, BootstrapWorks, EscrowedAnew, PasswordNew, EnrolledAnew, StepWorks, Doubted:
	}
	return ""
}

// locksOut says whether what was wanted is somebody's way into the Mac, and nobody
// is left who could open one.
func (b *board) locksOut(s state) bool {
	switch b.goal.Kind {
	case TokenFor, TokensForAll, RepairFor, ResetPassword, UnlockFor, NoLockOut, FileVaultOn:
	case Escrow, ValidEscrow, RemoveUser, SafeToWipe, Update, Reenrol:
		return false
	}
	for who := range b.size() {
		if (s.opens.has(who) || s.doubt.has(who)) && b.has(need{password, who}) != health.No {
			return false
		}
		if b.has(need{presence, who}) == health.No && b.has(need{password, who}) != health.No {
			return false // who is away comes back
		}
	}
	return s.on && !s.elsewhere && !b.refused()
}

// refused says whether a way through recoveryOS was tried in vain although what it
// needs is at hand: then it is worth finding out why, and nothing is erased for it.
func (b *board) refused() bool {
	for about, answer := range b.said {
		if about.Kind == StepWorks && answer == health.No && strings.HasPrefix(about.User, "A13 ") {
			return b.has(need{recoveryKey, nobody}) == health.Yes
		}
	}
	return false
}

// codes are the conditions that stand in the way.
func (b *board) codes(s state) []health.Code {
	var all []health.Code
	if s.opens == 0 && s.holder == 0 && !s.elsewhere {
		all = append(all, "ST_NO_HOLDERS")
	}
	switch {
	case !s.enrolled:
		all = append(all, "MDM_NOT_ENROLLED")
	case !s.approved:
		all = append(all, "MDM_NOT_USER_APPROVED")
	case !s.supported && b.m.OS.AtLeast(10, 15) == health.Yes:
		all = append(all, "BT_UNSUPPORTED_BY_SERVER")
	case s.boot == bootDead:
		all = append(all, "BT_INVALID")
	case s.boot == bootNone && s.supported:
		all = append(all, "BT_NOT_ESCROWED")
	}
	if t := b.target; b.goal.Kind == RemoveUser && t != nobody && s.opens == set(0).with(t) {
		all = append(all, "ST_SOLE_HOLDER")
	}
	return all
}

// reasons say in sentences which ways are closed.
func (b *board) reasons(s state) []string {
	var all []string
	add := func(is bool, text string) {
		if is {
			all = append(all, text)
		}
	}
	add(b.goal.Kind == RemoveUser && b.target != nobody && s.admin == set(0).with(b.target), "It is the only administrator of this Mac. Make another one first.")
	for i, a := range b.people {
		who := int8(i)
		denied := b.has(need{password, who}) == health.No && !s.fresh.has(who)
		add(s.opens.has(who) && denied, a.Name+" holds a Secure Token, but nobody knows the password.")
		add(s.holder.has(who) && !s.opens.has(who) && !s.doubt.has(who), "The Secure Token of "+a.Name+" does not open with the present password.")
	}
	add(s.opens == 0 && !s.elsewhere, "No account holds a Secure Token that is known to work.")
	add(s.boot == bootDead, "The Bootstrap Token that the Mac believes in does not work.")
	add(s.boot == bootNone, "No Bootstrap Token is escrowed.")
	add(s.on && b.has(need{recoveryKey, nobody}) == health.No, "The recovery key of FileVault is not at hand.")
	add(b.refused(), "The recovery key is at hand and did not help. Find out why before anything is erased.")
	add(b.failed(), "Steps of this plan were tried and did not work.")
	add(len(all) == 0, "No order of safe steps leads there with what is at hand.")
	return all
}

func (b *board) failed() bool {
	for about, answer := range b.said {
		if about.Kind == StepWorks && answer == health.No {
			return true
		}
	}
	return false
}
