package plan

import (
	"github.com/tokenward/tokenward/health"
)

// step writes a move for people: what is true of the action anywhere, and what is
// to be done on this Mac.
func (b *board) step(m move, s state) Step {
	a := actionOf(m.action)
	st := Step{Action: m.action, Who: a.Who, Verify: a.Verify, Undo: a.Undo, Risk: a.Risk}
	if m.who != nobody {
		st.User = b.people[m.who].Name
	}
	if m.by != nobody {
		st.Helper = b.people[m.by].Name
	}
	for _, n := range m.needs[:m.total] {
		c := b.credential(n)
		st.Needs = append(st.Needs, c)
		st.Secret = st.Secret || c.Kind != Presence
	}
	failed := Answers{b.tried(m): health.No} // and whose credentials were refused is in doubt
	if st.Helper != "" {
		failed[Credential{Doubted, st.Helper}] = health.Yes
	}
	st.Failed = failed
	b.write(&st, m, s)
	b.asRoot(&st, s)
	if m.to.fresh != s.fresh {
		b.ofDirectory(&st)
	}
	if s.promoted != 0 && m.action != "A07" {
		hold(&st, b.people[s.promoted-1].Name)
	}
	return st
}

// write fills in what depends on the Mac.
func (b *board) write(st *Step, m move, s state) {
	switch m.action {
	case "A02":
		b.writeProof(st, m)
	case "A03", "A04":
		b.writeLogin(st, m, s)
	case "A05":
		b.writeEscrow(st)
	case "A07":
		b.writeElevation(st, m)
	case "A08", "A09":
		b.writeGrant(st, m)
	case "A11", "A12":
		b.writeReset(st, m, s)
	case "A13":
		b.writeRecovery(st, m)
	case "A14":
		b.writeChange(st, m)
	case "A16", "A17", "A19", "A20":
		b.writeDisk(st, m)
	case "A21":
		b.writeDelete(st)
	case "A22", "A23", "A24":
		b.writeServer(st, m)
	}
}

// passwordSet is what is known once somebody has set a user's password and the
// token opens with it.
func (b *board) passwordSet(user string, opens health.Tri) Answers {
	return Answers{
		{Password, user}: health.Yes, {FormerPassword, user}: health.Unknown, {Doubted, user}: health.Unknown,
		{Presence, user}: health.Unknown, {TokenOpens, user}: opens, {PasswordNew, user}: health.Yes,
	}
}
