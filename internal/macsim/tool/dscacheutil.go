package tool

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// dscacheutil looks one user or group up as programs do, and empties a cache
// that the simulated Mac has not. documented: man dscacheutil, and the source of
// version 10.6, which is public: what is not found prints nothing.
func dscacheutil(m *state.Mac, c *Call) Reply {
	switch {
	case c.is("-flushcache"):
		return Reply{}
	case len(c.Args) != 5 || c.Args[0] != "-q" || c.Args[2] != "-a":
		return notSimulated(c)
	}
	key, value := c.Args[3], c.Args[4]
	switch strings.ToLower(c.Args[1] + " " + key) {
	case "user name":
		a, ok := knownAccount(m, value)
		return cachedUser(a, ok)
	case "user uid":
		i := slices.IndexFunc(m.Accounts, func(a state.Account) bool { return strconv.Itoa(a.UID) == value })
		if i < 0 {
			return Reply{}
		}
		a, ok := knownAccount(m, m.Accounts[i].Name)
		return cachedUser(a, ok)
	case "group name":
		g, ok := m.Group(value)
		return cachedGroup(m, g, ok)
	case "group gid":
		i := slices.IndexFunc(m.Groups, func(g state.Group) bool { return strconv.Itoa(g.GID) == value })
		if i < 0 {
			return Reply{}
		}
		return cachedGroup(m, &m.Groups[i], true)
	}
	return notSimulated(c)
}

// cachedUser is an entry of the password file. documented: in the source.
func cachedUser(a *state.Account, found bool) Reply {
	if !found {
		return Reply{}
	}
	return printed(
		"name: "+a.Name,
		"password: "+shownPassword(a),
		fmt.Sprintf("uid: %d", a.UID),
		fmt.Sprintf("gid: %d", a.PrimaryGroup()),
		"dir: "+a.Home,
		"shell: "+a.Shell,
		"gecos: "+a.RealName,
		"",
	)
}

// cachedGroup is an entry of the file of groups. documented: in the source;
// community: the blank after the last member.
func cachedGroup(m *state.Mac, g *state.Group, found bool) Reply {
	if !found {
		return Reply{}
	}
	lines := []string{"name: " + g.Name, "password: *", fmt.Sprintf("gid: %d", g.GID)}
	if names, _ := m.Members(g); len(names) > 0 {
		lines = append(lines, "users: "+strings.Join(names, " ")+" ")
	}
	return printed(append(lines, "")...)
}
