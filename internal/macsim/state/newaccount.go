package state

import (
	"cmp"
	"fmt"
)

// newAccount adds an account and fills in what nobody has chosen.
func (m *Mac) newAccount(a Account) (*Account, error) {
	a.UID = cmp.Or(a.UID, m.freeUID(a.Kind))
	a.GUID = cmp.Or(a.GUID, m.freeGUID(a.Name))
	a.Set.Created = m.Clock
	a.Hidden = a.Hidden || a.Kind == Service
	a.complete(m.OS)
	m.Accounts = append(m.Accounts, a)
	if err := m.check(); err != nil {
		return nil, err
	}
	return &m.Accounts[len(m.Accounts)-1], nil
}

func (m *Mac) freeUID(kind Kind) int {
	uid := 501
	if kind == Role {
		uid = 300 // documented: from 200 to 400, of which macOS has the lower ones
	}
	for m.taken(func(a *Account) bool { return a.UID == uid }) {
		uid++
	}
	return uid
}

// freeGUID makes the same GUID for the same name on the same Mac, unless the
// volume remembers an earlier account of that name.
func (m *Mac) freeGUID(name string) string {
	for i := 0; ; i++ {
		guid := derivedUUID(m.HardwareUUID, fmt.Sprintf("account %s %d", name, i))
		orphan := false
		for _, u := range m.OrphanCryptoUsers {
			orphan = orphan || u.UUID == guid
		}
		if !orphan && !m.taken(func(a *Account) bool { return a.GUID == guid }) {
			return guid
		}
	}
}

func (m *Mac) taken(by func(*Account) bool) bool {
	for i := range m.Accounts {
		if by(&m.Accounts[i]) {
			return true
		}
	}
	return false
}
