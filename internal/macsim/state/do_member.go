package state

import (
	"cmp"
	"fmt"
)

func (e *MemberAdd) apply(m *Mac) (Refusal, error) {
	return m.member(e.User, e.Group, e.Name || !e.GUID, e.GUID || !e.Name, true)
}

func (e *MemberRemove) apply(m *Mac) (Refusal, error) {
	return m.member(e.User, e.Group, e.Name || !e.GUID, e.GUID || !e.Name, false)
}

// member adds to and removes from the two lists of a group. A name or GUID that
// no account has can be removed as well.
func (m *Mac) member(user, group string, byName, byGUID, in bool) (Refusal, error) {
	g, ok := m.Group(cmp.Or(group, AdminGroup))
	if !ok {
		return "", fmt.Errorf("group: there is no group %q", group)
	}
	a, ok := m.Account(user)
	switch {
	case !ok && in:
		return UnknownAccount, nil
	case !ok:
		g.Names, g.GUIDs = without(g.Names, user), without(g.GUIDs, user)
		return NotRefused, nil
	}
	if byName {
		m.list(g, &g.Names, &a.Admin.Name, a.Name, in)
	}
	if byGUID {
		m.list(g, &g.GUIDs, &a.Admin.GUID, a.GUID, in)
	}
	return NotRefused, nil
}

// list changes one list: of the group admin the account's own entry, otherwise
// the group's.
func (m *Mac) list(g *Group, values *[]string, own *bool, value string, in bool) {
	if g.Name == AdminGroup {
		*own = in
	}
	*values = without(*values, value)
	if in && g.Name != AdminGroup {
		*values = append(*values, value)
	}
}

func (e *Tag) apply(m *Mac) (Refusal, error) {
	return m.on(e.User, func(a *Account) { a.DisabledTag = !e.Off })
}

func (e *Hide) apply(m *Mac) (Refusal, error) {
	return m.on(e.User, func(a *Account) { a.Hidden = !e.Off })
}

func (e *Disable) apply(m *Mac) (Refusal, error) {
	return m.on(e.User, func(a *Account) { a.Disabled = !e.Off })
}

func (m *Mac) on(user string, change func(*Account)) (Refusal, error) {
	a, ok := m.Account(user)
	if !ok {
		return UnknownAccount, nil
	}
	change(a)
	return NotRefused, nil
}
