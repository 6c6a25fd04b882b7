package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// sudo runs a command as root or as another user. documented: man sudo; the
// simulator asks for no password, and whoever calls may.
func sudo(m *state.Mac, c *Call) Reply {
	user, rest := "root", c.Args
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' {
		switch rest[0] {
		case "-n", "-H", "-E", "-S":
		case "-k", "-K":
			if len(rest) == 1 {
				return Reply{}
			}
		case "-u":
			if len(rest) == 1 {
				return notSimulated(c)
			}
			user, rest = rest[1], rest[1:]
		case "--":
			return runAs(m, user, rest[1:], c)
		default:
			return notSimulated(c)
		}
		rest = rest[1:]
	}
	return runAs(m, user, rest, c)
}

// runAs lets another command follow. observed: the words about a user that does
// not exist.
func runAs(m *state.Mac, user string, argv []string, c *Call) Reply {
	a, ok := m.Account(user)
	switch {
	case len(argv) == 0:
		return notSimulated(c)
	case !ok:
		return refused(1, "sudo: unknown user "+user)
	}
	return Reply{Then: &Command{User: a.Name, Argv: argv}}
}
