package tool

import (
	"fmt"
	"strconv"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// launchdAsUser becomes a program in the session of a user. documented: man
// launchctl: it keeps the caller's user, so that scripts put sudo -u before the
// program; community: the refusal, with an audit session of which the number is
// made up.
func launchdAsUser(m *state.Mac, c *Call, args []string) Reply {
	if len(args) < 2 {
		return notSimulated(c)
	}
	uid, err := strconv.Atoi(args[0])
	if err != nil || uid < 0 {
		return notSimulated(c)
	}
	switch {
	case !c.isRoot():
		return refused(1, fmt.Sprintf("Could not switch to audit session 0x%x: 1: Operation not permitted", auditSession(0)))
	case !hasDomain(m, "gui/"+args[0]):
		return notSimulated(c) // nobody has published what becomes of a user who is not logged in
	}
	return Reply{Then: &Command{User: c.User, Argv: args[1:]}}
}

// launchdManagerName is the kind of the caller's own session. documented: System
// and Aqua; community: Background for a login from elsewhere.
func launchdManagerName(m *state.Mac, c *Call, args []string) Reply {
	switch {
	case len(args) > 0:
		return notSimulated(c)
	case c.isRoot():
		return printed("System")
	case hasDomain(m, "gui/"+strconv.Itoa(c.caller(m).UID)):
		return printed("Aqua")
	}
	return printed("Background")
}
