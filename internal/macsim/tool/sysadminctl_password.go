package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// banner stands above everything that sets a password without credentials.
// observed (10.14 to 26): of a new account; inferred, from its own words: of a
// reset.
func (l *nsLog) banner() {
	const rule = "----------------------------"
	l.add(rule)
	l.add("No clear text password or interactive option was specified (adduser, change/reset password will not allow user to use FDE) !")
	l.add(rule)
}

// resetPassword sets somebody else's password. observed (26): the refusal for a
// token holder. The words of a success nobody has published.
func (o *accountOptions) resetPassword(m *state.Mac, l *nsLog) Reply {
	e := &state.ResetPassword{User: o.subject(), New: o.values["-newPassword"], By: state.ByRoot}
	if o.authorised() {
		e.By, e.Granter, e.GranterPassword = state.ByAdmin, o.granter, o.granterPassword
	} else {
		l.banner()
	}
	why, err := m.Do(l.call.At, e)
	return o.passwordReply(l, o.subject(), why, err)
}

// changePassword changes the caller's own password. Nobody has published what it
// says, apart from a password that the policy forbids.
func (o *accountOptions) changePassword(m *state.Mac, l *nsLog) Reply {
	user, old := l.call.caller(m).Name, o.values["-oldPassword"]
	why, err := m.Do(l.call.At, &state.ChangePassword{User: user, Old: &old, New: o.subject()})
	if err == nil && why != state.NotRefused && why != state.PasswordPolicy {
		l.own("the password of %s is not changed (%s)", user, why)
		return l.reply()
	}
	return o.passwordReply(l, user, why, err)
}

// passwordReply is the end of both. community: the words about the policy.
func (o *accountOptions) passwordReply(l *nsLog, user string, why state.Refusal, err error) Reply {
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		l.own("the password of %s is set", user)
	case why == state.PasswordPolicy:
		l.add("New account password error")
	default:
		o.refuse(l, why)
	}
	return l.reply()
}
