package state

import (
	"fmt"
	"reflect"
	"strings"
)

// EventNames lists the names of all events, as scenarios write them.
func EventNames() []string {
	var names []string
	for _, k := range events() {
		names = append(names, EventName(k.make()))
	}
	return names
}

// NewEvent returns an empty event of that name.
func NewEvent(name string) (Event, error) {
	for _, k := range events() {
		if e := k.make(); EventName(e) == name {
			return e, nil
		}
	}
	return nil, fmt.Errorf("there is no event %q; there are %s", name, strings.Join(EventNames(), ", "))
}

// EventFields are the keys of an event.
func EventFields(e Event) []string { return keysOf(reflect.TypeOf(e).Elem()) }

// EventName is the name of an event: that of its type, in small letters.
func EventName(e Event) string {
	var b strings.Builder
	for i, r := range strings.ReplaceAll(reflect.TypeOf(e).Elem().Name(), "FileVault", "Filevault") {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// kind is one kind of event.
type kind struct {
	make  func() Event
	about string
}

// EventAbout says in a sentence what an event is.
func EventAbout(name string) string {
	for _, k := range events() {
		if EventName(k.make()) == name {
			return k.about
		}
	}
	return ""
}

// events are all kinds, in the order of a Mac's life.
func events() []kind {
	return []kind{
		{func() Event { return &Enroll{} }, "The Mac enrols: automatically, by its user, by a script, or as a private one."},
		{func() Event { return &Configure{} }, "The server's configuration of Setup Assistant: the managed administrator, and who else gets an account."},
		{func() Event { return &SetUp{} }, "Somebody goes through Setup Assistant."},
		{func() Event { return &Approve{} }, "The user approves an enrolment that was made by a script."},
		{func() Event { return &Unenroll{} }, "The enrolment is removed."},
		{func() Event { return &RenewIdentity{} }, "The certificate of the enrolment is renewed; many servers forget the Bootstrap Token then."},
		{func() Event { return &ExpireIdentity{} }, "The certificate of the enrolment expires."},
		{func() Event { return &UpdateProfile{} }, "The server sends another enrolment profile, which does or does not announce Bootstrap Tokens."},
		{func() Event { return &ServerDoes{} }, "The server changes: down, refusing, storing nothing, forgetting."},
		{func() Event { return &AllowBootstrapAuth{} }, "A volume owner lets the server use the Bootstrap Token, in recoveryOS."},
		{func() Event { return &Create{} }, "A local account is made."},
		{func() Event { return &CreateMobile{} }, "A directory user logs in for the first time."},
		{func() Event { return &Delete{} }, "An account is removed."},
		{func() Event { return &MemberAdd{} }, "An account is put into a group, by name, by GUID or both."},
		{func() Event { return &MemberRemove{} }, "An account is taken out of a group."},
		{func() Event { return &Tag{} }, "The tag that keeps Secure Tokens away is written or removed."},
		{func() Event { return &Hide{} }, "An account is hidden or shown."},
		{func() Event { return &Disable{} }, "An account is shut or opened."},
		{func() Event { return &Login{} }, "Somebody logs in: on the screen, by SSH, in a terminal, by screen sharing."},
		{func() Event { return &Logout{} }, "Who is on the screen logs out."},
		{func() Event { return &Authenticate{} }, "A password is checked without a login."},
		{func() Event { return &Restart{} }, "The Mac restarts, to the FileVault window where FileVault is on."},
		{func() Event { return &Unlock{} }, "Somebody unlocks the Mac at the FileVault window."},
		{func() Event { return &Connect{} }, "The Mac gets a network or loses it."},
		{func() Event { return &Charge{} }, "The battery has so much left, and the Mac runs on it or not."},
		{func() Event { return &ChangePassword{} }, "A user changes the own password."},
		{func() Event { return &ResetPassword{} }, "Somebody sets the password of a user."},
		{func() Event { return &RecoveryReset{} }, "A password is reset in recoveryOS."},
		{func() Event { return &DirectoryPassword{} }, "A password changes in the directory service."},
		{func() Event { return &TokenOn{} }, "A Secure Token is granted with an administrator's credentials."},
		{func() Event { return &TokenOff{} }, "A Secure Token is taken away."},
		{func() Event { return &InstallBootstrap{} }, "A new Bootstrap Token is made and escrowed."},
		{func() Event { return &RemoveBootstrap{} }, "The Bootstrap Token is removed."},
		{func() Event { return &ValidateBootstrap{} }, "The escrowed Bootstrap Token is compared with the volume."},
		{func() Event { return &FileVaultOn{} }, "FileVault is turned on."},
		{func() Event { return &FileVaultDefer{} }, "FileVault is put off to a login."},
		{func() Event { return &FileVaultOff{} }, "FileVault is turned off."},
		{func() Event { return &Encrypted{} }, "Encryption or decryption advances, or ends."},
		{func() Event { return &FileVaultAdd{} }, "A user is added to those who may unlock."},
		{func() Event { return &FileVaultRemove{} }, "A user is removed from those who may unlock."},
		{func() Event { return &FileVaultSync{} }, "FileVault's list is brought in line with the directory."},
		{func() Event { return &ChangeKey{} }, "A new recovery key is made."},
		{func() Event { return &RemoveKey{} }, "The recovery key is removed."},
		{func() Event { return &EscrowKeys{} }, "The profile that escrows recovery keys is installed or removed."},
		{func() Event { return &UpdatePreboot{} }, "The users at the FileVault window are written anew."},
		{func() Event { return &Upgrade{} }, "Another version of macOS is installed."},
		{func() Event { return &Erase{} }, "The server erases the Mac."},
		{func() Event { return &Restore{} }, "Firmware and system are restored with another Mac."},
		{func() Event { return &Answers{} }, "What the person at the Mac will answer to dialogs."},
		{func() Event { return &Break{} }, "A tool begins to fail."},
		{func() Event { return &Mend{} }, "A tool works again."},
		{func() Event { return &Edit{} }, "The state is changed by hand."},
	}
}
