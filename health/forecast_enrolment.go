package health

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// enrolmentQuestions are about a new enrolment. After each of them the server that
// counts has no Bootstrap Token, so somebody must be able to escrow one.
func enrolmentQuestions() []question {
	const forgets = "Do not renew, remove or move the enrolment before an admin with a usable Secure Token is at hand."
	return []question{
		{
			name: SafeToReenrol, answer: func(o *outlook, _ *Account) ground { return o.enrolsAnew(true) },
			well: "After a new enrolment with the same server the Bootstrap Token can be escrowed again.", doNot: forgets,
			careful: "Do not leave it at the enrolment: escrow again, and prove it.",
		},
		{
			name: SafeToMigrate, answer: func(o *outlook, _ *Account) ground { return o.enrolsAnew(false) },
			well: "After a move to another server the Bootstrap Token can be escrowed there.", doNot: forgets,
			careful: "Do not leave it at the enrolment: escrow again, prove it, and make a new recovery key for the new server.",
		},
		{
			name: SafeToRenew, answer: func(o *outlook, _ *Account) ground { return o.renewsIdentity() },
			well: "If the server forgets the Bootstrap Token when the identity is renewed, it can be escrowed again.", doNot: forgets,
			careful: "Do not trust `profiles status` afterwards, which goes on saying YES.",
		},
	}
}

// enrolsAnew: the Mac is enrolled again, automatically if it is so now and
// otherwise with the user's approval, with the same server or with one that keeps
// Bootstrap Tokens; then somebody can escrow, and somebody still opens the disk.
func (o *outlook) enrolsAnew(same bool) ground {
	m := o.m
	if m.Enrolled != Yes {
		return missing("The Mac is not known to be enrolled.", evidence.MDMFact)
	}
	opens := o.ifLocked(o.somebody(nil, unlocking, "FV_ON_NO_ESCROWED_PRK", "Nobody is known to open the disk, and a recovery key that the old server has may be lost."))
	nothing := Or(Not(m.OS.AtLeast(10, 15)), And(TriOf(same), Not(m.Bootstrap.Supported)))
	if nothing == Yes {
		return allOf(opens, yes(evidence.OSVersionFact, evidence.BootstrapSupportedFact))
	}
	again := allOf(o.orFirst(o.somebody(nil, escrowingAnew, "BT_NOT_ESCROWED_NO_HOLDER", "No account could escrow the Bootstrap Token again.")), o.mayEscrow())
	if again.is == No && nothing == Unknown { // there may be nothing that wants to be escrowed
		again = missing(again.says, evidence.OSVersionFact, evidence.BootstrapSupportedFact)
	}
	return allOf(again, opens)
}

// escrowsAnew: an admin types the password, or, since 10.15.4, any holder logs in.
func (o *outlook) escrowsAnew(a *Account) ground {
	late := o.m.OS.from([3]int{10, 15, 4})
	if late == Yes {
		return o.works(a)
	}
	return anyOf(o.grants(a), allOf(is(late, "BT_NOT_ESCROWED", "Before macOS 10.15.4 no login escrows.", evidence.OSVersionFact), o.works(a)))
}

// mayEscrow: an enrolment by hand may escrow according to one of Apple's pages and
// not according to another. Where this Mac did it, it may.
func (o *outlook) mayEscrow() ground {
	m := o.m
	late := m.OS.from([3]int{10, 15, 4})
	switch {
	case m.Enrollment.DEP == Yes, And(m.Bootstrap.Supported, m.Bootstrap.Escrowed, late) == Yes:
		return yes(evidence.DEPFact, evidence.BootstrapEscrowedFact)
	case And(Not(m.Enrollment.DEP), Not(late)) == Yes:
		return no("BT_NOT_SUPERVISED", "Before macOS 10.15.4 only an automated enrolment has a Bootstrap Token.", evidence.DEPFact, evidence.OSVersionFact)
	case m.Enrollment.DEP == No:
		return contested(BootstrapNeedsADE, "Whether a Mac that was enrolled by hand may escrow a Bootstrap Token, Apple's own pages differ.")
	}
	return missing("It is not known how the Mac was enrolled.", evidence.DEPFact)
}

// renewsIdentity: the Mac authenticates anew, and many servers forget its token.
// Nothing is lost where none was escrowed. community: the Mac goes on believing in
// it, so that no login mends it: an admin has to.
func (o *outlook) renewsIdentity() ground {
	if o.m.Enrolled != Yes {
		return missing("The Mac is not known to be enrolled.", evidence.MDMFact)
	}
	nothing := Or(Not(o.m.Bootstrap.Escrowed), Not(o.m.Bootstrap.CryptoUser))
	if nothing == Yes && o.bootstrap.is == No && !slices.Contains(o.bootstrap.because, notGot) {
		return ground{is: Yes, facts: o.bootstrap.facts, says: "No Bootstrap Token is escrowed that could be lost."}
	}
	escrows := o.somebody(nil, granting, "BT_NOT_ESCROWED_NO_HOLDER", "No admin with a usable Secure Token could escrow the Bootstrap Token again.")
	if escrows.is == No && o.bootstrap.is != Yes { // whether there is anything to lose is not known, nor whether this server forgets
		return missing(escrows.says, evidence.EACSPreflightFact)
	}
	if escrows.is == No { // a server may keep it: nobody but its own people know
		return missing("No admin with a usable Secure Token is there, and whether the server forgets the Bootstrap Token is not known.", evidence.CryptoUsersFact)
	}
	return escrows
}
