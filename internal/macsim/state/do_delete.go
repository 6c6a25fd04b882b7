package state

import (
	"cmp"
	"fmt"
	"slices"
)

// apply removes the account. community: the last administrator and the last
// token holder stay; dscl removes no holder at all; a record that is removed
// past the directory leaves its cryptographic user behind.
func (e *Delete) apply(m *Mac) (Refusal, error) {
	a, ok := m.Account(e.User)
	if !ok {
		return UnknownAccount, nil
	}
	with := cmp.Or(e.With, BySysadminctl)
	switch {
	case !slices.Contains([]Remover{BySysadminctl, ByDscl, ByMDM, ByHand}, with):
		return "", fmt.Errorf("with: %q is none of sysadminctl, dscl, mdm, rm", with)
	case with == ByMDM && m.Enrollment.MDM == NotEnrolled:
		return NotEnrolledYet, nil
	case with == ByMDM && !m.reachable():
		return ServerUnreachable, nil
	case with == ByMDM && !m.Supervised(): // documented
		return NotPermitted, nil
	case with == ByDscl && a.Holds():
		return NotPermitted, nil
	case with == ByHand:
		m.leaveOrphan(a)
	case with == ByDscl:
	case a.Holds() && m.holders() == 1 || m.IsAdmin(a) && m.admins() == 1:
		return LastOne, nil
	}
	m.removeAccount(*a, with == ByHand || with == ByDscl)
	return NotRefused, nil
}

// leaveOrphan keeps an account's cryptographic user on the volume.
func (m *Mac) leaveOrphan(a *Account) {
	if a.Token.CryptoUser {
		m.OrphanCryptoUsers = append(m.OrphanCryptoUsers, CryptoUser{a.GUID, LocalOpenDirectory, a.Token.VolumeOwner})
	}
}

// removeAccount takes the record away, and, unless they stay behind, what other
// records say of it.
func (m *Mac) removeAccount(a Account, leftovers bool) {
	if admin, ok := m.Group(AdminGroup); ok && leftovers {
		if a.Admin.Name {
			admin.Names = append(admin.Names, a.Name)
		}
		if a.Admin.GUID {
			admin.GUIDs = append(admin.GUIDs, a.GUID)
		}
	}
	if !leftovers {
		m.left(a.GUID)
		for i := range m.Groups {
			m.Groups[i].Names = without(m.Groups[i].Names, a.Name)
			m.Groups[i].GUIDs = without(m.Groups[i].GUIDs, a.GUID)
		}
	}
	m.closeSessions(a.Name)
	if m.Console.User == a.Name {
		m.Console = Console{Background: m.Console.Background}
	}
	m.Console.Background = without(m.Console.Background, a.Name)
	m.Accounts = slices.DeleteFunc(m.Accounts, func(b Account) bool { return b.GUID == a.GUID })
	if isSystemAccount(a.Name) {
		m.Absent = append(m.Absent, a.Name) // or the state file would bring it back
	}
}

// without returns the list without a value, nil where nothing is left.
func without(list []string, value string) []string {
	var kept []string
	for _, v := range list {
		if v != value {
			kept = append(kept, v)
		}
	}
	return kept
}
