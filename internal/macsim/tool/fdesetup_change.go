package tool

import (
	"cmp"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// fileVaultVerb runs one of the verbs that ask for somebody's password or change
// something.
func fileVaultVerb(m *state.Mac, c *Call) Reply {
	o, ok := fileVaultArguments(c.Args)
	if !ok {
		return notSimulated(c)
	}
	switch c.Args[0] {
	case "add":
		return fileVaultAdd(m, c, &o)
	case "remove":
		return fileVaultRemove(m, c, &o)
	case "sync":
		return fileVaultDone(m, c, &state.FileVaultSync{})
	case "changerecovery":
		return changeRecoveryKey(m, c, &o)
	case "removerecovery":
		return removeRecoveryKey(m, c, &o)
	case "validaterecovery":
		return validateRecoveryKey(m, c, &o)
	case "enable":
		return fileVaultEnable(m, c, &o)
	default:
		return fileVaultDisable(m, c, &o)
	}
}

// fileVaultDone runs an event that prints nothing where it succeeds. inferred.
func fileVaultDone(m *state.Mac, c *Call, e state.Event) Reply {
	why, err := m.Do(c.At, e)
	switch {
	case err != nil:
		return own(err.Error())
	case why != state.NotRefused:
		return fileVaultRefused(c, why)
	}
	return Reply{}
}

// fileVaultRefused finds the words. observed (10.12): those about unlocking, with
// their exit code; community: those of a list while FileVault is off, inferred:
// the same of the verbs that need it on; documented: the other exit codes.
func fileVaultRefused(c *Call, why state.Refusal) Reply {
	switch why {
	case state.FileVaultIsOff:
		return refused(fdeOff, "Error: FileVault is Off.")
	case state.WrongPassword, state.WrongKey, state.UnknownAccount:
		return refused(fdeAuthFailed, "Error: Unable to unlock FileVault.")
	case state.NotListed:
		return unpublished(c, fdeAuthFailed, "for a user who is not in the list")
	case state.FileVaultIsOn:
		return unpublished(c, fdeAlreadyOn, "while FileVault is on")
	default:
		return unpublished(c, fdeBadInput, "here ("+string(why)+")")
	}
}

// fileVaultAdd adds users, each with the own password.
func fileVaultAdd(m *state.Mac, c *Call, o *fileVaultOptions) Reply {
	if !o.inputPlist && len(o.added) == 0 {
		return notSimulated(c)
	}
	who, failed := o.credentials(c)
	switch {
	case failed != nil:
		return *failed
	case len(who.Added) == 0:
		return unpublished(c, fdeBadInput, "without anybody to add")
	}
	if failed := addToFileVault(m, c, o, &who); failed != nil {
		return *failed
	}
	return Reply{Stderr: joined(o.told(who.Added, ""))}
}

// addToFileVault adds one after the other, until one is refused.
func addToFileVault(m *state.Mac, c *Call, o *fileVaultOptions, who *unlocker) *Reply {
	for i := range who.Added {
		added := &who.Added[i]
		e := &state.FileVaultAdd{User: added.Name, Password: &added.Password, UnlockPassword: &who.Password}
		e.Unlocker, e.Key = who.opens(m)
		why, err := m.Do(c.At, e)
		if err != nil {
			r := own(err.Error())
			return &r
		}
		if why != state.NotRefused {
			r := o.notAdded(c, who.Name, who.Added[:i+1], why)
			return &r
		}
	}
	return nil
}

// notAdded is the refusal. observed (10.13 beta): where the one who unlocks is
// refused; documented: the exit code for a user who has no record.
func (o *fileVaultOptions) notAdded(c *Call, unlocker string, added []credential, why state.Refusal) Reply {
	switch why {
	case state.GranterPassword, state.GranterUnknown, state.GranterNoToken, state.WrongKey:
	case state.FileVaultIsOff:
		return fileVaultRefused(c, why)
	case state.UnknownAccount:
		return unpublished(c, fdeNoSuchUser, "for a user who has no record")
	default:
		return unpublished(c, fdeAddFailed, "here ("+string(why)+")")
	}
	lines := append(o.told(added, unlocker), "Error: user could not be added (-69578).", "Error: Unable to add one or more users to FileVault.")
	return Reply{Exit: fdeAddFailed, Stderr: joined(lines)}
}

// told is what -verbose tells of adding users. observed (10.13 beta): of one user,
// with a refusal of the one who unlocks; inferred: the rest.
func (o *fileVaultOptions) told(added []credential, refused string) []string {
	if !o.verbose {
		return nil
	}
	lines := []string{"fdesetup: auth info dictionary path = stdin", "fdesetup: device path = /"}
	if refused != "" {
		lines = append(lines, "OD user '"+refused+"' could not be authenticated.")
	}
	for _, user := range added {
		lines = append(lines, "Adding user '"+user.Name+"' to existing FileVault")
	}
	return lines
}

// fileVaultRemove removes a user, who is named by name or UUID. documented: not
// the last one, and the exit code.
func fileVaultRemove(m *state.Mac, c *Call, o *fileVaultOptions) Reply {
	if (o.user == "") == (o.uuid == "") {
		return notSimulated(c)
	}
	why, err := m.Do(c.At, &state.FileVaultRemove{User: cmp.Or(o.user, o.uuid)})
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotListed:
		return unpublished(c, fdeNotRemoved, "for a user who is not in the list")
	case why == state.LastOne:
		return unpublished(c, fdeNotRemoved, "for the last user")
	case why != state.NotRefused:
		return fileVaultRefused(c, why)
	}
	return Reply{}
}
