package tool

import (
	"errors"
	"fmt"
	"io"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// authOnly checks a password, which is root's where no user is named.
// observed (10.15): both lines; documented: in the source, that the first is on
// standard output, and the prompt.
func (d directory) authOnly() Reply {
	if len(d.args) > 2 {
		return notSimulated(d.c)
	}
	password, err := d.secondOrAsked()
	if err != nil {
		return own(err.Error())
	}
	why, err := d.m.Do(d.c.At, &state.Authenticate{User: d.args[0], Password: &password})
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		return Reply{}
	case why != state.WrongPassword:
		return unpublished(d.c, authFailed.exit(), "("+string(why)+")")
	}
	r := authFailed.refusal()
	r.Stdout = fmt.Sprintf("Authentication for node %s failed. (-%d, %s)\n", d.node, int(authFailed), authFailed.name())
	return r
}

func (d directory) secondOrAsked() (string, error) {
	if len(d.args) > 1 {
		return d.args[1], nil
	}
	return d.getpass("Password: ")
}

// getpass asks on the terminal, or takes a line of standard input without one.
func (d directory) getpass(prompt string) (string, error) {
	return d.c.Input.Ask(Question{Prompt: prompt, Hidden: true, Pipe: true, Limit: 128})
}

// passwd sets a password: with the old one where two are given, without it where
// root gives one. documented: in the source.
func (d directory) passwd() Reply {
	if len(d.args) == 0 || len(d.args) > 3 {
		return authFailed.refusal()
	}
	p, ok := escapedPlace(d.args[0])
	if !ok || p.kind != "Users" || p.name == "" || d.node != localNode || d.plist {
		return notSimulated(d.c)
	}
	a, ok := localAccount(d.m, p.name)
	if !ok {
		return d.invalidPath()
	}
	switch len(d.args) {
	case 3:
		return d.changePassword(a.Name, d.args[1], d.args[2])
	case 2:
		return d.setPassword(a.Name, d.args[1])
	}
	password, err := d.getpass("New Password: ")
	if err != nil {
		return own(err.Error())
	}
	return d.setPassword(a.Name, password)
}

// setPassword does without the old password as far as root may, and asks for it
// otherwise. community: the prompt, also for root where a token holder's
// password is to be set.
func (d directory) setPassword(user, password string) Reply {
	why := state.NotPermitted
	if d.c.isRoot() {
		var err error
		if why, err = d.m.Do(d.c.At, &state.ResetPassword{User: user, New: password, By: state.ByRootDscl}); err != nil {
			return own(err.Error())
		}
	}
	if why != state.NotPermitted && why != state.NeedsToken {
		return d.passwordReply(why)
	}
	old, err := d.getpass("Permission denied. Please enter user's old password:")
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, ErrNoTerminal) {
		return own(err.Error())
	}
	return d.changePassword(user, old, password)
}

func (d directory) changePassword(user, old, password string) Reply {
	why, err := d.m.Do(d.c.At, &state.ChangePassword{User: user, Old: &old, New: password})
	if err != nil {
		return own(err.Error())
	}
	return d.passwordReply(why)
}

// passwordReply says nothing where the password was set. community: the two
// refusals; documented: in the source, that the first line is on standard
// output.
func (d directory) passwordReply(why state.Refusal) Reply {
	e := authFailed
	switch why {
	case state.NotRefused:
		return Reply{}
	case state.WrongPassword:
	case state.PasswordPolicy:
		e = badQuality
	default:
		return unpublished(d.c, 1, "("+string(why)+")")
	}
	r := e.refusal()
	r.Stdout = "passwd: DS error: " + e.name() + "\n"
	return r
}
