package state

import (
	"fmt"
	"slices"
)

// Group is a group record apart from what the accounts say of admin: its
// further members, which need not exist, and the groups in it.
//
// Of the group admin the accounts' own membership is in [Account.Admin]; what
// stands here comes on top, such as a name that was left behind by a deleted
// account, a second entry for an existing one, or a nested group.
type Group struct {
	Name       string   `yaml:"name"`
	OtherNames []string `yaml:"other_names,omitempty,flow"`
	RealName   string   `yaml:"real_name,omitempty"`
	GID        int      `yaml:"gid"`
	GUID       string   `yaml:"guid,omitempty"` // the system's pattern unless given
	Names      []string `yaml:"names,omitempty,flow"`
	GUIDs      []string `yaml:"guids,omitempty,flow"`
	Nested     []string `yaml:"nested,omitempty,flow"` // GUIDs of groups
}

// AdminGroup is the group whose members administer the Mac.
const AdminGroup = "admin"

// systemGroups are those of every Mac, of which a real one has many more.
// observed (15, 26): ids, names and nesting.
func systemGroups() []Group {
	return []Group{
		{Name: AdminGroup, OtherNames: []string{`BUILTIN\Administrators`}, RealName: "Administrators", GID: 80},
		{Name: "everyone", OtherNames: []string{`BUILTIN\Everyone`}, RealName: "Everyone", GID: 12},
		{Name: "localaccounts", RealName: "Local Accounts", GID: 61},
		{Name: "staff", OtherNames: []string{`BUILTIN\Users`}, RealName: "Staff", GID: 20, Names: []string{"root"}, GUIDs: []string{SystemGUID(0)}},
		{Name: "_lpadmin", OtherNames: []string{"lpadmin", `BUILTIN\Print Operators`}, RealName: "Print Administrators", GID: 98, Nested: []string{groupGUID(80)}},
		{Name: "_lpoperator", RealName: "Print Operator", GID: 100, Nested: []string{groupGUID(61), groupGUID(98)}},
	}
}

// groupGUID is the GUID of a system group: a fixed prefix and the group ID.
// observed (26).
func groupGUID(gid int) string {
	return fmt.Sprintf("ABCDEFAB-CDEF-ABCD-EFAB-CDEF%08X", uint32(int32(gid)))
}

// Group returns the group with that name, in the Mac itself.
func (m *Mac) Group(name string) (*Group, bool) {
	for i := range m.Groups {
		g := &m.Groups[i]
		if g.Name == name || slices.Contains(g.OtherNames, name) {
			return g, true
		}
	}
	return nil, false
}

// Members are the two lists of a group as its record shows them: names and
// GUIDs, those of accounts first.
func (m *Mac) Members(g *Group) (names, guids []string) {
	if g.Name == AdminGroup {
		for i := range m.Accounts {
			a := &m.Accounts[i]
			if a.Admin.Name {
				names = append(names, a.Name)
			}
			if a.Admin.GUID {
				guids = append(guids, a.GUID)
			}
		}
	}
	return append(names, g.Names...), append(guids, g.GUIDs...)
}

// IsMember says whether the account belongs to the group, itself or by a group
// within it. documented: everyone is in everyone, local accounts are in
// localaccounts, and an account is in its primary group.
func (m *Mac) IsMember(a *Account, g *Group) bool {
	return m.isMember(a, g, map[string]bool{})
}

func (m *Mac) isMember(a *Account, g *Group, seen map[string]bool) bool {
	if seen[g.GUID] {
		return false
	}
	seen[g.GUID] = true
	names, guids := m.Members(g)
	direct := slices.Contains(guids, a.GUID) || slices.ContainsFunc(a.Names(), func(n string) bool { return slices.Contains(names, n) })
	local := g.GID == 61 && a.Kind != Network
	if direct || g.GID == 12 || local || g.GID == a.PrimaryGroup() {
		return true
	}
	for i := range m.Groups {
		if slices.Contains(g.Nested, m.Groups[i].GUID) && m.isMember(a, &m.Groups[i], seen) {
			return true
		}
	}
	return false
}

// admins counts the accounts that administer the Mac and can log in.
func (m *Mac) admins() int {
	n := 0
	for _, a := range m.People() {
		if m.IsAdmin(a) && a.Kind != Role && a.Kind != Sharing {
			n++
		}
	}
	return n
}
