package plan

import (
	"cmp"
	"slices"

	"github.com/tokenward/tokenward/health"
)

// mostPeople is how many accounts a plan thinks about: the one in question, those
// who could help, and whoever else lacks a token. More would make no better plan.
const mostPeople = 6

// board is what one plan is made on: what is known of the Mac, and what was
// answered.
type board struct {
	m      *health.Model
	goal   Goal
	about  *health.Account // whom the goal is about; nil where it is about nobody of this Mac
	said   Answers
	people []*health.Account
	target int8
	know   [kinds][mostPeople + 1]health.Tri
	start  state

	// An escrow with credentials that are good failed: it is the server's fault.
	serverFails bool
}

// kind is a credential that moves need, as an index.
type kind uint8

const (
	password kind = iota
	presence
	former
	opensToken
	administers
	recoveryKey
	recoveryLock
	kinds
)

func (k kind) of() CredentialKind {
	return [kinds]CredentialKind{Password, Presence, FormerPassword, TokenOpens, Administers, RecoveryKey, RecoveryLock}[k]
}

// need is a credential that a move needs, of somebody on the board.
type need struct {
	kind kind
	who  int8
}

func newBoard(m *health.Model, g Goal, said Answers) *board {
	b := &board{m: m, goal: g, said: said, target: nobody}
	b.choose()
	b.learn()
	b.start = b.look()
	return b
}

// choose puts people on the board: the one in question first, then those who are
// most likely to help.
func (b *board) choose() {
	if b.goal.User != "" {
		b.about, _ = b.m.Account(b.goal.User)
	}
	var all []*health.Account
	for i := range b.m.Accounts {
		if a := &b.m.Accounts[i]; b.counts(a) {
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(x, y *health.Account) int { return cmp.Compare(b.rank(x), b.rank(y)) })
	b.people = all[:min(len(all), mostPeople)]
	if len(b.people) > 0 && b.is(b.people[0]) {
		b.target = 0
	}
}

// size is how many people are on the board.
func (b *board) size() int8 { return int8(len(b.people)) }

// is says whether the goal is about that account.
func (b *board) is(a *health.Account) bool { return b.about == a }

// counts leaves out accounts that can do nothing for anybody.
func (b *board) counts(a *health.Account) bool {
	switch a.Kind {
	case health.KindLocal, health.KindMobile, health.KindManagedAdmin:
		return true
	case health.KindNetwork, health.KindGuest:
		return b.is(a)
	case health.KindService, health.KindSharing:
	}
	return b.is(a) || a.Holder == health.Yes
}

func (b *board) rank(a *health.Account) int {
	switch {
	case b.is(a):
		return 0
	case b.goal.Kind == TokensForAll && a.Person == health.Yes && a.Usable() != health.Yes:
		return 1
	case a.Usable() == health.Yes && a.Admin == health.Yes:
		return 2
	case a.Holder == health.Yes && a.Admin != health.No:
		return 3
	case a.Holder == health.Yes:
		return 4
	case a.Admin == health.Yes:
		return 5
	}
	return 6
}

// learn reads the answers once. Who can come to the Mac and log in knows the own
// password; somebody who knows it can come in that user's place.
func (b *board) learn() {
	for k := range kinds {
		b.know[k][0] = b.said[Credential{Kind: k.of()}]
		for i, a := range b.people {
			b.know[k][i+1] = b.said[Credential{Kind: k.of(), User: a.Name}]
		}
	}
	for i := range b.know[password] {
		p, q := b.know[password][i], b.know[presence][i]
		b.know[password][i], b.know[presence][i] = either(p, q), either(q, p)
	}
}

func either(first, second health.Tri) health.Tri {
	if first == health.Unknown {
		return second
	}
	return first
}

// has says whether a credential is at hand.
func (b *board) has(n need) health.Tri { return b.know[n.kind][n.who+1] }

func (b *board) credential(n need) Credential {
	c := Credential{Kind: n.kind.of()}
	if n.who != nobody {
		c.User = b.people[n.who].Name
	}
	return c
}

// look makes the state that the plan begins with out of the model and of what was
// answered.
func (b *board) look() state {
	m, yes := b.m, health.Yes
	s := state{
		enrolled: m.Enrolled == yes, approved: m.Enrolled == yes && m.UserApproved != health.No && m.Enrollment.UserEnrollment != yes,
		supported: m.Bootstrap.Supported == yes, escrowed: m.Bootstrap.Escrowed == yes, boot: b.bootstrap(),
		anew: b.said[Credential{Kind: EscrowedAnew}] == yes, reenrolled: b.said[Credential{Kind: EnrolledAnew}] == yes,
		auth: health.Or(m.Bootstrap.Auth, m.Enrollment.DEP) == yes,
		on:   health.Or(m.FileVault.On, m.FileVault.Busy) == yes, key: b.has(need{recoveryKey, nobody}) == yes,
	}
	for i := range b.size() {
		b.lookAt(&s, i)
	}
	if b.target != nobody {
		s.reset = b.said[Credential{PasswordNew, b.people[b.target].Name}] == yes
	}
	return s
}

// bootstrap is what the Bootstrap Token is worth, with what somebody found out by
// trying.
func (b *board) bootstrap() boot {
	worth := bootNone
	switch b.m.Bootstrap.Strength {
	case health.StrengthProven:
		worth = bootProven
	case health.StrengthClaimed:
		if worth = bootClaimed; b.refusesToken() {
			worth = bootDead
		}
	case health.StrengthRefuted:
		worth = bootDead
	case health.StrengthNone, health.StrengthUnknown:
		if b.m.Bootstrap.Escrowed == health.Yes {
			return bootDead
		}
		return bootNone
	}
	switch b.said[Credential{Kind: BootstrapWorks}] {
	case health.Yes:
		return max(worth, bootProven)
	case health.No:
		return bootDead
	case health.Unknown:
	}
	return worth
}

func (b *board) lookAt(s *state, i int8) {
	a, open := b.people[i], b.has(need{opensToken, i})
	s.there = s.there.with(i)
	s.holder = s.holder.put(i, health.Or(a.CryptoUser, a.Tag, a.Status) == health.Yes)
	s.listed = s.listed.put(i, a.Unlocks == health.Yes)
	if s.holder.has(i) && a.CanLogIn == health.Yes {
		usable := a.Usable()
		if usable == health.Yes && b.said[Credential{Doubted, a.Name}] == health.Yes {
			usable = health.Unknown
		}
		s.opens = s.opens.put(i, open == health.Yes && a.CryptoUser != health.No || usable == health.Yes && open == health.Unknown)
		s.doubt = s.doubt.put(i, open == health.Unknown && usable == health.Unknown && a.CryptoUser != health.No)
	}
	refused := b.said[b.tried(move{action: "A05", who: nobody, by: i})] == health.No
	b.serverFails = b.serverFails || refused && open == health.Yes
	if b.said[Credential{Promoted, a.Name}] == health.Yes {
		s.promoted = i + 1
		return
	}
	admin := either(b.has(need{administers, i}), a.Admin)
	s.admin = s.admin.put(i, admin == health.Yes)
	s.asked = s.asked.put(i, admin == health.Unknown)
}
