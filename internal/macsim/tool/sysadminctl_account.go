package tool

import (
	"strconv"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// addUser makes an account. observed (10.11 to 26): the lines; community: those
// of a password that the policy forbids.
func (o *accountOptions) addUser(m *state.Mac, l *nsLog) Reply {
	if !o.fitsRole() {
		return unpublished(l.call, 0, "for a role account whose name has no underscore in front or whose ID is not from 200 to 400")
	}
	if !o.authorised() {
		l.banner()
	}
	l.add("Creating user record…")
	why, err := m.Do(l.call.At, o.newAccount())
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		o.tellOfAccount(m, l)
	case why == state.AccountExists && !m.OS.AtLeast(11):
		o.tellOfExisting(m, l)
	case why == state.PasswordPolicy:
		l.add("New account password error")
	default:
		o.refuse(l, why)
	}
	return l.reply()
}

// fitsRole says whether a role account has such a name and number. documented:
// in the usage text.
func (o *accountOptions) fitsRole() bool {
	uid := o.uid()
	return !o.says("-roleAccount") || o.subject()[0] == '_' && (uid == 0 || uid >= 200 && uid <= 400)
}

// uid is the number asked for; 0 where there is none, which was checked when the
// arguments were read.
func (o *accountOptions) uid() int {
	uid, _ := strconv.Atoi(o.values["-UID"])
	return uid
}

// newAccount is the event. community: without -password the password is blank.
func (o *accountOptions) newAccount() *state.Create {
	password := o.values["-password"]
	e := &state.Create{
		User: o.subject(), RealName: o.values["-fullName"], Home: o.values["-home"], Shell: o.values["-shell"],
		UID: o.uid(), Admin: o.says("-admin"), Password: &password, With: state.Sysadminctl,
		Granter: o.granter, GranterPassword: o.granterPassword,
	}
	if o.says("-roleAccount") {
		e.Kind = state.Role
	}
	return e
}

// tellOfAccount ends with a new account. observed (26): the group's ID, and a
// home that is named and not made; inferred: both since 11.
func (o *accountOptions) tellOfAccount(m *state.Mac, l *nsLog) {
	a, ok := m.Account(o.subject())
	if !ok {
		return
	}
	if m.OS.AtLeast(11) {
		l.add("Assigning UID: %d GID: %d", a.UID, a.PrimaryGroup())
	} else {
		l.add("Assigning UID: %d", a.UID)
	}
	if o.has("-home") && m.OS.AtLeast(11) {
		l.add("Home directory is assigned (not created!) at %s", a.Home)
		return
	}
	l.add("Creating home directory at %s", a.Home)
}

// tellOfExisting goes on after a name that is taken. observed (10.14); inferred:
// the number where none was asked for, and that the record stays as it is.
func (o *accountOptions) tellOfExisting(m *state.Mac, l *nsLog) {
	a, ok := m.Account(o.subject())
	if !ok {
		return
	}
	uid := o.uid()
	if uid == 0 {
		uid = a.UID
	}
	l.add("### Error:-14135 File:/BuildRoot/Library/Caches/com.apple.xbs/Sources/Admin/Admin-679/DSRecord.m Line:496")
	l.add("Assigning UID: %d", uid)
	l.add("Creating home directory at %s", a.Home)
	l.add("Directory at path:%s already exists", a.Home)
}

// deleteUser removes an account; of the system's own, the guest alone. observed
// (26): -secure; community: the plain form; documented: -keepHome, inferred:
// without a line about the home.
func (o *accountOptions) deleteUser(m *state.Mac, l *nsLog) Reply {
	var gone state.Account
	if a, ok := m.Account(o.subject()); ok {
		gone = *a
	}
	if gone.Kind == state.System && gone.Name != "Guest" {
		return notSimulated(l.call)
	}
	why, err := o.authenticate(m, l.call)
	if err == nil && why == state.NotRefused {
		why, err = m.Do(l.call.At, &state.Delete{User: o.subject(), With: state.BySysadminctl})
	}
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.LastOne:
		l.add(cannotDelete, o.subject())
	case why != state.NotRefused:
		o.refuse(l, why)
	default:
		o.tellOfDeletion(l, &gone)
	}
	return l.reply()
}

func (o *accountOptions) tellOfDeletion(l *nsLog, gone *state.Account) {
	l.add("Killing all processes for UID %d", gone.UID)
	switch {
	case o.says("-secure"):
		l.add("Securely removing %s's home at %s", gone.Name, gone.Home)
	case !o.says("-keepHome"):
		l.add("Removing %s's home at %s", gone.Name, gone.Home)
	}
	l.add("Deleting Public share point for %s", gone.Name)
	l.add("Deleting record for %s", gone.Name)
	l.add("AOSKit INFO: Disabling BTMM for user, no zone found for uid=%d, usersToZones: (null)", gone.UID)
}
