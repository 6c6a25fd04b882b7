package tool

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// dseditgroup reads a group, changes who belongs to it, and says whether
// somebody does. documented: man dseditgroup, and the source of version 10.7,
// which is public. Making and removing groups is not simulated.
func dseditgroup(m *state.Mac, c *Call) Reply {
	o, r := groupOptionsOf(c)
	if r != (Reply{}) {
		return r
	}
	switch {
	case strings.HasPrefix(o.node, "/Active Directory") && m.Directory.Forest != "":
		return notSimulated(c)
	case !strings.HasPrefix(o.node, ".") && o.node != localNode && o.node != searchNode:
		return refused(64, "Error locating specified node.")
	}
	g, ok := m.Group(o.group)
	if !ok {
		return refused(64, "Group not found.") // community
	}
	switch strings.ToLower(o.operation) {
	case "checkmember":
		return checkMember(m, c, o, g)
	case "edit":
		return editGroup(m, c, o)
	case "read", "":
		return readGroup(m, g)
	}
	return notSimulated(c)
}

// checkMember says whether a user belongs to the group, itself or by a group
// within. community: the words and exit codes.
func checkMember(m *state.Mac, c *Call, o groupOptions, g *state.Group) Reply {
	user := o.member
	if user == "" {
		user = o.user
	}
	if user == "" {
		user = c.caller(m).Name
	}
	a, ok := knownAccount(m, user)
	switch {
	case !ok:
		return refused(64, "Unable to find the user record")
	case m.IsMember(a, g):
		return printed(fmt.Sprintf("yes %s is a member of %s", user, o.group))
	}
	return Reply{Exit: 67, Stdout: fmt.Sprintf("no %s is NOT a member of %s\n", user, o.group)}
}

// editGroup adds a user or removes one, by name and by GUID. documented: in the
// source, first the one and then the other; community: it prints nothing.
func editGroup(m *state.Mac, c *Call, o groupOptions) Reply {
	if !strings.EqualFold(o.kind, "user") {
		return notSimulated(c)
	}
	if r := authoriseEdit(m, c, o); r != (Reply{}) {
		return r
	}
	if o.add != "" {
		r := changeMembership(m, c, o.add, func(user string) state.Event { return &state.MemberAdd{User: user, Group: o.group} })
		if r != (Reply{}) {
			return r
		}
	}
	if o.remove == "" {
		return Reply{}
	}
	return changeMembership(m, c, o.remove, func(user string) state.Event { return &state.MemberRemove{User: user, Group: o.group} })
}

// authoriseEdit wants root or an administrator's credentials. documented: in
// the source; community: the first refusal; inferred: that nobody else may.
func authoriseEdit(m *state.Mac, c *Call, o groupOptions) Reply {
	if c.isRoot() && o.password == nil {
		return Reply{}
	}
	user := o.user
	if user == "" {
		user = c.caller(m).Name
	}
	if o.password == nil {
		return refused(64, "Username and password must be provided.")
	}
	why, err := m.Do(c.At, &state.Authenticate{User: user, Password: o.password})
	if err != nil {
		return own(err.Error())
	}
	admins, _ := m.Group(state.AdminGroup)
	a, ok := m.Account(user)
	switch {
	case why != state.NotRefused:
		return refused(64, "Failed to set credentials.")
	case !ok || admins == nil || !m.IsMember(a, admins):
		return unpublished(c, 64, "for want of an administrator's credentials")
	}
	return Reply{}
}

// changeMembership looks the user up and lets it happen. documented: in the
// source, also that the number of the error itself is what it ends with.
func changeMembership(m *state.Mac, c *Call, user string, event func(string) state.Event) Reply {
	a, ok := knownAccount(m, user)
	if !ok {
		return refused(-int(noRecord)&0xff, "Record was not found.")
	}
	why, err := m.Do(c.At, event(a.Name))
	switch {
	case err != nil:
		return own(err.Error())
	case why != state.NotRefused:
		return unpublished(c, 64, "("+string(why)+")")
	}
	return Reply{}
}

// readGroup shows the standard attributes of the group. documented: in the
// source, that they go to the error stream; community: the form; inferred: the
// order, which on a Mac is none.
func readGroup(m *state.Mac, g *state.Group) Reply {
	var b strings.Builder
	for _, a := range groupRecord(m, g) {
		b.WriteString(a.fullName() + " -\n")
		for _, v := range a.values {
			b.WriteString("\t\t" + shownByCF(v) + "\n")
		}
	}
	return Reply{Stderr: b.String()}
}

// shownByCF is a text as Core Foundation's debugging function prints it.
// community: that it escapes what is beyond ASCII; inferred: with these letters.
func shownByCF(s string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		if unit < 0x80 {
			b.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
