package plan

// set is some of the people on a board, by their places.
type set uint8

func (s set) has(i int8) bool    { return i >= 0 && s&(1<<i) != 0 }
func (s set) with(i int8) set    { return s | 1<<i }
func (s set) without(i int8) set { return s &^ (1 << i) }
func (s set) put(i int8, in bool) set {
	if in {
		return s.with(i)
	}
	return s.without(i)
}

// nobody is the place of no one.
const nobody int8 = -1

// boot is what the Bootstrap Token is worth.
type boot uint8

const (
	bootNone    boot = iota
	bootDead         // believed in, and of no use
	bootClaimed      // the Mac sent it once
	bootProven       // it was got back
)

// state is a Mac as far as plans are concerned. It is small and can be compared,
// since a search goes through many of them.
type state struct {
	there  set // the account exists
	admin  set
	asked  set // whether they are administrators is not known
	holder set // some source says that there is a Secure Token
	opens  set // and it opens with the account's own password
	doubt  set // whether it does is not known
	listed set // offered at the FileVault window
	owner  set // owns the volume; where nobody has to, everybody counts
	fresh  set // the password was set a moment ago: whoever set it knows it
	came   set // and it was typed at the Mac's own keyboard, where its user logs in

	promoted int8 // place of who is an administrator for a moment, plus one
	boot     boot

	enrolled, approved, supported, escrowed bool
	anew                                    bool // the Bootstrap Token was made anew by this plan
	reenrolled                              bool
	auth                                    bool // the server may use the token for updates
	on, key                                 bool // FileVault, also on its way off, and somebody has its recovery key
	stale                                   bool // the FileVault window may not know the list yet
	reset                                   bool // the password that was wanted is set
	elsewhere                               bool // somebody whom this plan leaves out holds a token
	keeper                                  bool // somebody else is known to be able to open the Mac, with a password that is known

	drifting int8 // place of whose way in this plan interrupted, plus one: no restart now
}

// administers says whether somebody can authorise what only administrators can,
// now.
func (s *state) administers(i int8) bool { return s.admin.has(i) || s.promoted == i+1 }

// granters are administrators whose own token opens with their password.
func (s *state) granter(i int8) bool { return s.there.has(i) && s.opens.has(i) && s.administers(i) }

// escrows says whether the Mac and its server could keep a Bootstrap Token.
func (s *state) escrows() bool { return s.enrolled && s.approved && s.supported }

// helps says whether a login could bring a token.
func (s *state) helps() bool {
	return s.boot >= bootClaimed && s.escrows() && (s.holder != 0 || s.elsewhere)
}

// enters says whether somebody gets in after a restart: with a token that opens, a
// place at the FileVault window where there is one, and the volume's ownership.
func (s *state) enters(i int8) bool {
	return s.there.has(i) && s.opens.has(i) && s.owner.has(i) && (!s.on || s.listed.has(i))
}

// gain is what every way to a token brings: token, ownership, a place in the list.
func (s state) gain(i int8) state {
	s.holder, s.opens, s.doubt = s.holder.with(i), s.opens.with(i), s.doubt.without(i)
	s.listed, s.owner = s.listed.put(i, s.on || s.listed.has(i)), s.owner.with(i)
	if s.drifting == i+1 {
		s.drifting = 0
	}
	return s
}
