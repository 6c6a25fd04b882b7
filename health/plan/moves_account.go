package plan

import "github.com/tokenward/tokenward/health"

// account removes the one in question: never the last administrator who can log in,
// never the last granter, and never the last who is known to open the disk.
func (c *moves) account() {
	s, t := c.s, c.b.target
	if c.b.goal.Kind != RemoveUser || t == nobody || !s.there.has(t) || s.promoted != 0 {
		return
	}
	c.keep()
	holds := s.holder.has(t) || c.b.unsure.has(t)
	others := (s.admin & s.there & c.b.login).without(t)
	switch {
	case holds && !s.keeper, s.asked.has(t), s.admin.has(t) && others == 0, holds && s.admin.has(t) && others&s.opens == 0:
		return
	}
	to := s
	to.there, to.holder, to.opens = to.there.without(t), to.holder.without(t), to.opens.without(t)
	to.doubt, to.listed, to.admin = to.doubt.without(t), to.listed.without(t), to.admin.without(t)
	c.add(move{action: "A21", who: t, by: nobody, to: to, cost: costDelete})
}

// keep finds somebody who opens the Mac when the account is gone. That a token works
// is of no use to anybody who has not got the password.
func (c *moves) keep() {
	for who := range c.b.size() {
		if who != c.b.target && c.s.enters(who) && !c.s.keeper {
			to := c.s
			to.keeper = true
			c.add(move{who: who, by: nobody, to: to, cost: 1}.needing(need{password, who}))
		}
	}
}

// removable holds a plan that removes an account at once against what the forecast
// says of the same Mac: of two opinions the more careful one counts.
func (b *board) removable(p *Plan) *Plan {
	if b.goal.Kind != RemoveUser || len(p.Steps) == 0 || p.Steps[0].Action != "A21" {
		return p
	}
	f, err := health.Foresee(b.m, health.Policy{}, health.SafeToRemove, b.people[b.target].Name)
	if err != nil || f.Answer != health.No {
		return p
	}
	return b.closed(f.Summary, f.Because...)
}
