package tool

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// sysadminctl answers about accounts and Secure Tokens and changes them.
// observed (10.13.0 to 27.0): all of it is on the error stream, and the exit code
// is 0, refusals included.
func sysadminctl(m *state.Mac, c *Call) Reply {
	l := &nsLog{call: c}
	if len(c.Args) == 0 {
		l.add("%s", sysadminctlUsage)
		return l.reply()
	}
	o, ok := accountArguments(c.Args)
	switch {
	case !ok:
		return notSimulated(c)
	case o.verb == "-guestAccount":
		return o.guestAccount(l)
	case o.verb == "-secureTokenStatus" && !o.authorised() && !o.wantsCredentials(m):
		return o.tokenStatus(m, l)
	case !o.mayCall(c):
		return unpublished(c, 0, "without root")
	}
	if why := o.askPasswords(m, c); why != nil {
		return notAsked(c, 0, why)
	}
	if !o.authorise(m) {
		return unpublished(c, 0, "because nobody authorises it on the screen")
	}
	return o.do(m, l)
}

// do runs one of the verbs.
func (o *accountOptions) do(m *state.Mac, l *nsLog) Reply {
	if o.wantsCredentials(m) && !o.authorised() {
		l.add("Failed to authenticate with SystemAdministration framework.")
		return l.reply()
	}
	switch o.verb {
	case "-secureTokenStatus":
		return o.authorisedStatus(m, l)
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

// wantsCredentials says whether the tool does nothing without an administrator's
// credentials, not even for root. observed (10.13.2, 10.13.3 beta): of a status
// and of a new account; inferred: of the other verbs.
func (o *accountOptions) wantsCredentials(m *state.Mac) bool {
	return m.OS.AtLeast(10, 13, 2) && !m.OS.AtLeast(10, 13, 4)
}

// mayCall says who gets as far as the verb: root, and whoever names an
// administrator. community: that of the tokens; inferred: of the other verbs.
func (o *accountOptions) mayCall(c *Call) bool {
	return c.isRoot() || o.authorised() || o.verb == "-newPassword" || o.verb == "-secureTokenStatus"
}

// tokenStatus needs no root. observed (26.6): the full name, and the text about
// an unknown user; community: the full name in the days of 10.13 and 10.14 too.
func (o *accountOptions) tokenStatus(m *state.Mac, l *nsLog) Reply {
	if a, ok := knownAccount(m, o.subject()); ok {
		l.add("Secure token is %s for user %s", strings.ToUpper(string(a.Token.Says())), a.RealName)
	} else {
		l.add(unknownUser, o.subject())
	}
	return l.reply()
}

// authorisedStatus is the status for an administrator. community (10.13.2): a
// wrong password is complained about, and the answer comes all the same.
func (o *accountOptions) authorisedStatus(m *state.Mac, l *nsLog) Reply {
	why, err := o.authenticate(m, l.call)
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.GranterPassword || why == state.GranterUnknown:
		l.add(wrongAdministrator)
	}
	return o.tokenStatus(m, l)
}

// guestAccount tells of the guest. observed (11): both lines, the second for
// root; the simulated Mac has no guest that could log in.
func (o *accountOptions) guestAccount(l *nsLog) Reply {
	switch {
	case o.subject() == "status":
		l.add("Guest account disabled.")
	case o.subject() == "off" && l.call.isRoot():
		l.add("Guest account is already disabled")
	default:
		return notSimulated(l.call)
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
