package tool

import (
	"fmt"
	"strconv"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// launchdAsUser starts a program in the session of a user. documented: man
// launchctl: it keeps the caller's user, so that scripts put sudo -u after it;
// community: the refusal, with an audit session of which the number is made up.
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
	user, argv := afterSudo(c.User, args[1:])
	return Reply{Then: &Command{User: user, Argv: argv}}
}

// afterSudo takes a sudo -u away from the front of a command: there is no sudo
// among the tools, and root needs no password for it. documented: man sudo.
func afterSudo(user string, argv []string) (string, []string) {
	if len(argv) > 3 && (argv[0] == "sudo" || argv[0] == "/usr/bin/sudo") && argv[1] == "-u" {
		return argv[2], argv[3:]
	}
	return user, argv
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
