package state

// trigger is what an account did when the first Secure Token is given out.
type trigger int

const (
	passwordSet    trigger = iota // in clear text, so that the Mac knows it
	authentication                // a login, or any check of the password
	setUp                         // made in Setup Assistant
)

// holders counts the accounts with a Secure Token.
func (m *Mac) holders() int {
	n := 0
	for i := range m.Accounts {
		if m.Accounts[i].Holds() {
			n++
		}
	}
	return n
}

// mayHold says whether an account can have a Secure Token at all. documented: on
// APFS alone; community: never an account that is of the network alone.
func (m *Mac) mayHold(a *Account) bool {
	return m.FileSystem == APFS && a.Kind != Network && a.Kind != System
}

// first gives the first Secure Token of the Mac to an account that qualifies,
// and nothing where anybody holds one.
func (m *Mac) first(a *Account, t trigger) {
	if m.mayHold(a) && m.holders() == 0 && m.mayBeFirst(a, t) {
		m.grant(a, a.Password)
	}
}

// mayBeFirst knows who gets the first token in which version.
//
// documented: since 11 whoever's password is set first, unless the tag is there;
// that a standard user of Setup Assistant gets it too. community: everything
// else about 10.13 to 10.15, the tag's limits, and accounts made from a hash.
func (m *Mac) mayBeFirst(a *Account, t trigger) bool {
	switch {
	case a.Password == NoPassword:
		return false
	case m.OS.AtLeast(11):
		return m.mayBeFirstSince11(a, t)
	case t == passwordSet:
		return false
	case m.OS.AtLeast(10, 15):
		return t == setUp && (!m.Switches.EarlyCatalinaStandardGetsNone || m.OS.AtLeast(10, 15, 4)) || m.IsAdmin(a) || a.Kind == Mobile
	default:
		return a.UID >= 500 && m.aloneAbove500(a)
	}
}

func (m *Mac) mayBeFirstSince11(a *Account, t trigger) bool {
	if t == authentication {
		return a.Hashed && (!a.DisabledTag || m.Switches.TaggedTakesFirstAtLogin)
	}
	return !a.DisabledTag && (a.Password != "" || !m.Switches.BlankTakesNoFirstToken)
}

// aloneAbove500 says whether nobody else has a user ID of 500 or more. On 10.13
// and 10.14 two such accounts before the first authentication mean that nobody
// ever gets a token by itself. community.
func (m *Mac) aloneAbove500(a *Account) bool {
	for i := range m.Accounts {
		if other := &m.Accounts[i]; other.UID >= 500 && other.GUID != a.GUID {
			return false
		}
	}
	return true
}

// grant gives an account a Secure Token that opens with the password. With it
// come, in one, ownership of the volume and a place among those who unlock it.
// documented; X4: whether the FileVault window knows at once.
func (m *Mac) grant(a *Account, password string) {
	a.Token = Token{Tag: true, CryptoUser: true, VolumeOwner: true, Password: password}
	a.FileVault = true
	a.Preboot = !m.Switches.PrebootNeedsUpdate
	m.arrived(a.GUID)
}
