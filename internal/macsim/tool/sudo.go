package tool

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// sudo runs a command as root or as another user. documented: man sudo. root
// and administrators may; the simulator asks no administrator for a password, as
// if it had been typed a moment ago.
func sudo(m *state.Mac, c *Call) Reply {
	options, argv, ok := getopt(c.Args, "nHESkKvu:")
	given := letters(options)
	alone := len(argv) == 0
	switch {
	case !ok || strings.ContainsAny(given, "Kv") && !alone:
		return notSimulated(c)
	case !c.isRoot() && !administers(m, c.User):
		return own(c.User + " is no administrator: what sudo asks and says then is not simulated")
	case alone && strings.ContainsAny(given, "kKv"):
		return Reply{}
	case alone || strings.Contains(argv[0], "="):
		return notSimulated(c)
	}
	return runAs(m, c, sudoUser(options), argv)
}

// sudoUser is the user asked for; root where none is.
func sudoUser(options []option) string {
	user := "root"
	for _, o := range options {
		if o.letter == 'u' {
			user = o.value
		}
	}
	return user
}

// runAs lets another command follow. community (sudo 1.9, other systems): the
// words about a user that does not exist; inferred: since 14, whose sudo is one
// of those.
func runAs(m *state.Mac, c *Call, user string, argv []string) Reply {
	a, ok := sudoAccount(m, user)
	switch {
	case !ok && m.OS.AtLeast(14):
		return refused(1, "sudo: unknown user "+user+"\nsudo: error initializing audit plugin sudoers_audit") //nolint:misspell // sudo's words
	case !ok:
		return unpublished(c, 1, "because there is no such user")
	}
	return Reply{Then: &Command{User: a.Name, Argv: argv}}
}

// sudoAccount finds a user by name, or by a number behind a "#". documented.
func sudoAccount(m *state.Mac, user string) (*state.Account, bool) {
	digits, byNumber := strings.CutPrefix(user, "#")
	if !byNumber {
		return knownAccount(m, user)
	}
	uid, err := strconv.Atoi(digits)
	i := slices.IndexFunc(m.Accounts, func(a state.Account) bool { return a.UID == uid })
	if err != nil || i < 0 {
		return nil, false
	}
	return &m.Accounts[i], true
}
