package state

import (
	"cmp"
	"errors"
	"fmt"
)

// apply changes the own password. community: a user whose token has drifted
// cannot, since the token does not open with what is typed.
func (e *ChangePassword) apply(m *Mac) (Refusal, error) {
	a, ok := m.Account(e.User)
	if !ok {
		return UnknownAccount, nil
	}
	old := typed(e.Old, a.Password)
	switch {
	case !m.verify(a, old):
		return WrongPassword, nil
	case a.Drifted():
		return NeedsToken, nil
	case m.tooShort(e.New):
		return PasswordPolicy, nil
	}
	if a.Keychain == "" {
		a.Keychain = e.New // the keychain comes along
	}
	m.setPassword(a, e.New, false)
	if a.Holds() {
		a.Token.Password = e.New
	}
	return NotRefused, nil
}

// apply sets a password without the old one. What becomes of the token decides
// who did it and how; see [Mac.resetByRoot] and [Mac.writeHash].
func (e *ResetPassword) apply(m *Mac) (Refusal, error) {
	a, ok := m.Account(e.User)
	if !ok {
		return UnknownAccount, nil
	}
	switch cmp.Or(e.By, ByAdmin) {
	case ByAdmin:
		return m.resetByAdmin(a, e), nil
	case ByRoot, ByRootDscl, ByRootPasswd:
		return m.resetByRoot(a, e), nil
	case ByMDMHash:
		return m.resetByServer(a, e.New), nil
	case ByAgent:
		m.writeHash(a, e.New)
		if m.Switches.AgentResetRemovesToken && a.Holds() {
			a.Token = Token{}
			a.FileVault, a.Preboot = false, false
			m.left(a.GUID)
		}
	case ByHash:
		m.writeHash(a, e.New)
	default:
		return "", fmt.Errorf("by: %q is none of admin, root, dscl, passwd, hash, mdm, agent", e.By)
	}
	return NotRefused, nil
}

// resetByAdmin is done with an administrator's credentials. community: the token
// of the user comes along if the administrator holds one.
func (m *Mac) resetByAdmin(a *Account, e *ResetPassword) Refusal {
	granter, why := m.authorise(e.Granter, e.GranterPassword)
	switch {
	case granter == nil:
		return why
	case a.Holds() && !granter.Usable():
		return NeedsToken
	case m.tooShort(e.New):
		return PasswordPolicy
	}
	m.setPassword(a, e.New, false)
	if a.Holds() {
		a.Token.Password, a.Token.CryptoUser = e.New, true
	}
	return NotRefused
}

// resetByRoot is done without credentials. community: 10.13 lets it happen and
// the token drifts, since 10.14 it is refused for a token holder; X6 and X7
// contest that.
func (m *Mac) resetByRoot(a *Account, e *ResetPassword) Refusal {
	switch {
	case m.tooShort(e.New):
		return PasswordPolicy
	case !a.Holds() || !m.OS.AtLeast(10, 14):
		m.setPassword(a, e.New, false)
	case e.By == ByRootPasswd && m.Switches.RootPasswdDrifts:
		m.writeHash(a, e.New)
	case e.By == ByRoot && m.Switches.RootResetsSoleHolder && m.holders() == 1:
		m.setPassword(a, e.New, false)
		a.Token.Password = e.New
	default:
		return NeedsToken
	}
	return NotRefused
}

// resetByServer is SetAutoAdminPassword. documented: of the managed
// administrator, after an automated enrolment.
func (m *Mac) resetByServer(a *Account, password string) Refusal {
	switch {
	case !m.Enrollment.DEP:
		return NotEnrolledYet
	case !m.reachable():
		return ServerUnreachable
	case !a.Managed:
		return NotPermitted
	}
	m.writeHash(a, password)
	return NotRefused
}

// writeHash puts a new hash into the record. The token never learns of it.
// community.
func (m *Mac) writeHash(a *Account, password string) {
	m.setPassword(a, password, true)
}

func (e *DirectoryPassword) apply(m *Mac) (Refusal, error) {
	a, ok := m.Account(e.User)
	switch {
	case !ok:
		return UnknownAccount, nil
	case a.OriginalNode == "":
		return "", errors.New("user: not an account of a directory")
	}
	a.Directory = e.New
	return NotRefused, nil
}
