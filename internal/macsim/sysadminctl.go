package macsim

import (
	"fmt"
	"strings"
)

// sysadminctl answers for one user's Secure Token. observed (10.13.0 to 26.6):
// all of it is on the error stream, and the exit code is 0.
func (m *Mac) sysadminctl(c Call) Reply {
	if len(c.Args) != 2 || c.Args[0] != "-secureTokenStatus" {
		return notSimulated(c)
	}
	a, ok := m.account(c.Args[1])
	if !ok {
		// observed (26.6): the text; inferred: exit code 0, as with everything else.
		return logged(c, "Unknown user "+c.Args[1])
	}
	return logged(c, fmt.Sprintf("Secure token is %s for user %s", strings.ToUpper(string(a.Token.status())), m.displayName(a)))
}

// displayName is what sysadminctl calls a user. observed: the full name on
// 26.6, the short one on 10.13.0; inferred: that it changed with 11.
func (m *Mac) displayName(a Account) string {
	if m.OS.atLeast(11) {
		return a.RealName
	}
	return a.Name
}

// logged is a line in the form of NSLog: local time without a zone, process,
// thread. The thread's number is made up from the process's.
func logged(c Call, message string) Reply {
	stamp := c.At.Format("2006-01-02 15:04:05.000")
	return Reply{Stderr: fmt.Sprintf("%s sysadminctl[%d:%d] %s\n", stamp, c.PID, 10*c.PID+7, message)}
}
