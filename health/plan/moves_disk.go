package plan

import "github.com/tokenward/tokenward/health"

// fileVault are the list of those who unlock, the recovery key, and turning it on.
func (c *moves) fileVault() {
	s := c.s
	if s.stale && s.on {
		to := s
		to.stale = false
		c.add(move{action: "A20", who: nobody, by: nobody, to: to, cost: 1})
	}
	for who := range c.b.size() {
		if !s.there.has(who) {
			continue
		}
		if s.on && !s.listed.has(who) && !s.doubt.has(who) && c.lists(who) {
			c.list(who)
		}
		c.encrypt(who)
	}
	c.authorise()
}

// lists says whether a place at the FileVault window is worth having.
func (c *moves) lists(who int8) bool {
	switch c.b.goal.Kind {
	case FileVaultOn, NoLockOut:
		return true
	case TokenFor, TokensForAll, Escrow, ValidEscrow, RepairFor, ResetPassword, RemoveUser, UnlockFor, SafeToWipe, Update, Reenrol:
	}
	return who == c.b.target || c.b.goal.Kind == RemoveUser || !c.s.opens.has(who) && c.concerns(who)
}

// list adds somebody to those who unlock the disk. inferred: that a user without a
// token gets one by it.
func (c *moves) list(who int8) {
	to, extra := c.s, 0
	if !to.opens.has(who) {
		to, extra = to.gain(who), costRecovery // after recoveryOS, which more people have seen
	}
	to.listed, to.stale = to.listed.with(who), c.b.goal.Kind == UnlockFor
	m := move{action: "A19", form: withKey, who: who, by: nobody, to: to, cost: costSecret + 1 + extra}
	if c.b.m.FileVault.RecoveryKey != health.No {
		c.add(m.needing(need{recoveryKey, nobody}, need{password, who}))
	}
	for by := range c.b.size() {
		if by == who || !c.s.listed.has(by) || !c.s.there.has(by) {
			continue
		}
		m.by = by
		switch {
		case c.s.opens.has(by) && !c.lost(by):
			m.form = withUser
			c.add(m.needing(need{password, by}, need{password, who}))
		case c.byFormer(by):
			m.form = withFormer
			c.add(m.needing(need{former, by}, need{password, who}))
		}
	}
}

// encrypt turns FileVault on, or makes a recovery key that somebody has.
func (c *moves) encrypt(who int8) {
	s, f := c.s, c.b.m.FileVault
	if c.b.goal.Kind != FileVaultOn && c.b.goal.Kind != NoLockOut {
		return
	}
	to := s
	to.on, to.key = true, true
	switch {
	case c.b.goal.Kind == FileVaultOn && !s.on && s.opens.has(who):
		to.listed = to.listed.with(who)
		to.key = s.key || f.RecoveryKey == health.No // documented: a key that is there stays, and is not shown
		c.add(move{action: "A17", who: who, by: nobody, to: to, cost: costSecret + 1}.needing(need{password, who}))
	case !s.on || s.key || !s.listed.has(who) || !c.replaceable():
	case s.opens.has(who) && !c.lost(who):
		c.add(move{action: "A16", who: nobody, by: who, to: to, cost: costSecret}.needing(need{password, who}))
	case c.byFormer(who):
		c.add(move{action: "A16", form: withFormer, who: nobody, by: who, to: to, cost: costSecret}.needing(need{former, who}))
	}
}

// replaceable says whether a new recovery key takes nothing from anybody: there is
// none, or somebody looked for it, here and at the server, and has none.
func (c *moves) replaceable() bool {
	f := c.b.m.FileVault
	return f.RecoveryKey == health.No || c.b.has(need{recoveryKey, nobody}) == health.No
}

// authorise lets the server use the Bootstrap Token for updates. documented: a
// volume owner does it in recoveryOS, and only on Apple silicon.
func (c *moves) authorise() {
	s := c.s
	if c.b.goal.Kind != Update || s.auth || c.b.m.AppleSilicon != health.Yes || s.drifting != 0 || c.b.interrupted(&s) {
		return
	}
	to := s
	to.auth = true
	for who := range c.b.size() {
		if s.granter(who) && s.enters(who) {
			c.add(move{action: "A23", who: nobody, by: who, to: to, cost: costRecovery}.needing(append(c.lock(), need{password, who})...))
		}
	}
}

// interrupted says whether the password of somebody who is to unlock the disk was
// set since the last login, and nobody found out yet that the token came along: a
// Mac that is shut down then asks for the former one.
func (b *board) interrupted(s *state) bool { return s.on && b.drifted&s.listed&^s.opens != 0 }
