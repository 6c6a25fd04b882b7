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

	login   set // can log in, as far as is known
	unsure  set // whether they hold a token is not known
	drifted set // the password was set since the last login
	left    int // people who lack a token and found no place on the board

	// An escrow with credentials that are good failed: it is the server's fault.
	serverFails bool
}

// kind is a credential that moves need, as an index.
type kind uint8

const (
	password kind = iota
	presence
	visit
	former
	opensToken
	administers
	recoveryKey
	recoveryLock
	kinds
)

func (k kind) of() CredentialKind {
	return [kinds]CredentialKind{Password, Presence, Visit, FormerPassword, TokenOpens, Administers, RecoveryKey, RecoveryLock}[k]
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
	byRank := func(x, y *health.Account) int { return cmp.Compare(b.rank(x), b.rank(y)) }
	slices.SortStableFunc(all, byRank)
	if len(all) > mostPeople {
		all = b.crowd(all)
		slices.SortStableFunc(all, byRank)
	}
	b.people = all
	if len(b.people) > 0 && b.is(b.people[0]) {
		b.target = 0
	}
}

// places for those who could help are kept on a board with too many people.
const helpersKept = 2

// crowd takes as many people as there is room for. Whoever is left out comes on the
// board of the next plan.
func (b *board) crowd(all []*health.Account) (kept []*health.Account) {
	var others []*health.Account
	for _, a := range all {
		if b.works(a) == health.Yes && a.CanLogIn == health.Yes && len(kept) < helpersKept && !b.is(a) {
			kept = append(kept, a)
			continue
		}
		others = append(others, a)
	}
	room := mostPeople - len(kept)
	for _, a := range others[room:] {
		if b.lacks(a) {
			b.left++
		}
	}
	return append(kept, others[:room]...)
}

// lacks says whether somebody is one of those for whom a plan for everybody is made.
func (b *board) lacks(a *health.Account) bool {
	return b.goal.Kind == TokensForAll && a.Person == health.Yes && a.CanLogIn != health.No && b.works(a) != health.Yes
}

// works says whether somebody's token opens with the own password: where the Mac
// cannot tell, as somebody found out.
func (b *board) works(a *health.Account) health.Tri {
	return either(a.Usable(), b.said[Credential{TokenOpens, a.Name}])
}

// size is how many people are on the board.
func (b *board) size() int8 { return int8(len(b.people)) }

// is says whether the goal is about that account.
func (b *board) is(a *health.Account) bool { return b.about == a }

// counts leaves out accounts that can do nothing for anybody.
func (b *board) counts(a *health.Account) bool {
	if !typable(a.Name) {
		return b.is(a)
	}
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
	case b.elevates(a), b.lacks(a):
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

// learn reads the answers once.
func (b *board) learn() {
	for k := range kinds {
		b.know[k][0] = b.said[Credential{Kind: k.of()}]
		for i, a := range b.people {
			b.know[k][i+1] = b.said[Credential{Kind: k.of(), User: a.Name}]
		}
	}
	for i := range b.know[password] {
		b.infer(i)
	}
}

// infer draws what follows from the answers about one user. Who can come and log in
// knows the own password, and somebody who knows it can come in that user's place.
// Who cannot come may know it all the same; and with a password that nobody knows
// nobody logs in, whoever comes.
func (b *board) infer(i int) {
	p, q, v := &b.know[password][i], &b.know[presence][i], &b.know[visit][i]
	if *p == health.Unknown && *q == health.Yes {
		*p = health.Yes
	}
	*q = either(*q, *v)
	if *p == health.Yes && *q == health.No {
		*v = either(*v, health.No)
	}
	if *p == health.Yes {
		*q = either(*q, health.Yes)
	}
	if *q == health.Yes {
		*v = either(*v, health.Yes)
	}
	if *p == health.No {
		*q = health.No
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
		auth: either(m.Bootstrap.Auth, m.Enrollment.DEP) == yes, elsewhere: b.elsewhere(),
		on: health.Or(m.FileVault.On, m.FileVault.Busy) == yes, key: b.has(need{recoveryKey, nobody}) == yes,
	}
	for i := range b.size() {
		b.lookAt(&s, i)
	}
	if b.target != nobody {
		s.reset = b.said[Credential{PasswordNew, b.people[b.target].Name}] == yes
	}
	return s
}

// elsewhere says whether somebody who is not on the board holds a token.
func (b *board) elsewhere() bool {
	return slices.ContainsFunc(b.m.Accounts, func(a health.Account) bool {
		there := slices.ContainsFunc(b.people, func(p *health.Account) bool { return p.Name == a.Name })
		return !there && health.Or(a.CryptoUser, a.Tag, a.Status) == health.Yes
	})
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
	s.owner = s.owner.put(i, a.VolumeOwner == health.Yes || b.m.AppleSilicon == health.No)
	b.login = b.login.put(i, a.CanLogIn == health.Yes)
	b.unsure = b.unsure.put(i, health.Or(a.CryptoUser, a.Tag, a.Status, a.Holder) == health.Unknown)
	b.drifted = b.drifted.put(i, a.Drift == health.Yes && s.holder.has(i))
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
	if b.elevates(a) {
		s.promoted = i + 1
		return
	}
	admin := either(b.has(need{administers, i}), a.Admin)
	s.admin = s.admin.put(i, admin == health.Yes)
	s.asked = s.asked.put(i, admin == health.Unknown)
}
