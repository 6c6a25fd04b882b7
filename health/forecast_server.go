package health

import "github.com/tokenward/tokenward/health/evidence"

// serverQuestions are about what a server or a new user gets done with nobody's
// help.
func serverQuestions() []question {
	return []question{
		{
			name: NextUserGranted, answer: func(o *outlook, _ *Account) ground { return o.grantsNextUser() },
			well: "The next local user who logs in at the login window gets a Secure Token without anybody's help.", doNot: "Do not hand the Mac to a new user and hope.",
		},
		{
			name: UpdatesUnattended, answer: func(o *outlook, _ *Account) ground { return o.updatesUnattended() },
			well: "The server can have updates installed with nobody at the Mac.", doNot: "Do not count on an update that nobody attends.",
		},
		{
			name: ConsoleAuthorises, answer: func(o *outlook, _ *Account) ground { return o.consoleAuthorises() },
			well: "Who is at the Mac can authorise an update with the own password.", doNot: "Do not ask the user again and again for a password that is refused.",
		},
		{
			name: WipesSilently, answer: func(o *outlook, _ *Account) ground { return o.wipesSilently() },
			well:  "EraseDevice erases all content and settings, and the Mac is ready for the next user.",
			doNot: "Do not send EraseDevice with the behavior Default: the Mac may report an error and be obliterated all the same.",
		},
	}
}

// grantsNextUser: somebody makes a local account with a password and without an
// administrator's credentials, its user logs in at the login window, and holds a
// usable token then.
func (o *outlook) grantsNextUser() ground {
	m := o.m
	switch {
	case m.APFS == No:
		return no("ST_HFS", "The startup volume is not APFS, so nobody can hold a Secure Token.", evidence.FileSystemFact)
	case m.Holders.Exists != Yes && o.claimsToken():
		return missing("Whether anybody holds a Secure Token is not known.", tokenFacts()...)
	case m.Holders.Exists == No && m.OS.AtLeast(11, 0) == Yes && m.APFS == Yes:
		return ground{is: Yes, facts: tokenFacts(evidence.OSVersionFact), says: "Nobody holds a Secure Token yet: the next password that is set brings the first."}
	case m.Holders.Exists != Yes:
		return missing("Whether anybody holds a Secure Token is not known.", tokenFacts()...)
	case And(m.OS.AtLeast(10, 15), Not(m.OS.AtLeast(11, 0))) == Yes:
		return no("BT_1015_LOCAL_USER", "macOS 10.15 grants no token to local users at a login.", evidence.OSVersionFact)
	}
	return o.bootstrap
}

// updatesUnattended: on Apple silicon the server authorises an update with the
// Bootstrap Token, since 11.2. documented. On Intel nobody has to.
func (o *outlook) updatesUnattended() ground {
	m := o.m
	switch {
	case m.Enrolled == No:
		return no("MDM_NOT_ENROLLED", "The Mac is not enrolled, so no server installs updates on it.", evidence.MDMFact)
	case m.Enrolled == Unknown:
		return missing("It is not known whether the Mac is enrolled.", evidence.MDMFact)
	case m.AppleSilicon == No:
		return ground{is: Yes, facts: []evidence.FactName{evidence.ChipFact, evidence.MDMFact}, says: "An Intel Mac asks nobody to authorise an update."}
	case m.AppleSilicon == Unknown:
		return missing("It is not known which chip the Mac has.", evidence.ChipFact)
	}
	allowed := m.Bootstrap.Auth
	if allowed == Unknown && m.Enrollment.DEP == Yes {
		allowed = Yes // documented: an automated enrolment allows it by itself
	}
	return allOf(
		is(m.OS.from([3]int{11, 2}), "UPDATE_WILL_PROMPT", "Before macOS 11.2 an update asks a person.", evidence.OSVersionFact),
		is(allowed, "BT_AUTH_DISALLOWED", "The server may not use the Bootstrap Token to authorise updates.", evidence.BootstrapForAuthFact),
		o.bootstrap, o.bootstrapOwns(),
	)
}

// bootstrapOwns: on some releases the Bootstrap Token's key is marked as an owner,
// a fixture of one Mac shows it unmarked. Whether it authorises then is not known.
func (o *outlook) bootstrapOwns() ground {
	if o.m.Bootstrap.VolumeOwner == No {
		g := contested(BootstrapIsNoOwner, "The volume's key of the Bootstrap Token is not marked as an owner.")
		g.because = []Code{"VO_BT_NOT_OWNER"}
		return g
	}
	return is(o.m.Bootstrap.VolumeOwner, "VO_BT_NOT_OWNER", "It is not known whether the Bootstrap Token owns the volume.", evidence.CryptoUsersFact)
}

// consoleAuthorises: who is logged in at the screen owns the volume, and the token
// works. With nobody there the question is open.
func (o *outlook) consoleAuthorises() ground {
	if o.m.AppleSilicon == No {
		return ground{is: Yes, facts: []evidence.FactName{evidence.ChipFact}, says: "An Intel Mac wants no volume owner for an update."}
	}
	if o.m.NetworkUser != "" {
		network := no("ST_NETWORK_ACCOUNT", "Who is at the Mac has no local account, and so no Secure Token.", evidence.ConsoleUserFact, evidence.DirectoryFact)
		return unless(o.m.AppleSilicon, network, evidence.ChipFact)
	}
	for i := range o.m.Accounts {
		if a := &o.m.Accounts[i]; a.Console == Yes {
			return o.owns(a)
		}
	}
	return missing("Nobody is known to be at the Mac.", evidence.ConsoleUserFact)
}
