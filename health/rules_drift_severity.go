package health

import "github.com/tokenward/tokenward/health/evidence"

// spareAdmin says whether the account is the administrator that the server had
// made, with nobody sitting at it: the Mac has other users, who are not locked out.
// Where no check ever learned whom the server had made, any admin may be that one: a
// login says nothing against it, since that administrator got the token at one. So
// the server's silence makes nothing worse.
func spareAdmin(m *Model, a *Account) bool {
	managed := kept(m.Past.Mac.Accounts[a.Subject()].Managed, managedAdmin(m, a))
	notSaid := managed == Unknown && m.Enrolled != No && a.Admin != No
	return a.Console != Yes && (managed == Yes || notSaid)
}

// managedAdmin says whether the server had Setup Assistant make the account.
func managedAdmin(m *Model, a *Account) Tri {
	switch {
	case a.Kind == KindManagedAdmin:
		return Yes
	case m.Enrollment.ManagedAdmins == Unknown:
		return Unknown
	}
	return No
}

// beyondMending: if a password was set past the token, no login brings the token
// along, and no recovery key that the server has opens the disk. Both must be known:
// a source that did not answer makes nothing worse.
func beyondMending(m *Model) bool { return notProven(m) && keyNotSent(m) }

// notProven says whether it is known that nothing proves the Bootstrap Token. It is
// not known where what could prove it did not come.
func notProven(m *Model) bool {
	switch b := m.Bootstrap; {
	case b.Strength == StrengthProven:
		return false
	case b.Strength == StrengthRefuted, m.Enrolled == No:
		return true
	case m.Enrollment.Identity == "" && !m.Past.Mac.Proof.At.IsZero():
		return false
	default:
		asks := And(m.AppleSilicon, m.OS.AtLeast(13, 3))
		silent := m.lost(evidence.EACSPreflightFact) || b.Preflight == "success" && asks == Unknown
		return asks == No || !silent
	}
}

// keyNotSent says whether it is known that the server has no recovery key from this
// Mac. What lies sealed without a payload that takes keys may be the one from before.
func keyNotSent(m *Model) bool {
	f := m.FileVault
	taken := f.EscrowProfile == Yes || m.lost(evidence.EscrowProfileFact)
	return m.Enrolled == No || f.KeySealed == No || f.KeySealed == Yes && !taken
}
