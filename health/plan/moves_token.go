package plan

import "github.com/tokenward/tokenward/health"

// token are the ways in which somebody gets a token that opens with the own
// password.
func (c *moves) token(who int8) {
	s := c.s
	if s.opens.has(who) {
		return
	}
	gained := s.gain(who)
	if s.helps() && c.helped(who) {
		c.add(move{action: "A04", who: who, by: nobody, to: gained, cost: costLogin}.needing(need{presence, who}))
	}
	if s.holder == 0 && !s.elsewhere {
		c.firstToken(who)
	}
	for by := range c.b.size() {
		if by == who || !s.granter(by) {
			continue
		}
		switch {
		case !s.holder.has(who):
			c.add(move{action: "A08", who: who, by: by, to: gained, cost: costSecret + 1}.needing(need{password, by}, need{password, who}))
		case !s.doubt.has(who) && s.drifting == 0 && s.enters(by): // the list of FileVault is never emptied
			off := s
			off.holder, off.listed, off.drifting = off.holder.without(who), off.listed.without(who), who+1
			c.add(move{action: "A09", who: who, by: by, to: off, cost: costSecret + 1}.needing(need{password, by}, need{password, who}))
		}
	}
}

// helped knows whom the Bootstrap Token serves. documented: in 10.15 mobile
// accounts and the managed administrator, since 11 everybody.
func (c *moves) helped(who int8) bool {
	if c.os(11, 0) {
		return true
	}
	kind := c.b.people[who].Kind
	return c.os(10, 15) && (kind == health.KindMobile || kind == health.KindManagedAdmin)
}

// firstToken are the ways to the first token of a Mac, by version. documented:
// that a password set in clear brings it since 11; community: the rest.
func (c *moves) firstToken(who int8) {
	a, gained := c.b.people[who], c.s.gain(who)
	login := move{action: "A04", form: first, who: who, by: nobody, to: gained, cost: costLogin + 1}.needing(need{presence, who})
	switch {
	case c.os(11, 0):
		if a.LoggedIn != health.Yes && !a.Barred {
			c.add(login)
		}
		if !a.Barred && c.mayReset(who) {
			to := gained
			to.fresh, to.reset = to.fresh.with(who), to.reset || who == c.b.target
			c.add(move{action: "A11", form: first, who: who, by: nobody, to: to, cost: costReset})
		}
	case c.os(10, 15):
		switch {
		case c.s.admin.has(who) || a.Kind == health.KindMobile:
			c.add(login)
		case c.s.asked.has(who):
			c.add(login.needing(need{administers, who}, need{presence, who}))
		}
	case c.b.regular() == 1:
		c.add(login)
	}
	c.bothTokens(who)
}

// regular counts the accounts that are none of the system's own, on the board or not.
func (b *board) regular() (n int) {
	for i := range b.m.Accounts {
		if a := &b.m.Accounts[i]; !a.UIDKnown || a.UID >= 500 {
			n++
		}
	}
	return n
}

// bothTokens: from 10.14.2 to 10.15 an administrator without a token who grants
// one gets one too, where nobody has any. community.
func (c *moves) bothTokens(who int8) {
	v := c.b.m.OS
	if c.os(11, 0) || !c.os(10, 15) && (v.Major != 10 || v.Minor != 14 || v.Patch < 2) {
		return
	}
	for by := range c.b.size() {
		if by != who && c.s.there.has(by) && c.s.admin.has(by) {
			to := c.s.gain(who).gain(by)
			c.add(move{action: "A08", form: first, who: who, by: by, to: to, cost: costSecret + 1}.needing(need{password, by}, need{password, who}))
		}
	}
}

// recovery resets a password in recoveryOS, which makes the token anew. With
// FileVault on something has to unlock it there. No token may be drifting: the Mac
// restarts.
func (c *moves) recovery(who int8) {
	s := c.s
	if s.drifting != 0 || !c.mayReset(who) || c.b.people[who].Kind == health.KindNetwork || s.opens.has(who) && !c.wanted(who) && !c.lost(who) {
		return
	}
	to := s.gain(who)
	to.fresh, to.came, to.reset = to.fresh.with(who), to.came.with(who), to.reset || who == c.b.target
	m := move{action: "A13", who: who, by: nobody, to: to, cost: costRecovery}
	if !s.on {
		c.add(m.needing(c.lock()...))
		return
	}
	m.form = withKey
	if c.b.m.FileVault.RecoveryKey != health.No {
		c.add(m.needing(append(c.lock(), need{recoveryKey, nobody})...))
	}
	for by := range c.b.size() {
		if !s.listed.has(by) || !s.there.has(by) {
			continue
		}
		m.by = by
		switch {
		case s.opens.has(by) && !c.lost(by) && by != who:
			m.form = withUser
			c.add(m.needing(append(c.lock(), need{password, by})...))
		case c.byFormer(by):
			m.form = withFormer
			c.add(m.needing(append(c.lock(), need{former, by})...))
		}
	}
}

// byFormer says whether a former password may be what opens somebody's token. Where
// nobody knows the present one, that may be so although nothing shows it.
func (c *moves) byFormer(by int8) bool {
	return c.s.holder.has(by) && (!c.s.opens.has(by) && !c.s.doubt.has(by) || c.lost(by))
}

// lock is what recoveryOS itself asks for.
func (c *moves) lock() []need {
	if health.Or(c.b.m.Startup.RecoveryLock, c.b.m.Startup.FirmwarePassword) == health.Yes {
		return []need{{recoveryLock, nobody}}
	}
	return nil
}
