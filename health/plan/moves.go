package plan

import (
	"strings"

	"github.com/tokenward/tokenward/health"
)

// What steps cost, so that the cheapest way is the one that people would choose: a
// login before a password that is typed into a terminal, that before recoveryOS,
// and an erase never. A credential that may not exist costs a question.
const (
	costQuestion  = 2
	costLogin     = 2
	costSecret    = 4 // one password, typed at a prompt
	costConsole   = 4 // something in the server's console
	costElevation = 3 // and the same again for its end
	costChange    = 3 // a user's own new password
	costReset     = 6
	costDelete    = 5
	costEnrol     = 15
	costDrift     = 20 // a reset that makes a token drift
	costRecovery  = 30
	costContested = 4 // nobody is sure that it works
	mostCost      = 140
)

// form tells the ways of one action apart.
type form uint8

const (
	plain      form = iota
	deep            // of A02: what a check finds out without a password
	first           // the first token of a Mac
	byRoot          // of A11: no token is concerned
	approval        // of A24: the enrolment is there and not approved
	own             // of A14: a user who knows the password
	withKey         // FileVault's recovery key unlocks
	withUser        // another user's password does
	withFormer      // a user's former password does
	removal         // of A07: its end
	formerly        // of A22: the Mac has a Bootstrap Token from before
)

// move is one step of a search.
type move struct {
	action ActionID // empty: something is found out, and nobody does anything
	form   form
	who    int8    // to whom or by whom; nobody for the Mac
	by     int8    // whose credentials authorise it
	needs  [3]need // first those that people must have, then those that the plan itself brings
	n      int8    // of the first
	total  int8
	cost   int
	to     state
}

func (m move) needing(all ...need) move {
	m.n = int8(copy(m.needs[:], all))
	m.total = m.n
	return m
}

// moves collects what can be done in one state.
type moves struct {
	b   *board
	s   state
	all []move
}

// from fills the collection with what can be done in a state. The memory is used
// again.
func (c *moves) from(b *board, s state) {
	c.b, c.s, c.all = b, s, c.all[:0]
	c.find()
	c.enrol()
	c.bootstrap()
	for who := range b.size() {
		if !s.there.has(who) || b.people[who].CanLogIn != health.Yes || !c.concerns(who) {
			continue
		}
		c.token(who)
		c.password(who)
		c.recovery(who)
	}
	c.elevation()
	c.fileVault()
	c.account()
}

// concerns says whether giving a token to somebody can matter: to the one in
// question, and to others while nobody could help.
func (c *moves) concerns(who int8) bool {
	switch k := c.b.goal.Kind; {
	case who == c.b.target, k == TokensForAll, k == NoLockOut && c.b.waysIn(&c.s) < 2, k == Update && c.b.drifted.has(who) && c.b.interrupted(&c.s):
		return true
	}
	for x := range c.b.size() {
		unlocks := c.s.listed.has(x) || !c.s.on || c.b.goal.Kind != FileVaultOn
		if x != c.b.target && x != who && c.s.opens.has(x) && c.s.there.has(x) && unlocks && !c.lost(x) {
			return false
		}
	}
	return true
}

// lost says whether nobody knows the password of a user.
func (c *moves) lost(who int8) bool {
	return !c.s.fresh.has(who) && c.b.has(need{password, who}) == health.No
}

// add takes a move unless a credential that it needs does not exist, or it was
// tried before in vain.
func (c *moves) add(m move) {
	if c.s.promoted != 0 && !c.within(m) {
		return
	}
	given, wanted := m.needs, m.n
	m.n = 0
	last := m.total
	for _, n := range given[:wanted] {
		if n.kind == presence && c.s.fresh.has(n.who) {
			n.kind = visit // the password is known, but the user has to come all the same
		}
		if n.kind == password && c.s.fresh.has(n.who) || n.kind == visit && c.s.came.has(n.who) || n.kind == recoveryKey && c.s.key {
			last-- // set or found by this plan
			m.needs[last] = n
			continue
		}
		switch c.b.has(n) {
		case health.No:
			return
		case health.Unknown:
			if n.kind != visit || m.action == "A12" { // else it is no question
				m.cost += costQuestion
			}
		case health.Yes:
		}
		m.needs[m.n] = n
		m.n++
	}
	if m.to == c.s || len(c.b.said) > 0 && m.action != "" && c.b.said[c.b.tried(m)] == health.No {
		return
	}
	c.all = append(c.all, m)
}

// within says whether a move belongs between the beginning and the end of somebody's
// rights for a moment: what they were given for, and nothing else.
func (c *moves) within(m move) bool {
	switch m.action {
	case "A02", "A05", "A08", "A09", "A11", "A23":
		return m.by == c.s.promoted-1
	}
	return m.action == "A07"
}

// tried is how it is noted that a step did not work.
func (b *board) tried(m move) Credential {
	name := func(i int8) string {
		if i == nobody {
			return "-"
		}
		return b.people[i].Name
	}
	return stepWorks(m.action, m.form, name(m.who), name(m.by))
}

func stepWorks(action ActionID, f form, who, by string) Credential {
	return Credential{StepWorks, strings.Join([]string{string(action), string('0' + rune(f)), who, by}, " ")}
}

// find are the things that a question finds out, where the answer makes a plan
// shorter.
func (c *moves) find() {
	for who := range c.b.size() {
		if c.s.doubt.has(who) {
			to := c.s
			to.opens, to.doubt = to.opens.with(who), to.doubt.without(who)
			c.add(move{who: who, by: nobody, to: to, cost: 1}.needing(need{opensToken, who}))
		}
		if c.s.asked.has(who) && (c.s.holder.has(who) || who == c.b.target) {
			to := c.s
			to.admin, to.asked = to.admin.with(who), to.asked.without(who)
			c.add(move{who: who, by: nobody, to: to, cost: 1}.needing(need{administers, who}))
		}
	}
	wanted := c.b.goal.Kind == FileVaultOn || c.b.goal.Kind == NoLockOut
	if wanted && c.s.on && !c.s.key && c.b.m.FileVault.RecoveryKey != health.No {
		to := c.s
		to.key = true
		c.add(move{who: nobody, by: nobody, to: to, cost: 1}.needing(need{recoveryKey, nobody}))
	}
}

func (c *moves) os(major, minor int) bool { return c.b.m.OS.AtLeast(major, minor) == health.Yes }

// lateCatalina: 10.15.4 and later escrow at a login, and for Macs that a user
// enrolled. community.
func (c *moves) lateCatalina() bool {
	v := c.b.m.OS
	return c.os(11, 0) || v.Major == 10 && v.Minor == 15 && v.Patch >= 4
}
