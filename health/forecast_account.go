package health

import "github.com/tokenward/tokenward/health/evidence"

// accountQuestions are about what is done to an account.
func accountQuestions() []question {
	return []question{
		{
			name: SafeToReset, account: true, answer: (*outlook).resets,
			well:    "The password of WHO can be reset by the management agent, if WHO then logs in at the login window before any restart.",
			doNot:   "Do not reset the password of WHO through the management agent or as root.",
			careful: "Do not restart before WHO has logged in at the login window and `sudo diskutil apfs updatePreboot /` has run.",
		},
		{
			name: SafeToRemove, account: true, answer: (*outlook).removes,
			well: "WHO can be removed: others unlock, administer and grant.", doNot: "Do not delete the account WHO.",
		},
		{
			name: SafeToTurnOff, account: true, answer: (*outlook).turnsOff,
			well: "The Secure Token of WHO can be turned off by another admin who holds one.", doNot: "Do not turn off the Secure Token of WHO.",
		},
		{
			name: SurvivesLeaver, account: true, answer: (*outlook).survives,
			well: "If WHO never comes back, others unlock, administer and grant.", doNot: "Do not let WHO leave before somebody else can do the same.",
		},
	}
}

// holds is whether any source says that the account holds a token.
func (a *Account) holds() Tri { return Or(a.Holder, a.Tag) }

// removes: sysadminctl deletes the account, and what somebody could do with it
// somebody else still can. It refuses for the last holder and the last admin.
// observed (27.0).
func (o *outlook) removes(a *Account) ground {
	return allOf(unless(a.Admin, o.somebody(a, administering, "ST_DELETE_LAST_REFUSED", a.Name+" is the only admin."), adminFacts()...), o.without(a, false))
}

// survives: nobody ever uses the account again. The recovery key that the Mac
// shows as sent opens the disk, too.
func (o *outlook) survives(a *Account) ground { return o.without(a, true) }

// without asks for everything that the account can do whether somebody else can.
func (o *outlook) without(a *Account, key bool) ground {
	opens := o.somebody(a, unlocking, "FV_ON_NO_ESCROWED_PRK", "Nobody but "+a.Name+" is known to unlock FileVault.")
	if key {
		opens = anyOf(o.keySent(), opens)
	}
	holder := tokenFacts(evidence.TokenStatusFact)
	grants := o.somebody(a, granting, "ST_SOLE_HOLDER", "No other admin holds a usable Secure Token.")
	return allOf(
		unless(a.Admin, o.somebody(a, administering, "ST_ONLY_STANDARD_HOLDERS", a.Name+" is the only admin."), adminFacts()...),
		unless(a.holds(), o.somebody(a, working, "ST_SOLE_HOLDER", "Nobody but "+a.Name+" holds a usable Secure Token."), holder...),
		unless(And(a.holds(), a.Admin), grants, holder...),
		unless(And(a.holds(), o.m.AppleSilicon), o.somebody(a, owning, "VO_NONE", "Nobody but "+a.Name+" owns the volume."), holder...),
		unless(a.holds(), o.ifLocked(opens), holder...),
	)
}

// turnsOff: another admin turns the token off, with the account's password typed
// too. A person who is to unlock FileVault cannot do so any more.
func (o *outlook) turnsOff(a *Account) ground {
	if a.holds() == No {
		return ground{is: Yes, facts: tokenFacts(), says: a.Name + " holds no Secure Token."}
	}
	person := a.Person
	if o.p.Serves(a) {
		person = No
	}
	shutOut := ground{is: No, because: []Code{"FV_USER_NOT_ENABLED"}, says: a.Name + " could not unlock FileVault after a restart.", facts: tokenFacts(evidence.FileVaultStateFact)}
	return unless(a.holds(), allOf(
		o.somebody(a, granting, "ST_SOLE_HOLDER", "No other admin holds a usable Secure Token, and nobody turns off the own one."),
		unless(And(a.holds(), o.m.AppleSilicon), o.somebody(a, owning, "VO_NONE", "Nobody but "+a.Name+" owns the volume."), tokenFacts()...),
		o.ifLocked(o.somebody(a, unlocking, "FV_LAST_OS_USER", "Nobody but "+a.Name+" is known to unlock FileVault.")),
		unless(And(person, a.CanLogIn, o.offered(a)), o.ifLocked(shutOut), evidence.DirectoryFact, evidence.FileVaultUsersFact),
	), tokenFacts()...)
}

// offered says whether the FileVault window shows the account, or would.
func (o *outlook) offered(a *Account) Tri {
	if o.m.FileVault.On == No {
		return Yes
	}
	return a.Unlocks
}
