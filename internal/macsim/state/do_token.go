package state

// apply grants a token with an administrator's credentials.
//
// community: who may authorise it; that 10.14.2 gives both one where nobody has
// any; that the tag does not matter. inferred: that a holder stays as it was.
func (e *TokenOn) apply(m *Mac) (Refusal, error) {
	a, why := m.tokenTarget(e.User, e.Password)
	if a == nil {
		return why, nil
	}
	granter, why := m.tokenGranter(e.Granter, e.GranterPassword)
	switch {
	case granter == nil:
		return why, nil
	case m.holders() == 0 && m.OS.AtLeast(10, 14, 2) && !m.OS.AtLeast(11):
		m.grant(granter, granter.Password)
	case !granter.Usable():
		return GranterNoToken, nil
	case granter == a && !m.Switches.SelfGrantWorks:
		return GranterNoToken, nil
	}
	if !a.Usable() {
		m.grant(a, a.Password)
	}
	return NotRefused, nil
}

// tokenTarget checks the password of the one whose token is changed.
func (m *Mac) tokenTarget(user string, password *string) (*Account, Refusal) {
	a, ok := m.Account(user)
	switch {
	case !ok:
		return nil, UnknownAccount
	case !m.mayHold(a):
		return nil, NotPermitted
	case !m.verify(a, typed(password, a.Password)):
		return nil, WrongPassword
	case a.Password == "":
		return nil, BlankPassword // community: a token is not granted on a blank password
	}
	return a, NotRefused
}

// tokenGranter is who authorises it; without anybody the Mac wants a token's
// unlock.
func (m *Mac) tokenGranter(name string, password *string) (*Account, Refusal) {
	if name == "" {
		return nil, NeedsToken
	}
	return m.authorise(name, password)
}

// apply takes a token away. community: not one's own, and that
// it returns at the next login on the screen while the Bootstrap Token is valid;
// U4: what becomes of the place in FileVault's list.
func (e *TokenOff) apply(m *Mac) (Refusal, error) {
	a, ok := m.Account(e.User)
	if !ok {
		return UnknownAccount, nil
	}
	if m.Switches.TokenOffNeedsPassword && !m.verify(a, typed(e.Password, a.Password)) {
		return WrongPassword, nil
	}
	granter, why := m.tokenGranter(e.Granter, e.GranterPassword)
	switch {
	case granter == nil:
		return why, nil
	case granter == a:
		return OnOneself, nil
	case !granter.Usable():
		return GranterNoToken, nil
	}
	a.Token = Token{} // never the last one: the granter holds another
	m.left(a.GUID)
	if !m.Switches.TokenOffKeepsFileVault {
		a.FileVault, a.Preboot = false, false
	}
	return NotRefused, nil
}
