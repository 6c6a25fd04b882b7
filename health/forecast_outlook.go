package health

import (
	"strings"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// outlook is a Mac on which questions are asked: what several of them rest on is
// worked out here, once.
//
// Two things it takes for granted, since no tool tells: people know their present
// passwords, and nobody has a blank one. A token of which no drift is suspected is
// taken to open with its user's password; what clears a suspicion is said by
// doubtMended.
type outlook struct {
	m *Model
	p Policy

	proof     Bootstrap // with a proof no older than the organisation trusts
	locks     ground    // no: after a restart now, the Mac does not wait at the FileVault window
	bootstrap ground    // a login can be granted a token now, by the server's copy

	able [abilities][]Tri // of every account, from the first time that it is asked
}

func look(m *Model, p Policy) *outlook {
	o := &outlook{m: m, p: p, proof: p.aged(m)}
	o.locks, o.bootstrap = o.locksAtRestart(), o.grantsByItself()
	return o
}

// whoMark stands for the name of the account in a sentence about one.
const whoMark = "WHO"

func named(text string, a *Account) string { return strings.ReplaceAll(text, whoMark, a.spoken()) }

// locksAtRestart: FileVault is on, or will be turned on as the console user is
// logged out by the restart. documented.
func (o *outlook) locksAtRestart() ground {
	f := o.m.FileVault
	switch {
	case f.On == Yes:
		return yes(evidence.FileVaultStateFact)
	case f.On == Unknown:
		return missing("It is not known whether FileVault is on.", evidence.FileVaultStateFact)
	case f.Busy == Yes:
		return missing("The disk is being decrypted: until that has ended, a restart may want it unlocked.", evidence.FileVaultStateFact)
	case f.Deferred == No:
		return ground{is: No, facts: []evidence.FactName{evidence.FileVaultStateFact, evidence.FileVaultDeferredFact}}
	}
	says := "FileVault may be turned on by the restart: its enablement is deferred."
	for i := range o.m.Accounts {
		if a := &o.m.Accounts[i]; a.Console != No {
			return missing(says, evidence.ConsoleUserFact, evidence.FileVaultDeferredFact)
		}
	}
	if len(o.m.Accounts) == 0 || f.Deferred == Unknown {
		return missing(says, evidence.FileVaultDeferredFact)
	}
	return ground{is: No, facts: []evidence.FactName{evidence.FileVaultStateFact, evidence.ConsoleUserFact}}
}

// notGot is said of a token that the Mac could not get: the server may be out of
// reach for now, so something may be there to be lost.
const notGot Code = "BT_INVALID"

// grantsByItself: proven, and nothing else. What the Mac merely claims may be gone
// from the server, and a login would find out.
func (o *outlook) grantsByItself() ground {
	b, m := o.proof, o.m
	switch {
	case m.Enrolled == No:
		return no("MDM_NOT_ENROLLED", "The Mac is not enrolled, so no server keeps a Bootstrap Token for it.", evidence.MDMFact)
	case m.OS.AtLeast(10, 15) == No:
		return no("BT_PROFILES_TOO_OLD", "This macOS knows no Bootstrap Token.", evidence.OSVersionFact)
	case m.OS.AtLeast(10, 15) == Unknown && b.Escrowed != No:
		return missing("It is not known which macOS this is.", evidence.OSVersionFact)
	case b.Supported == No:
		return no("BT_UNSUPPORTED_BY_SERVER", "The server does not keep Bootstrap Tokens.", evidence.BootstrapSupportedFact)
	case m.UserApproved == No:
		return no("MDM_NOT_USER_APPROVED", "Nobody approved the enrolment, so the Bootstrap Token is not used.", evidence.UserApprovedFact)
	case b.Strength == StrengthProven && And(m.Enrolled, m.UserApproved, m.OS.AtLeast(10, 15), b.Supported, b.Escrowed) == Yes && m.inReach() != Yes:
		return missing("The server cannot be reached now, or it is not known whether it can.", evidence.MDMReachFact)
	case b.Strength == StrengthProven && And(m.Enrolled, m.UserApproved, m.OS.AtLeast(10, 15), b.Supported, b.Escrowed) == Yes:
		return yes(evidence.BootstrapEscrowedFact, evidence.BootstrapSupportedFact, evidence.EACSPreflightFact)
	case b.Escrowed == No && b.CryptoUser == No:
		return no("BT_NOT_ESCROWED", "No Bootstrap Token is escrowed.", evidence.BootstrapEscrowedFact, evidence.CryptoUsersFact)
	case b.Strength == StrengthRefuted, strings.HasPrefix(b.Preflight, notGotten) && m.AppleSilicon == Yes:
		return no(notGot, "The Mac could not get its Bootstrap Token from the server.", evidence.EACSPreflightFact)
	}
	return missing("Whether the server still has the Bootstrap Token is not proven.", o.unproven()...)
}

// unproven is what is missing where the Bootstrap Token neither works nor fails.
func (o *outlook) unproven() []evidence.FactName {
	facts := []evidence.FactName{evidence.EACSPreflightFact}
	for fact, is := range map[evidence.FactName]Tri{
		evidence.MDMFact: o.m.Enrolled, evidence.UserApprovedFact: o.m.UserApproved, evidence.OSVersionFact: o.m.OS.AtLeast(10, 15),
		evidence.BootstrapSupportedFact: o.m.Bootstrap.Supported, evidence.BootstrapEscrowedFact: o.m.Bootstrap.Escrowed,
	} {
		if is == Unknown {
			facts = append(facts, fact)
		}
	}
	return facts
}

// inReach says whether a login could fetch the Bootstrap Token now, as far as the way
// to the server goes. The Mac that got it during this check needs no other sign of
// that. A way that nobody can try, such as one by a proxy script, counts as open.
func (m *Model) inReach() Tri {
	const check = 10 * time.Minute
	b, reach := m.Bootstrap, m.Enrollment.Reachable
	switch {
	case b.Preflight == "success" && b.Strength == StrengthProven && !b.ProvenAt.Before(m.TakenAt.Add(-check)):
		return Yes
	case reach == Unknown && !m.lost(evidence.MDMReachFact):
		return Yes
	}
	return reach
}

// works says whether the account's token opens with its present password. Of one
// that drift is suspected of, nobody knows: the user may have changed the password.
func (o *outlook) works(a *Account) ground {
	switch {
	case a.Holder == No && (a.Tag == Yes || a.Status == Yes):
		return no("ST_PHANTOM", a.Name+" has a Secure Token in name only.", tokenFacts()...)
	case a.Holder == No:
		return no(o.lacking(), a.Name+" has no Secure Token.", tokenFacts()...)
	case a.Token != TokenUsable:
		return missing("It is not known whether the Secure Token of "+a.Name+" is a usable one.", tokenFacts(evidence.TokenStatusFact)...)
	case a.Drift == Yes:
		g := missing("The password of "+a.Name+" was set after the latest login: the token may want the former one.", evidence.LoginsFact, evidence.PasswordsFact)
		g.because = []Code{o.drifted()}
		return g
	case a.Drift == Unknown:
		return missing("It is not known whether the Secure Token of "+a.Name+" opens with the present password.", evidence.LoginsFact, evidence.PasswordsFact)
	}
	return yes(tokenFacts(evidence.LoginsFact, evidence.PasswordsFact)...)
}

// lacking is the condition of somebody without a token, by who could help.
func (o *outlook) lacking() Code {
	switch {
	case o.m.Bootstrap.Usable():
		return "ST_USER_MISSING_BT_READY"
	case o.m.Holders.Exists == No:
		return "ST_NO_HOLDERS"
	case o.m.Holders.Admin == Yes:
		return "ST_USER_MISSING_ADMIN_READY"
	}
	return "ST_USER_MISSING_NO_SOURCE"
}

func (o *outlook) drifted() Code {
	if o.m.FileVault.On == No {
		return "ST_DRIFT_FV_OFF"
	}
	return "ST_DRIFT_FV_ON"
}

// unlocks says whether the account opens the disk at the FileVault window.
func (o *outlook) unlocks(a *Account) ground {
	return allOf(o.works(a), is(a.Unlocks, "FV_USER_NOT_ENABLED", a.Name+" is not among those who unlock FileVault.", evidence.FileVaultUsersFact))
}

// administers: root has no password to type.
func (o *outlook) administers(a *Account) ground {
	return is(And(a.Admin, a.CanLogIn, a.PasswordHad), "ST_ONLY_STANDARD_HOLDERS", a.Name+" is no admin.", adminFacts(evidence.DirectoryFact)...)
}

// grants says whether the account's credentials give others tokens, and escrow.
func (o *outlook) grants(a *Account) ground { return allOf(o.works(a), o.administers(a)) }

// owns matters on Apple silicon alone. documented.
func (o *outlook) owns(a *Account) ground {
	return unless(o.m.AppleSilicon, allOf(
		o.works(a), is(a.VolumeOwner, "VO_USER_NOT_OWNER", a.Name+" does not own the volume.", evidence.CryptoUsersFact),
	), evidence.ChipFact)
}

// accountsKnown: every Mac has accounts, if only the system's own.
func (o *outlook) accountsKnown() ground {
	if len(o.m.Accounts) == 0 {
		return missing("The accounts of this Mac are not known.", evidence.DirectoryFact)
	}
	return yes(evidence.DirectoryFact)
}

// somebody asks it of all accounts but one: whether any can.
func (o *outlook) somebody(but *Account, able ability, against Code, says string) ground {
	if known := o.accountsKnown(); known.is != Yes {
		return known
	}
	var open []ground
	for i := range o.m.Accounts {
		a := &o.m.Accounts[i]
		if a == but {
			continue
		}
		switch o.can(able, i) {
		case Yes:
			return o.ask(able, a)
		case Unknown:
			open = append(open, o.ask(able, a))
		case No:
		}
	}
	if len(open) > 0 {
		return join(open)
	}
	return no(against, says, tokenFacts()...)
}
