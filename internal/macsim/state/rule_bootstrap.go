package state

// mayUseBootstrap says whether this Mac may have a Bootstrap Token at all, by
// its version and the way it was enrolled. X1 and X15 are contested.
//
// documented: never in a user enrolment, from 10.15 on. community: 10.15.0 to
// 10.15.3 only when enrolled by Automated Device Enrollment.
func (m *Mac) mayUseBootstrap() bool {
	e := m.Enrollment
	if e.BYOD || e.MDM != UserApproved || !m.BootstrapSupported() {
		return false
	}
	return e.DEP || m.OS.AtLeast(10, 15, 4) && !m.Switches.BootstrapNeedsADE
}

// bootstrapGrant gives an account that logs in on the screen a Secure Token with
// the help of the Bootstrap Token.
//
// community: the network, the password that is not blank, and that somebody
// must hold a token already.
func (m *Mac) bootstrapGrant(a *Account) {
	if a.Holds() || a.Password == "" || m.holders() == 0 || !m.bootstrapHelps(a) {
		return
	}
	if m.bootstrapOpens() {
		m.grant(a, a.Password)
	}
}

// bootstrapHelps knows whom. documented: in 10.15 mobile accounts and the
// managed administrator, since 11 everybody.
func (m *Mac) bootstrapHelps(a *Account) bool {
	if a.Kind == Network || a.Kind == System || a.Kind == Sharing {
		return false
	}
	return m.OS.AtLeast(11) || m.OS.AtLeast(10, 15) && (a.Kind == Mobile || a.Managed)
}

// bootstrapOpens asks the server for the token and tries it on the volume.
func (m *Mac) bootstrapOpens() bool {
	return m.Bootstrap.Local > 0 && m.mayUseBootstrap() && m.getsBootstrap()
}

// regain makes a token that opens with a former password open with the present
// one. community: at a login on the screen with a valid Bootstrap Token;
// inferred: that the token is made anew.
func (m *Mac) regain(a *Account) {
	if a.Holds() && !a.Usable() && a.Password != "" && m.bootstrapHelps(a) && m.bootstrapOpens() {
		m.grant(a, a.Password)
	}
}

// escrowAtLogin makes and escrows the Bootstrap Token when a token holder logs
// in on the screen.
//
// documented: since 10.15.4; for a mobile account at its second login, since the
// first one only gives it its token. X3: whether at all where Setup Assistant
// made no account. community: not with a blank password.
func (m *Mac) escrowAtLogin(a *Account, heldBefore bool) {
	switch {
	case !m.OS.AtLeast(10, 15, 4) || m.Bootstrap.Escrowed || !m.mayUseBootstrap():
	case !a.Usable() || a.Password == "":
	case a.Kind == Mobile && !heldBefore:
	case m.Switches.SkippedNeverEscrows && m.Enrollment.Setup.SkipPrimary:
	default:
		m.escrow()
	}
}

// escrow sends the Bootstrap Token, made anew unless one waits to be sent.
func (m *Mac) escrow() {
	if m.Bootstrap.Local == 0 || !m.Bootstrap.Pending {
		m.makeBootstrap()
	}
	m.sendBootstrap()
}

// makeBootstrap replaces the Bootstrap Token's cryptographic user. X8: whether it
// owns the volume.
func (m *Mac) makeBootstrap() {
	b := &m.Bootstrap
	b.Last++
	b.Local, b.Pending, b.Escrowed = b.Last, true, false
	b.VolumeOwner = m.Chip == AppleSilicon && !m.Switches.BootstrapNotOwner
	m.arrived(m.BootstrapUUID())
}

// dropBootstrap removes it from the volume.
func (m *Mac) dropBootstrap() {
	m.Bootstrap.Local, m.Bootstrap.Pending, m.Bootstrap.VolumeOwner = 0, false, false
	m.left(m.BootstrapUUID())
}
