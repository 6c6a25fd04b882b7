package plan

import (
	"strings"

	"github.com/tokenward/tokenward/health"
)

// aims are what must be so at the end, one after the other. Whatever it is, nobody
// stays an administrator who was made one for a moment, and no token is left on a
// former password by the plan.
func (b *board) aims() []func(*state) bool {
	var all []func(*state) bool
	if b.goal.Kind != TokensForAll {
		return append(all, tidy(b.aim()))
	}
	for i, a := range b.people {
		if who := int8(i); a.Person == health.Yes && a.CanLogIn == health.Yes {
			all = append(all, func(s *state) bool { return s.opens.has(who) })
		}
	}
	return append(all, tidy(func(*state) bool { return true }))
}

func tidy(aim func(*state) bool) func(*state) bool {
	return func(s *state) bool { return s.promoted == 0 && s.drifting == 0 && aim(s) }
}

func (b *board) aim() func(*state) bool {
	t, owners, window := b.target, b.m.AppleSilicon == health.Yes, b.m.FileVault.On == health.Yes
	switch b.goal.Kind {
	case TokenFor, RepairFor:
		return func(s *state) bool { return s.opens.has(t) }
	case Escrow:
		return func(s *state) bool { return s.boot >= bootClaimed && s.escrows() }
	case ValidEscrow:
		return func(s *state) bool { return s.boot == bootProven && s.escrows() }
	case ResetPassword:
		return func(s *state) bool { return s.reset && (s.opens.has(t) || !s.holder.has(t)) }
	case RemoveUser:
		return func(s *state) bool { return !s.there.has(t) }
	case UnlockFor:
		return func(s *state) bool { return s.opens.has(t) && (!window || s.listed.has(t)) && !s.stale }
	case FileVaultOn:
		return func(s *state) bool { return s.on && s.key }
	case SafeToWipe:
		return func(s *state) bool {
			return s.enrolled && (!owners && !b.refusesToken() || s.boot == bootProven && s.escrows())
		}
	case Update:
		return func(s *state) bool { return s.approved && (!owners || s.boot == bootProven && s.escrows() && s.auth) }
	case NoLockOut:
		return func(s *state) bool { n := b.waysIn(s); return n > 1 || n == 1 && window && s.key }
	case Reenrol:
		return func(s *state) bool { return s.reenrolled && s.boot == bootProven && s.escrows() }
	case TokensForAll:
	}
	return func(*state) bool { return false }
}

// waysIn counts who gets in after a restart, as far as nobody said that the password
// is forgotten.
func (b *board) waysIn(s *state) (n int) {
	for who := range b.size() {
		if s.enters(who) && (s.fresh.has(who) || b.has(need{password, who}) != health.No) {
			n++
		}
	}
	return n
}

// refusesToken says whether the Mac itself said that it could not get its Bootstrap
// Token. X12: whether a T2 ever asks for it is contested; if it says so, it did.
func (b *board) refusesToken() bool {
	return strings.HasPrefix(b.m.Bootstrap.Preflight, "Unable to get Bootstrap Token")
}
