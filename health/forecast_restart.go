package health

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// restartQuestions are about the disk: who opens it, now and after trouble.
func restartQuestions() []question {
	return []question{
		{
			name: EveryUserUnlocks, answer: func(o *outlook, _ *Account) ground { return o.everyUserUnlocks() },
			well: "After a restart every user of this Mac gets in with the present password.", doNot: "Do not restart the Mac while a user depends on it.",
		},
		{
			name: EnablesFileVault, answer: func(o *outlook, _ *Account) ground { return o.enablesFileVault() },
			well: "FileVault can be turned on by a user of this Mac, or is on.", doNot: "Do not turn on FileVault by profile and hope.",
		},
		{
			name: RecoveryPathExists, answer: func(o *outlook, _ *Account) ground { return o.recovery() },
			well:  "If one user forgets the password, there is another way into the disk.",
			doNot: "Do not reset a password and do not remove an account before there is a second way in.",
		},
		{
			name: HoldRestart, answer: func(o *outlook, _ *Account) ground { return o.holdRestart() },
			well:    "A password was set after its user's latest login: after a restart FileVault may want the former one.",
			careful: "Do not restart, do not update, and do not let the battery run down.",
		},
	}
}

// everyUserUnlocks: everybody who works with an account of the local directory
// gets in after a restart, with the present password. Accounts that the
// organisation declared as service accounts, and those that cannot log in, do not
// count. Where FileVault is off nobody needs to unlock.
func (o *outlook) everyUserUnlocks() ground {
	if o.locks.is == No {
		return ground{is: Yes, facts: o.locks.facts, says: "FileVault is off: after a restart nobody has to unlock the disk."}
	}
	all := []ground{o.accountsKnown()}
	for i := range o.m.Accounts {
		if a := &o.m.Accounts[i]; a.Person != No && a.CanLogIn != No && !o.p.Serves(a) {
			all = append(all, o.unlocks(a))
		}
	}
	nobody := o.somebody(nil, unlocking, "FV_USER_NOT_ENABLED", "Nobody is known to unlock FileVault.")
	return o.ifLocked(allOf(append(all, nobody)...))
}

// ifLocked is what matters only where the Mac waits at the FileVault window.
func (o *outlook) ifLocked(then ground) ground {
	switch {
	case o.locks.is == No:
		return yes(o.locks.facts...)
	case o.locks.is == Unknown && then.is != Yes:
		return join([]ground{o.locks, {says: then.says, facts: then.facts, because: then.because, depends: then.depends}})
	}
	return then
}

// enablesFileVault: somebody can turn it on with the own password; it being on
// already is a yes.
func (o *outlook) enablesFileVault() ground {
	f := o.m.FileVault
	switch {
	case f.On == Yes:
		return ground{is: Yes, facts: []evidence.FactName{evidence.FileVaultStateFact}, says: "FileVault is on."}
	case f.On == Unknown:
		return missing("It is not known whether FileVault is on.", evidence.FileVaultStateFact)
	case f.Busy == Yes:
		says := "The disk is being decrypted: FileVault can be turned on when that has ended."
		return ground{is: No, facts: []evidence.FactName{evidence.FileVaultStateFact}, says: says}
	case o.m.APFS == No:
		return no("ST_HFS", "The startup volume is not APFS, so nobody can hold a Secure Token.", evidence.FileSystemFact)
	}
	return o.orFirst(o.somebody(nil, working, "ST_NO_HOLDERS", "Nobody holds a Secure Token."))
}

// orFirst: where nobody holds a token, the first password that is typed may bring
// one, which depends on how the account was made. community.
func (o *outlook) orFirst(able ground) ground {
	if able.is == No && !o.claimsToken() && o.m.APFS != No {
		able.is, able.facts = Unknown, []evidence.FactName{evidence.CryptoUsersFact}
		able.says += " Whether the first password that is typed brings one is not known."
	}
	return able
}

// claimsToken says whether some source calls an account a holder that the volume
// does not know: macOS gives out no first token then.
func (o *outlook) claimsToken() bool {
	for i := range o.m.Accounts {
		if o.m.Accounts[i].Tag == Yes {
			return true
		}
	}
	return false
}

// recovery: whoever forgets the password, there is another way: a recovery key
// that the Mac shows as sent to its server, somebody else who unlocks; with
// FileVault off a reset in recoveryOS, unless a password stands before that.
func (o *outlook) recovery() ground {
	open := anyOf(o.recoveryOpen(), o.several(granting, "ST_SOLE_HOLDER", "Only one admin could reset a password without harm."))
	locked := anyOf(o.keySent(), o.several(unlocking, "FV_ON_NO_ESCROWED_PRK", "Fewer than two users can unlock FileVault, and the Mac shows no escrowed recovery key."))
	switch o.locks.is {
	case No:
		return open
	case Yes:
		return locked
	case Unknown:
	}
	if both := allOf(open, locked); both.is == Yes {
		return both
	}
	return o.locks
}

