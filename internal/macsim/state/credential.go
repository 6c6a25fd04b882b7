package state

// typed is what somebody typed: the text given, or the right one.
func typed(given *string, right string) string {
	if given == nil {
		return right
	}
	return *given
}

// verify checks a password as any login does, and counts the failures. A right
// one can give the first token, which is why it is an event even where nothing
// else happens.
func (m *Mac) verify(a *Account, password string) bool {
	if a.Password == NoPassword || a.Password != password {
		m.countFailure(a)
		return false
	}
	a.Failed = 0
	m.first(a, authentication)
	return true
}

// countFailure notes a wrong password.
func (m *Mac) countFailure(a *Account) {
	a.Failed++
	a.Set.LastFailure = m.Clock
}

// authorise checks an administrator's credentials. The account is nil where they
// are refused.
func (m *Mac) authorise(name string, password *string) (*Account, Refusal) {
	a, ok := m.Account(name)
	switch {
	case !ok:
		return nil, GranterUnknown
	case !m.verify(a, typed(password, a.Password)):
		return nil, GranterPassword
	case !m.IsAdmin(a):
		return nil, GranterNotAdmin
	}
	return a, NotRefused
}

// IsAdmin says whether an account administers the Mac, by itself or by a group
// within the group admin.
func (m *Mac) IsAdmin(a *Account) bool {
	g, ok := m.Group(AdminGroup)
	return ok && m.IsMember(a, g)
}

// unlocks says whether a password opens the volume: the one of the user's
// token, of a user in the list of FileVault.
func (m *Mac) unlocks(name string, password *string) Refusal {
	a, ok := m.Account(name)
	switch {
	case !ok:
		return UnknownAccount
	case !a.FileVault || !a.Token.CryptoUser:
		return NotListed
	case typed(password, a.Token.Password) != a.Token.Password:
		return WrongPassword
	}
	return NotRefused
}

// rightKey stands in a scenario for the recovery key that is right now.
const rightKey = "right"

func (m *Mac) opensWithKey(key string) bool {
	now := m.RecoveryKeyText()
	return now != "" && (key == rightKey || key == now)
}

// unlockedBy is either of the two, as a tool takes them.
func (m *Mac) unlockedBy(name string, password *string, key string) Refusal {
	switch {
	case key != "" && m.opensWithKey(key):
		return NotRefused
	case key != "":
		return WrongKey
	}
	return m.unlocks(name, password)
}

// tooShort says whether the password policy forbids a password.
func (m *Mac) tooShort(password string) bool {
	return len([]rune(password)) < m.Policy.MinLength
}

// setPassword changes the password of the login alone. What the login keychain
// opens with stays behind, unless the user changed it knowing the old one.
func (m *Mac) setPassword(a *Account, password string, hashed bool) {
	if a.Keychain == "" && a.Password != NoPassword {
		a.Keychain = a.Password
	}
	if a.Keychain == password {
		a.Keychain = ""
	}
	a.Password, a.Hashed = password, hashed
	a.Set.Password = m.Clock
	if !hashed {
		m.first(a, passwordSet)
	}
}
