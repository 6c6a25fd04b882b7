package tool

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// id says who a user is. documented: man id, and Apple's source of it; -F is
// macOS's own; community: the eight stars of -P.
func id(m *state.Mac, c *Call) Reply {
	options, operands, ok := getopt(c.Args, "FGPagnpru")
	if !ok || len(operands) > 1 {
		return notSimulated(c)
	}
	a := c.caller(m)
	if len(operands) == 1 {
		if a, ok = userOf(m, operands[0]); !ok {
			return refused(1, "id: "+operands[0]+": no such user")
		}
	}
	given := letters(options)
	byName := strings.Contains(given, "n")
	switch mode := strings.Trim(given, "anr"); {
	case mode == "" && strings.Trim(given, "a") == "":
		return printed(idLine(m, a))
	case mode == "u":
		return printed(either(byName, a.Name, idNumber(a.UID)))
	case mode == "g":
		return printed(groupWord(m, a.PrimaryGroup(), byName))
	case mode == "G":
		return printed(groupWords(m, a, byName))
	case mode == "F":
		return printed(a.RealName)
	case mode == "P":
		return printed(passwordLine(a))
	case mode == "p" && len(operands) == 1:
		return printed("uid\t"+a.Name, "groups\t"+groupWords(m, a, true))
	}
	return notSimulated(c)
}

// userOf finds a user by name or, failing that, by number. documented. inferred:
// a network account is not found while its directory is away.
func userOf(m *state.Mac, word string) (*state.Account, bool) {
	a, ok := m.Account(word)
	if number, err := strconv.Atoi(word); !ok && err == nil {
		i := slices.IndexFunc(m.Accounts, func(a state.Account) bool { return a.UID == number })
		if ok = i >= 0; ok {
			a = &m.Accounts[i]
		}
	}
	if ok && a.Kind == state.Network && (m.Offline || m.Directory.Down || a.OffNode) {
		return nil, false
	}
	return a, ok
}

// idNumber is an ID without a sign. observed (26): nobody is 4294967294.
func idNumber(id int) string {
	return strconv.FormatUint(uint64(uint32(int32(id))), 10)
}

// idLine is the answer without any option.
func idLine(m *state.Mac, a *state.Account) string {
	var groups []string
	for _, gid := range groupsOf(m, a) {
		groups = append(groups, named(m, gid))
	}
	return fmt.Sprintf("uid=%s(%s) gid=%s groups=%s", idNumber(a.UID), a.Name, named(m, a.PrimaryGroup()), strings.Join(groups, ","))
}

// named is a group's ID, with its name in brackets if it has one.
func named(m *state.Mac, gid int) string {
	if name, ok := groupName(m, gid); ok {
		return idNumber(gid) + "(" + name + ")"
	}
	return idNumber(gid)
}

func groupWords(m *state.Mac, a *state.Account, byName bool) string {
	var words []string
	for _, gid := range groupsOf(m, a) {
		words = append(words, groupWord(m, gid, byName))
	}
	return strings.Join(words, " ")
}

// groupWord is a group by name, or by number if it is asked for or has no name.
func groupWord(m *state.Mac, gid int, byName bool) string {
	if name, ok := groupName(m, gid); ok && byName {
		return name
	}
	return idNumber(gid)
}

// groupName is what a group's ID is called. The groups that the state leaves out
// and that are somebody's own are named here. documented.
func groupName(m *state.Mac, gid int) (string, bool) {
	for i := range m.Groups {
		if m.Groups[i].GID == gid {
			return m.Groups[i].Name, true
		}
	}
	switch gid {
	case 0:
		return "wheel", true
	case 1:
		return "daemon", true
	case -2:
		return "nobody", true
	}
	return "", false
}

// groupsOf are the groups that an account is in, its own first. observed (26):
// the order of nobody's: those below 100, then the ones of share points, then
// the others; inferred: each in order, share points backwards.
func groupsOf(m *state.Mac, a *state.Account) []int {
	own := a.PrimaryGroup()
	var others []int
	for i := range m.Groups {
		if g := &m.Groups[i]; g.GID != own && m.IsMember(a, g) {
			others = append(others, g.GID)
		}
	}
	slices.SortFunc(others, func(a, b int) int { return groupRank(a) - groupRank(b) })
	return append([]int{own}, others...)
}

// groupRank is a group's place in the list.
func groupRank(gid int) int {
	switch {
	case gid < 100:
		return gid - 1<<20
	case gid >= 500:
		return -gid
	default:
		return gid
	}
}

// passwordLine is the user as passwd(5) has it. inferred: one star where there
// is no password.
func passwordLine(a *state.Account) string {
	stars := either(a.Kind == state.System, "*", "********")
	return fmt.Sprintf("%s:%s:%d:%d::0:0:%s:%s:%s", a.Name, stars, a.UID, a.PrimaryGroup(), a.RealName, a.Home, a.Shell)
}