// keySent: the sealed key is what the server fetches, of the key that there is now:
// one that was sealed before a time at which keys did not go to this server may be a
// former one, or another server's. Where none is sealed the server may have the key
// all the same, from before.
func (o *outlook) keySent() ground {
	f := o.m.FileVault
	sealed := []evidence.FactName{evidence.SealedAtFact, evidence.SealedEmptyFact, evidence.PersonalKeyFact, evidence.MDMFact, evidence.EscrowProfileFact}
	switch {
	case f.RecoveryKey == No:
		return no("FV_ON_NO_ESCROWED_PRK", "There is no personal recovery key.", evidence.PersonalKeyFact)
	case And(f.KeySealed, f.RecoveryKey, o.m.Enrolled, f.EscrowProfile) == Yes && f.SealedAt.After(o.m.Past.Mac.Uncovered):
		return yes(sealed...)
	case f.KeySealed == Yes:
		return missing("Whether the sealed recovery key is the present one and this server's, the Mac does not show.", sealed...)
	}
	return missing("Whether anybody has the recovery key, this Mac does not show.", evidence.SealedAtFact, evidence.SealedEmptyFact, evidence.PersonalKeyFact)
}

// recoveryOpen: nothing stands before recoveryOS.
func (o *outlook) recoveryOpen() ground {
	lock := o.m.Startup.RecoveryLock
	if o.m.AppleSilicon == No || o.m.OS.from([3]int{11, 5}) == No {
		lock = No // documented: only Apple silicon has one, since 11.5
	}
	if o.m.FileVault.Busy != No && o.m.FileVault.On != Yes {
		return missing("While the disk is being decrypted recoveryOS wants it unlocked.", evidence.FileVaultStateFact)
	}
	switch Or(lock, o.m.Startup.FirmwarePassword) {
	case No:
		return yes(evidence.RecoveryLockFact, evidence.FirmwarePasswordFact)
	case Yes:
		return missing("recoveryOS wants a password that only the management server may know.", evidence.RecoveryLockFact, evidence.FirmwarePasswordFact)
	case Unknown:
	}
	return missing("It is not known whether recoveryOS wants a password.", evidence.RecoveryLockFact, evidence.FirmwarePasswordFact)
}

// several is yes where two accounts can, so that one may be missed.
func (o *outlook) several(able ability, against Code, says string) ground {
	for i := range o.m.Accounts {
		if o.can(able, i) == Yes {
			return o.somebody(&o.m.Accounts[i], able, against, says)
		}
	}
	return o.somebody(nil, able, against, says)
}

// holdRestart is the one question to which yes is the bad answer: a password may
// have drifted from its token, and FileVault would ask for the former one. No only
// where it is known of every holder in question that it has not.
func (o *outlook) holdRestart() ground {
	if o.locks.is == No {
		return ground{is: No, facts: o.locks.facts, says: "FileVault is off: a restart locks nobody out."}
	}
	if known := o.accountsKnown(); known.is != Yes {
		return known
	}
	drift := No
	for i := range o.m.Accounts {
		a := &o.m.Accounts[i]
		drift = Or(drift, And(a.Holder, a.Drift, o.isShutOut(a)))
	}
	facts := tokenFacts(evidence.FileVaultStateFact, evidence.LoginsFact, evidence.PasswordsFact)
	switch {
	case drift == Yes && o.mayLock() == Yes:
		return ground{is: Yes, because: []Code{"ST_DRIFT_FV_ON"}, facts: facts}
	case drift == No && o.mayLock() != Unknown:
		return ground{is: No, facts: facts, says: "No password was set after its user's latest login."}
	}
	return missing("It is not known whether a password was set after its user's latest login.", evidence.LoginsFact, evidence.PasswordsFact)
}

// mayLock: FileVault is on, or its enablement waits for somebody who is logged in.
func (o *outlook) mayLock() Tri {
	if o.m.FileVault.On != No {
		return o.m.FileVault.On
	}
	here := func(a Account) bool { return a.Console == Yes }
	if o.m.FileVault.Deferred == Yes && slices.ContainsFunc(o.m.Accounts, here) {
		return Yes
	}
	return Unknown
}

// isShutOut says whether somebody would miss what the FileVault window refuses the
// account: it is offered there, and belongs to a person. The password of a managed
// administrator is set anew all the time by a server, at a Mac that nobody logs in to
// with it; who that is only the answer of the MDM client tells.
func (o *outlook) isShutOut(a *Account) Tri {
	person := Yes
	switch {
	case o.p.Serves(a):
		person = No
	case a.Console == Yes: // somebody works with it
	case a.Kind == KindManagedAdmin:
		person = No
	case a.Admin != No && a.Kind != KindMobile && o.m.lost(evidence.ManagedAdminsFact):
		person = Unknown
	}
	return And(person, a.CanLogIn, o.offered(a))
}
