package tool

import (
	"errors"
	"io"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// passwd changes the password of the caller or of the user named. documented:
// man passwd; its options are not simulated.
//
// What is printed before the first question is part of the question, so that
// both come in the order of a terminal.
func passwd(m *state.Mac, c *Call) Reply {
	if len(c.Args) > 1 || len(c.Args) == 1 && strings.HasPrefix(c.Args[0], "-") {
		return notSimulated(c)
	}
	user := c.caller(m).Name
	if len(c.Args) == 1 {
		user = c.Args[0]
	}
	a, ok := knownAccount(m, user)
	switch {
	case ok && c.isRoot() && a.Kind == state.Network:
		return notSimulated(c)
	case ok && c.isRoot():
		return passwdByRoot(m, c, user)
	case ok:
		return passwdByUser(m, c, user)
	}
	return unknownToPasswd(c, user)
}

// unknownToPasswd refuses a name. documented: in the source, for root; inferred:
// its exit code.
func unknownToPasswd(c *Call, user string) Reply {
	if !c.isRoot() {
		return unpublished(c, 1, "because there is no such user")
	}
	return refused(1, "passwd: Unknown user name '"+user+"'.")
}

// passwdByRoot asks for the new password alone. observed (26): the questions and
// the warning; documented: in the source, the words for two that differ, and
// that nothing typed ends it well.
func passwdByRoot(m *state.Mac, c *Call, user string) Reply {
	before := "Changing password for " + user + ".\n"
	for {
		first, err := askNew(c, before+"New password:")
		if err != nil {
			return own(err.Error())
		}
		if first == "" {
			return printed("Password unchanged.")
		}
		second, err := askNew(c, "Retype new password:")
		if err != nil {
			return own(err.Error())
		}
		if first == second {
			return resetByPasswd(m, c, user, first)
		}
		before = "Mismatch; try again, EOF to quit.\n"
	}
}

// askNew asks for a new password. The end of the input is like nothing typed.
func askNew(c *Call, prompt string) (string, error) {
	answer, err := c.Input.Ask(Question{Prompt: prompt, Hidden: true, Pipe: true, Limit: 128})
	if errors.Is(err, io.EOF) || errors.Is(err, ErrNoTerminal) {
		return "", nil
	}
	return answer, err
}

// resetByPasswd is root's way. community: the refusal by the policy, which says
// it twice; documented: in the source, the exit code.
func resetByPasswd(m *state.Mac, c *Call, user, password string) Reply {
	why, err := m.Do(c.At, &state.ResetPassword{User: user, New: password, By: state.ByRootPasswd})
	const weak = "Password change failed because password does not meet minimum quality requirements."
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		return keychainWarning()
	case why == state.PasswordPolicy:
		return refused(1, "passwd: "+weak+"  "+weak)
	}
	return unpublished(c, 1, "("+string(why)+")")
}

// passwdByUser asks for the old password as well. community: the questions, and
// the refusal after all of them; inferred: its exit code.
func passwdByUser(m *state.Mac, c *Call, user string) Reply {
	var answers [3]string
	for i, prompt := range [3]string{"Changing password for " + user + ".\nOld Password:", "New Password:", "Retype New Password:"} {
		var err error
		if answers[i], err = c.ask(prompt, true); errors.Is(err, ErrNoTerminal) {
			return refused(1, "passwd: conversation failure")
		} else if err != nil {
			return own(err.Error())
		}
	}
	if answers[1] != answers[2] {
		return unpublished(c, 1, "because the new passwords differ")
	}
	why, err := m.Do(c.At, &state.ChangePassword{User: user, Old: &answers[0], New: answers[1]})
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		return keychainWarning()
	case why == state.WrongPassword:
		return refused(1, "passwd: authentication token failure")
	}
	return unpublished(c, 1, "("+string(why)+")")
}

// keychainWarning ends a change that was made. observed (26).
func keychainWarning() Reply {
	return printed(
		"",
		"################################### WARNING ###################################",
		"# This tool does not update the login keychain password.                      #",
		"# To update it, run `security set-keychain-password` as the user in question, #",
		"# or as root providing a path to such user's login keychain.                  #",
		"###############################################################################",
		"",
	)
}
