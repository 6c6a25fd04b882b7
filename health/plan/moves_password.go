package plan

import "github.com/tokenward/tokenward/health"

// password are the ways to a new password of somebody, and to a token that follows
// it.
func (c *moves) password(who int8) {
	s, wanted := c.s, c.wanted(who)
	set := s
	set.fresh, set.reset = set.fresh.with(who), set.reset || who == c.b.target
	if s.holder.has(who) && !s.opens.has(who) && !s.doubt.has(who) {
		c.add(move{action: "A14", who: who, by: nobody, to: s.gain(who), cost: costChange}.needing(need{former, who}, need{presence, who}))
	}
	if wanted && (s.opens.has(who) || !s.holder.has(who)) {
		changed := set
		changed.came = changed.came.with(who)
		c.add(move{action: "A14", form: own, who: who, by: nobody, to: changed, cost: costChange}.needing(need{presence, who}))
	}
	if !c.mayReset(who) {
		return
	}
	if !s.holder.has(who) && (wanted || c.lost(who)) {
		c.add(move{action: "A11", form: byRoot, who: who, by: nobody, to: set, cost: costReset})
	}
	if s.holder.has(who) && (wanted || !s.opens.has(who) || c.lost(who)) {
		c.byAdministrator(who, set.gain(who))
	}
	if wanted {
		c.thenLogin(who, set)
	}
}

// mayReset keeps the passwords of bystanders: where a plan is about one user, nobody
// else gets another password for it.
func (c *moves) mayReset(who int8) bool { return c.b.target == nobody || who == c.b.target }

// wanted says whether the goal is a new password of that user.
func (c *moves) wanted(who int8) bool {
	return c.b.goal.Kind == ResetPassword && who == c.b.target && !c.s.reset
}

// byAdministrator resets a password with the credentials of somebody who holds a
// token, so that the user's token comes along. community.
func (c *moves) byAdministrator(who int8, to state) {
	for by := range c.b.size() {
		if by != who && c.s.granter(by) {
			c.add(move{action: "A11", who: who, by: by, to: to, cost: costReset}.needing(need{password, by}))
		}
	}
}

// thenLogin is a reset by the server's agent, which leaves the token on the former
// password, and a login that makes it anew. It is thought of only where nobody
// knows the password, with a Bootstrap Token that was proven: then nothing is lost
// by it that somebody still had.
func (c *moves) thenLogin(who int8, to state) {
	s := c.s
	if !c.lost(who) || s.boot != bootProven || !s.helps() || !c.helped(who) || !s.holder.has(who) || s.drifting != 0 {
		return
	}
	to.opens, to.doubt, to.drifting = to.opens.without(who), to.doubt.without(who), who+1
	c.add(move{action: "A12", who: who, by: nobody, to: to, cost: costDrift}.needing(need{visit, who}))
}

// elevation makes a standard user who holds a token an administrator for a moment,
// and ends it.
func (c *moves) elevation() {
	s := c.s
	if s.promoted != 0 {
		who, to := s.promoted-1, s
		to.promoted = 0
		c.add(move{action: "A07", form: removal, who: who, by: nobody, to: to, cost: costElevation})
		return
	}
	for who := range c.b.size() {
		if !s.there.has(who) || !s.opens.has(who) || s.admin.has(who) || s.asked.has(who) || c.b.people[who].Kind == health.KindService {
			continue
		}
		to := s
		to.promoted = who + 1
		c.add(move{action: "A07", who: who, by: nobody, to: to, cost: costElevation}.needing(need{password, who}))
	}
}
