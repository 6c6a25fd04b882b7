package state

// apply makes a new token and escrows it. community: the credentials that it
// wants, and that it says "created" before the server has answered.
func (e *InstallBootstrap) apply(m *Mac) (Refusal, error) {
	if why := m.bootstrapBy(e.User, e.Password); why != NotRefused {
		return why, nil
	}
	m.makeBootstrap()
	return m.sendBootstrap(), nil
}

// apply removes it on both sides. inferred: on the Mac also where the server
// does not answer.
func (e *RemoveBootstrap) apply(m *Mac) (Refusal, error) {
	if why := m.bootstrapBy(e.User, e.Password); why != NotRefused {
		return why, nil
	}
	m.dropBootstrap()
	m.Bootstrap.Escrowed = false
	return m.clearBootstrap(), nil
}

// apply compares. community.
func (e *ValidateBootstrap) apply(m *Mac) (Refusal, error) {
	if why := m.bootstrapBy(e.User, e.Password); why != NotRefused {
		return why, nil
	}
	got, why := m.fetchBootstrap()
	switch {
	case why != NotRefused:
		return why, nil
	case got == 0 || got != m.Bootstrap.Local:
		return TokenStale, nil
	}
	return NotRefused, nil
}

// bootstrapBy checks whether the Mac and these credentials may change its
// Bootstrap Token: an administrator's who holds a token.
func (m *Mac) bootstrapBy(user string, password *string) Refusal {
	switch {
	case !m.OS.AtLeast(10, 15):
		return UnknownType
	case m.Enrollment.MDM == NotEnrolled:
		return NotEnrolledYet
	case !m.BootstrapSupported():
		return NotSupported
	case !m.mayUseBootstrap():
		return NotPermitted // an enrolment of another kind
	}
	a, ok := m.Account(user)
	switch {
	case !ok:
		return UnknownAccount
	case typed(password, a.Password) == "":
		return BlankPassword
	case !m.verify(a, typed(password, a.Password)):
		return WrongPassword
	case !m.IsAdmin(a):
		return GranterNotAdmin
	case !a.Usable():
		return GranterNoToken
	}
	return NotRefused
}
