package tool

import (
	"strconv"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// banner stands above everything that sets a password without credentials.
// observed (10.14 to 26).
func (l *log) banner() {
	const rule = "----------------------------"
	l.add(rule)
	l.add("No clear text password or interactive option was specified (adduser, change/reset password will not allow user to use FDE) !")
	l.add(rule)
}

// resetPassword sets somebody else's password. observed (26): the refusal for a
// token holder. The words of a success nobody has published.
func (o *accountOptions) resetPassword(m *state.Mac, l *log) Reply {
	if o.password == nil {
		return notSimulated(l.call)
	}
	e := &state.ResetPassword{User: o.user, New: *o.password, By: state.ByRoot}
	if o.authorised() {
		e.By = state.ByAdmin
		e.Granter, e.GranterPassword = o.granter(m)
	} else {
		l.banner()
	}
	why, err := m.Do(l.call.At, e)
	return o.passwordReply(l, why, err)
}

// changePassword changes the caller's own password.
func (o *accountOptions) changePassword(m *state.Mac, l *log) Reply {
	if o.old == nil || o.password == nil {
		return notSimulated(l.call)
	}
	o.user = l.call.caller(m).Name
	why, err := m.Do(l.call.At, &state.ChangePassword{User: o.user, Old: o.old, New: *o.password})
	return o.passwordReply(l, why, err)
}

func (o *accountOptions) passwordReply(l *log, why state.Refusal, err error) Reply {
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		l.own("the password of %s is set", o.user)
	case why == state.PasswordPolicy:
		l.add("New account password error") // community
	default:
		o.refuse(l, why)
	}
	return l.reply()
}

// addUser makes an account. observed (10.11 to 26): the lines, those of a name
// that is taken on 10.14; inferred: the group's ID since 11; a home that is
// named is not made.
func (o *accountOptions) addUser(m *state.Mac, l *log) Reply {
	if o.role && (o.user == "" || o.user[0] != '_') {
		return unpublished(l.call, 0, "for a role account whose name does not start with an underscore")
	}
	e := o.newAccount(m)
	if !o.authorised() {
		l.banner()
	}
	l.add("Creating user record…")
	why, err := m.Do(l.call.At, e)
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		o.tellOfAccount(m, l)
	case why == state.AccountExists:
		l.add("### Error:-14135 File:/BuildRoot/Library/Caches/com.apple.xbs/Sources/Admin/Admin-679/DSRecord.m Line:496")
	case why == state.PasswordPolicy:
		l.add("New account password error")
	default:
		o.refuse(l, why)
	}
	return l.reply()
}

// newAccount is the event. community: without -password the password is blank.
func (o *accountOptions) newAccount(m *state.Mac) *state.Create {
	blank := ""
	e := &state.Create{
		User: o.user, RealName: o.flags["-fullName"], Home: o.flags["-home"], Shell: o.flags["-shell"],
		Admin: o.admin, Password: &blank, With: state.Sysadminctl,
	}
	e.UID, _ = strconv.Atoi(o.flags["-UID"]) // checked when the arguments were read
	if o.password != nil {
		e.Password = o.password
	}
	if o.role {
		e.Kind = state.Role
	}
	e.Granter, e.GranterPassword = o.granter(m)
	return e
}

func (o *accountOptions) tellOfAccount(m *state.Mac, l *log) {
	a, ok := m.Account(o.user)
	if !ok {
		return
	}
	if m.OS.AtLeast(11) {
		l.add("Assigning UID: %d GID: %d", a.UID, a.PrimaryGroup())
	} else {
		l.add("Assigning UID: %d", a.UID)
	}
	if o.flags["-home"] != "" && m.OS.AtLeast(11) {
		l.add("Home directory is assigned (not created!) at %s", a.Home)
		return
	}
	l.add("Creating home directory at %s", a.Home)
}

// deleteUser removes an account. observed (26): -secure; observed: the plain
// form; documented: -keepHome, without a line about the home (inferred).
func (o *accountOptions) deleteUser(m *state.Mac, l *log) Reply {
	var gone state.Account
	if a, ok := m.Account(o.user); ok {
		gone = *a
	}
	why, err := m.Do(l.call.At, &state.Delete{User: o.user, With: state.BySysadminctl})
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.LastOne:
		l.add(cannotDelete, o.user)
	case why != state.NotRefused:
		o.refuse(l, why)
	default:
		o.tellOfDeletion(l, &gone)
	}
	return l.reply()
}

func (o *accountOptions) tellOfDeletion(l *log, gone *state.Account) {
	l.add("Killing all processes for UID %d", gone.UID)
	switch {
	case o.secure:
		l.add("Securely removing %s's home at %s", gone.Name, gone.Home)
	case !o.keep:
		l.add("Removing %s's home at %s", gone.Name, gone.Home)
	}
	l.add("Deleting Public share point for %s", gone.Name)
	l.add("Deleting record for %s", gone.Name)
	l.add("AOSKit INFO: Disabling BTMM for user, no zone found for uid=%d, usersToZones: (null)", gone.UID)
}
