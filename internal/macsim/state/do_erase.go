package state

import (
	"cmp"
	"fmt"
)

// apply erases the Mac, or not. documented: what each behaviour does where the
// preflight fails, that Default reports an error and erases all the same, and
// that "Erase All Content and Settings" came with 12 for T2 and Apple silicon.
func (e *Erase) apply(m *Mac) (Refusal, error) {
	switch {
	case m.Enrollment.MDM == NotEnrolled:
		return NotEnrolledYet, nil
	case !m.reachable():
		return ServerUnreachable, nil
	}
	ready := m.canEraseContents()
	switch cmp.Or(e.Behavior, Default) {
	case Always:
		m.obliterate()
	case ObliterateWithWarning:
		m.eraseOr(ready, (*Mac).obliterate)
	case DoNotObliterate:
		if !ready {
			return PreflightFailed, nil
		}
		m.eraseContents()
	case Default:
		m.eraseOr(ready, (*Mac).obliterate)
		if !ready {
			return PreflightFailed, nil
		}
	default:
		return "", fmt.Errorf("behavior: %q is none of Default, DoNotObliterate, ObliterateWithWarning, Always", e.Behavior)
	}
	return NotRefused, nil
}

func (m *Mac) eraseOr(ready bool, otherwise func(*Mac)) {
	if ready {
		m.eraseContents()
		return
	}
	otherwise(m)
}

// canEraseContents is the preflight. Between 12 and 13.3 no source tells its
// answer, but it is made. documented.
func (m *Mac) canEraseContents() bool {
	if m.Chip == Intel || !m.OS.AtLeast(12) {
		return false
	}
	if m.OS.AtLeast(13, 3) {
		return m.Preflight() == "success"
	}
	return m.Chip == T2 || m.getsBootstrap()
}

// eraseContents leaves the system and nothing of its users. What the server
// keeps, it keeps.
func (m *Mac) eraseContents() {
	m.Accounts, m.OrphanCryptoUsers, m.CryptoOrder, m.Sessions = nil, nil, nil, nil
	m.Groups, m.Jobs, m.Packages, m.Files = nil, nil, nil, nil
	m.Console, m.Directory, m.Policy, m.Proxy = Console{}, Directory{}, Policy{}, Proxy{}
	m.Bootstrap = Bootstrap{Last: m.Bootstrap.Last}
	m.FileVault = FileVault{RecoveryKey: RecoveryKey{Last: m.FileVault.RecoveryKey.Last}}
	m.Enrollment = Enrollment{}
	m.EACSPreflight = ""
	m.Phase = SetupAssistant
	m.complete()
}

// obliterate leaves no system either.
func (m *Mac) obliterate() {
	m.eraseContents()
	m.Phase = Wiped
}

// apply is a restore with another Mac. U13: assumed to be like a Mac from the
// factory.
func (e *Restore) apply(m *Mac) (Refusal, error) {
	m.eraseContents()
	m.Security = Security{Boot: FullSecurity, ActivationLock: m.Security.ActivationLock}
	return NotRefused, nil
}
