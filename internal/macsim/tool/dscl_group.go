package tool

import (
	"slices"
	"strconv"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// changeGroup changes an attribute of a group's record.
func (d directory) changeGroup(p place, key string, values []string) Reply {
	g, _ := d.m.Group(p.name)
	names, guids := d.m.Members(g)
	switch {
	case len(values) != 1:
		return notSimulated(d.c)
	case key == "GroupMembership" && d.verb != "create":
		return d.changeNamedMember(g, names, values[0])
	case key == "GroupMembers" && d.verb != "create":
		return d.changeMemberGUID(g, guids, values[0])
	case key == "NestedGroups" && d.verb != "create":
		return d.changeList(&g.Nested, g.Nested, values[0])
	case key == "RealName" && d.verb == "create":
		return d.set(func() { g.RealName = values[0] })
	case key == "PrimaryGroupID" && d.verb == "create":
		return d.createGID(g, values[0])
	}
	return notSimulated(d.c)
}

// changeNamedMember changes the list of names, which leaves the GUIDs alone.
// observed (26). A name need not be anybody's.
func (d directory) changeNamedMember(g *state.Group, names []string, value string) Reply {
	i := slices.IndexFunc(d.m.Accounts, func(a state.Account) bool { return a.Name == value })
	if i < 0 {
		return d.changeList(&g.Names, names, value)
	}
	return d.changeMember(names, value, &state.MemberAdd{User: value, Group: g.Name, Name: true},
		&state.MemberRemove{User: value, Group: g.Name, Name: true})
}

// changeMemberGUID changes the list of GUIDs, which leaves the names alone.
func (d directory) changeMemberGUID(g *state.Group, guids []string, value string) Reply {
	i := slices.IndexFunc(d.m.Accounts, func(a state.Account) bool { return a.GUID == value })
	if i < 0 {
		return d.changeList(&g.GUIDs, guids, value)
	}
	user := d.m.Accounts[i].Name
	return d.changeMember(guids, value, &state.MemberAdd{User: user, Group: g.Name, GUID: true},
		&state.MemberRemove{User: user, Group: g.Name, GUID: true})
}

func (d directory) changeMember(now []string, value string, add, remove state.Event) Reply {
	present := slices.Contains(now, value)
	switch {
	case d.verb == "delete" && !present:
		return noAttribute.status("attribute")
	case d.verb == "delete":
		return d.do("attribute", remove)
	case present:
		return Reply{}
	}
	return d.do("attribute", add)
}

// changeList adds a value to a list of a group or removes it. community: the
// refusal; inferred: a value that is there already stays the only one.
func (d directory) changeList(list *[]string, now []string, value string) Reply {
	present := slices.Contains(now, value)
	switch {
	case d.verb == "delete" && !present:
		return noAttribute.status("attribute")
	case d.verb == "delete":
		return d.set(func() { *list = slices.DeleteFunc(*list, func(v string) bool { return v == value }) })
	case present:
		return Reply{}
	}
	return d.set(func() { *list = append(*list, value) })
}

// createGID sets the group ID. observed (26): not one that is taken.
func (d directory) createGID(g *state.Group, value string) Reply {
	gid, err := strconv.Atoi(value)
	taken := slices.ContainsFunc(d.m.Groups, func(h state.Group) bool { return h.GID == gid && h.Name != g.Name })
	switch {
	case err != nil:
		return notSimulated(d.c)
	case taken:
		return alreadyExists.status("attribute")
	}
	return d.set(func() { g.GID = gid })
}
