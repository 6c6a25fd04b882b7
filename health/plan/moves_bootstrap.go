package plan

import (
	"strings"

	"github.com/tokenward/tokenward/health"
)

// enrol is what makes a Mac and its server able to keep a Bootstrap Token.
// Enrolling anew is for Macs that have none that works: the server forgets it.
func (c *moves) enrol() {
	s, m := c.s, c.b.m
	if !c.os(10, 15) && c.b.goal.Kind != Reenrol && c.b.goal.Kind != Update {
		return
	}
	wanted := c.b.goal.Kind == Reenrol || s.boot < bootClaimed || !s.escrows()
	if wanted && !s.reenrolled {
		c.renew()
	}
	if s.enrolled && m.Enrollment.UserEnrollment != health.Yes && !s.approved {
		to := s
		to.approved = true
		c.add(move{action: "A24", form: approval, who: nobody, by: nobody, to: to, cost: costConsole})
	}
	if s.enrolled && !s.supported && c.os(10, 15) {
		to := s
		to.supported = true
		if to.escrowed = m.Bootstrap.Escrowed == health.Yes; to.escrowed {
			to.boot = bootClaimed
		}
		c.add(move{action: "A22", who: nobody, by: nobody, to: to, cost: costConsole})
		if m.Bootstrap.CryptoUser == health.Yes { // one that was escrowed before may still be there
			to.escrowed, to.boot = true, bootClaimed
			c.add(move{action: "A22", form: formerly, who: nobody, by: nobody, to: to, cost: costConsole + 2*costContested})
		}
	}
}

// renew enrols anew. On a Mac that is enrolled somebody must be at hand whose
// credentials make the next Bootstrap Token: what is wrong with the present one may
// be known too late.
func (c *moves) renew() {
	to := c.s
	to.enrolled, to.approved, to.reenrolled = true, true, true
	to.auth = to.auth || c.b.m.Enrollment.DEP == health.Yes // documented: allowed by itself after an automated enrolment
	to.supported = c.os(10, 15)
	to.boot, to.escrowed, to.anew = bootNone, false, false
	m := move{action: "A24", who: nobody, by: nobody, to: to, cost: costEnrol}
	if !c.s.enrolled {
		c.add(m)
		return
	}
	for who := range c.b.size() {
		if c.s.opens.has(who) {
			m.by = who
			c.add(m.needing(need{password, who}))
		}
	}
}

// bootstrap makes the Bootstrap Token and proves it.
func (c *moves) bootstrap() {
	s := c.s
	if !s.escrows() || !c.os(10, 15) || !c.lateCatalina() && c.b.m.Enrollment.DEP == health.No && !s.reenrolled {
		return
	}
	made := s
	made.escrowed, made.boot = true, bootClaimed
	proven := s
	proven.boot = bootProven
	for who := range c.b.size() {
		if !s.there.has(who) || !s.opens.has(who) {
			continue
		}
		if !s.escrowed && s.boot < bootClaimed && c.lateCatalina() {
			c.add(move{action: "A03", who: who, by: nobody, to: made, cost: costLogin}.needing(need{presence, who}))
		}
		if !s.granter(who) {
			continue
		}
		if s.boot < bootClaimed && !s.anew && (!c.b.serverFails || s.reenrolled) {
			to := made
			to.anew = true
			c.add(move{action: "A05", who: nobody, by: who, to: to, cost: costSecret}.needing(need{password, who}))
		}
		if s.boot == bootClaimed && c.proves() {
			c.add(move{action: "A02", who: nobody, by: who, to: proven, cost: costSecret}.needing(need{password, who}))
		}
	}
	if s.boot == bootClaimed && c.proves() && c.checkProves() {
		c.add(move{action: "A02", form: deep, who: nobody, by: nobody, to: proven, cost: costLogin})
	}
}

// proves says whether a proof is wanted at all.
func (c *moves) proves() bool {
	switch c.b.goal.Kind {
	case ValidEscrow, SafeToWipe, Update, Reenrol, ResetPassword:
		return true
	case TokenFor, TokensForAll, Escrow, RepairFor, RemoveUser, UnlockFor, FileVaultOn, NoLockOut:
	}
	return false
}

// checkProves says whether a deep check would find out: the Mac fetches the token
// for EACSPreflight, unless that fails for a reason of its own.
func (c *moves) checkProves() bool {
	if c.b.m.AppleSilicon != health.Yes || !c.os(13, 3) {
		return false
	}
	p := c.b.m.Bootstrap.Preflight
	return p == "" || p == "success" || strings.HasPrefix(p, "Unable to get Bootstrap Token")
}
