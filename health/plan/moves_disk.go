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
		if s.on && !s.listed.has(who) && !s.doubt.has(who) && (who == c.b.target || c.b.goal.Kind == FileVaultOn || !s.opens.has(who) && c.concerns(who)) {
			c.list(who)
		}
		c.encrypt(who)
	}
	c.authorise()
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
		c.add(move{action: "A17", who: who, by: nobody, to: to, cost: costSecret + 1}.needing(need{password, who}))
	case !s.on || s.key || !s.listed.has(who) || f.On != health.Yes:
	case s.opens.has(who) && !c.lost(who):
		c.add(move{action: "A16", who: nobody, by: who, to: to, cost: costSecret}.needing(need{password, who}))
	case c.byFormer(who):
		c.add(move{action: "A16", form: withFormer, who: nobody, by: who, to: to, cost: costSecret}.needing(need{former, who}))
	}
}

// authorise lets the server use the Bootstrap Token for updates. documented: a
// volume owner does it in recoveryOS, and only on Apple silicon.
func (c *moves) authorise() {
	s := c.s
	if c.b.goal.Kind != Update || s.auth || c.b.m.AppleSilicon != health.Yes || s.drifting {
		return
	}
	to := s
	to.auth = true
	for who := range c.b.size() {
		if s.granter(who) {
			c.add(move{action: "A23", who: nobody, by: who, to: to, cost: costRecovery}.needing(append(c.lock(), need{password, who})...))
		}
	}
}

// account removes the one in question: never the last administrator, and never the
// last whose token opens the disk.
func (c *moves) account() {
	s, t := c.s, c.b.target
	if c.b.goal.Kind != RemoveUser || t == nobody || !s.there.has(t) || s.promoted != 0 {
		return
	}
	if s.holder.has(t) && s.opens.without(t)&s.there == 0 || s.asked.has(t) || s.admin.has(t) && (s.admin&s.there).count() < 2 {
		return
	}
	to := s
	to.there, to.holder, to.opens = to.there.without(t), to.holder.without(t), to.opens.without(t)
	to.doubt, to.listed, to.admin = to.doubt.without(t), to.listed.without(t), to.admin.without(t)
	c.add(move{action: "A21", who: t, by: nobody, to: to, cost: costDelete})
}
