package tool

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// sysadminctl answers about accounts and Secure Tokens and changes them.
// observed (10.13.0 to 27.0): all of it is on the error stream, and the exit code
// is 0, refusals included.
func sysadminctl(m *state.Mac, c *Call) Reply {
	o, ok := accountArguments(c.Args)
	l := &log{call: c}
	switch {
	case len(c.Args) == 0:
		l.add("%s", sysadminctlUsage)
		return l.reply()
	case !ok:
		return notSimulated(c)
	case o.verb == "-secureTokenStatus":
		return tokenStatus(m, l, o)
	case o.verb == "-guestAccount":
		return guestAccount(m, c, l, o)
	case !c.isRoot() && o.verb != "-newPassword":
		return unpublished(c, 0, "without root")
	}
	if why := o.askPasswords(m, c); why != nil {
		return notAsked(c, why)
	}
	return o.do(m, l)
}

// do runs one of the verbs that change an account.
func (o *accountOptions) do(m *state.Mac, l *log) Reply {
	switch o.verb {
	case "-secureTokenOn":
		return o.tokenOn(m, l)
	case "-secureTokenOff":
		return o.tokenOff(m, l)
	case "-resetPasswordFor":
		return o.resetPassword(m, l)
	case "-newPassword":
		return o.changePassword(m, l)
	case "-addUser":
		return o.addUser(m, l)
	default:
		return o.deleteUser(m, l)
	}
}

// tokenStatus needs no root. observed (26.6): the text about an unknown user.
func tokenStatus(m *state.Mac, l *log, o accountOptions) Reply {
	if a, ok := m.Account(o.user); ok {
		l.add("Secure token is %s for user %s", strings.ToUpper(string(a.Token.Says())), displayName(m, a))
	} else {
		l.add("Unknown user %s", o.user)
	}
	return l.reply()
}

// displayName is what sysadminctl calls a user. observed: the full name on
// 26.6, the short one on 10.13.0; inferred: that it changed with 11.
func displayName(m *state.Mac, a *state.Account) string {
	if m.OS.AtLeast(11) {
		return a.RealName
	}
	return a.Name
}

// guestAccount tells of the guest. observed (11): both lines; the simulated Mac
// has no guest that could log in.
func guestAccount(_ *state.Mac, c *Call, l *log, o accountOptions) Reply {
	switch o.user {
	case "status":
		l.add("Guest account disabled.")
	case "off":
		l.add("Guest account is already disabled")
	default:
		return notSimulated(c)
	}
	return l.reply()
}

// sysadminctlUsage is what the tool prints without arguments. observed (13.2.1),
// apart from the blanks before the lines, which the copy has lost.
const sysadminctlUsage = `Usage: sysadminctl
-deleteUser <user name> [-secure || -keepHome] (interactive || -adminUser <administrator user name> -adminPassword <administrator password>)
-newPassword <new password> -oldPassword <old password> [-passwordHint <password hint>]
-resetPasswordFor <local user name> -newPassword <new password> [-passwordHint <password hint>] (interactive] || -adminUser <administrator user name> -adminPassword <administrator password>)
-addUser <user name> [-fullName <full name>] [-UID <user ID>] [-GID <group ID>] [-shell <path to shell>] [-password <user password>] [-hint <user hint>] [-home <full path to home>] [-admin] [-roleAccount] [-picture <full path to user image>] (interactive] || -adminUser <administrator user name> -adminPassword <administrator password>)
-secureTokenStatus <user name>
-secureTokenOn <user name> -password <password> (interactive || -adminUser <administrator user name> -adminPassword <administrator password>)
-secureTokenOff <user name> -password <password> (interactive || -adminUser <administrator user name> -adminPassword <administrator password>)
-autologin set -userName <user name> [-password <user password>] || off || status (interactive || -adminUser <administrator user name> -adminPassword <administrator password>)
-guestAccount <on || off || status>
-afpGuestAccess <on || off || status>
-smbGuestAccess <on || off || status>
-automaticTime <on || off || status>
-filesystem status
-screenLock <status || immediate || off || seconds> -password <password>

Pass '-' instead of password in commands above to request prompt.
'-adminPassword' used mostly for scripted operation. Use '-' or 'interactive' to get the authentication string interactively. This preferred for security reasons

*Role accounts require name starting with _ and UID in 200-400 range.`
