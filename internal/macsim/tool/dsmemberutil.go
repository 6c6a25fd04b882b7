package tool

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// dsmemberutil says who belongs to which group, and what GUID or number somebody
// has. documented: man dsmemberutil, and the source of version 10.7, which is
// public. Windows security identifiers are not simulated.
func dsmemberutil(m *state.Mac, c *Call) Reply {
	if len(c.Args) == 0 {
		return notSimulated(c)
	}
	options := c.Args[1:]
	switch command := strings.ToLower(c.Args[0]); {
	case command == "checkmembership":
		return checkMembership(m, c, options)
	case command == "getuuid":
		return getUUID(m, c, options)
	case command == "getid":
		return getID(m, c, options)
	case command == "flushcache" && len(options) == 0:
		return Reply{}
	}
	return notSimulated(c)
}

// holder is a user or a group, by its GUID.
type holder struct {
	guid  string
	user  *state.Account // nil: no account has that GUID
	group *state.Group   // nil: no group has it
}

// checkMembership answers with exit code 0 either way. community.
func checkMembership(m *state.Mac, c *Call, options []string) Reply {
	if len(options) != 4 || !isOption(options[0], "uUx") || !isOption(options[2], "gGX") {
		return unpublished(c, 22, "because of its options")
	}
	user, r := findHolder(m, c, options[0], options[1])
	if r != (Reply{}) {
		return r
	}
	group, r := findHolder(m, c, options[2], options[3])
	switch {
	case r != (Reply{}):
		return r
	case user.user == nil && options[0] == "-x" || group.group == nil && options[2] == "-X":
		return unpublished(c, 1, "because nothing has that GUID")
	case user.user != nil && group.group != nil && m.IsMember(user.user, group.group):
		return printed("user is a member of the group")
	}
	return printed("user is not a member of the group")
}

// getUUID prints the GUID of a user or a group. documented: in the source, that
// a refusal is on standard output.
func getUUID(m *state.Mac, c *Call, options []string) Reply {
	if len(options) != 2 || !isOption(options[0], "ugUG") {
		return unpublished(c, 22, "because of its options")
	}
	h, r := findHolder(m, c, options[0], options[1])
	switch {
	case r.Exit == notThere:
		what := either(options[0] == "-U", "user", "group")
		return Reply{Exit: 5, Stdout: fmt.Sprintf("There is no uuid for %s %s\n", what, options[1])}
	case r != (Reply{}):
		return r
	}
	return printed(h.guid)
}

// getID prints the number of a user or a group. documented: in the source, also
// the exit code 0 where there is none.
func getID(m *state.Mac, c *Call, options []string) Reply {
	if len(options) != 2 || !isOption(options[0], "UGxX") {
		return unpublished(c, 22, "because of its options")
	}
	h, r := findHolder(m, c, options[0], options[1])
	switch {
	case r.Exit == notThere:
		return Reply{Stdout: "id not found\n", Stderr: r.Stderr}
	case r != (Reply{}):
		return r
	case h.user != nil:
		return printed(fmt.Sprintf("uid: %d", h.user.UID))
	case h.group != nil:
		return printed(fmt.Sprintf("gid: %d", h.group.GID))
	}
	return unpublished(c, 1, "because nothing has that GUID")
}

// isOption says whether an argument is one of these options. A number or name of
// its own must follow it.
func isOption(arg, letters string) bool {
	return len(arg) == 2 && arg[0] == '-' && strings.IndexByte(letters, arg[1]) >= 0
}

// notThere is the exit code where a name is nobody's. community.
const notThere = 7

// findHolder looks somebody up. A number that nobody has makes a GUID all the same.
// community: the words for a user; documented: in the source, those for a group;
// inferred: the GUID of a number that nobody has, from those of the system.
func findHolder(m *state.Mac, c *Call, option, value string) (holder, Reply) {
	switch option {
	case "-U":
		if a, ok := knownAccount(m, value); ok {
			return holder{guid: a.GUID, user: a}, Reply{}
		}
		return holder{}, refused(notThere, "The user "+value+" cannot be found")
	case "-G":
		if g, ok := m.Group(value); ok {
			return holder{guid: g.GUID, group: g}, Reply{}
		}
		return holder{}, refused(notThere, "The group "+value+" cannot be found")
	case "-x", "-X":
		return findGUID(m, c, strings.ToUpper(value))
	}
	number, err := strconv.Atoi(value)
	if err != nil {
		return holder{}, unpublished(c, 22, "because an ID is no number")
	}
	if option == "-u" {
		return userNumbered(m, number), Reply{}
	}
	return groupNumbered(m, number), Reply{}
}

func findGUID(m *state.Mac, c *Call, guid string) (holder, Reply) {
	if !isUUID(guid) {
		return holder{}, unpublished(c, 1, "because a GUID is none")
	}
	h := holder{guid: guid}
	if i := slices.IndexFunc(m.Accounts, func(a state.Account) bool { return a.GUID == guid }); i >= 0 {
		h.user = &m.Accounts[i]
	}
	if i := slices.IndexFunc(m.Groups, func(g state.Group) bool { return g.GUID == guid }); i >= 0 {
		h.group = &m.Groups[i]
	}
	return h, Reply{}
}

func userNumbered(m *state.Mac, uid int) holder {
	i := slices.IndexFunc(m.Accounts, func(a state.Account) bool { return a.UID == uid })
	if i < 0 {
		return holder{guid: state.SystemGUID(uid)}
	}
	return holder{guid: m.Accounts[i].GUID, user: &m.Accounts[i]}
}

func groupNumbered(m *state.Mac, gid int) holder {
	i := slices.IndexFunc(m.Groups, func(g state.Group) bool { return g.GID == gid })
	if i < 0 {
		return holder{guid: fmt.Sprintf("%s%08X", systemGroupPrefix, uint32(int32(gid)))}
	}
	return holder{guid: m.Groups[i].GUID, group: &m.Groups[i]}
}
