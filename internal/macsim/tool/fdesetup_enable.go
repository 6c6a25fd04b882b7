package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// authenticationFailed is said of a wrong password. community: by enable and
// disable.
const authenticationFailed = "Error: User authentication failed."

// fileVaultEnable turns FileVault on, or puts it off to a login. documented:
// -defer, and the users who are added with it.
func fileVaultEnable(m *state.Mac, c *Call, o *fileVaultOptions) Reply {
	if o.deferTo != "" {
		return fileVaultDone(m, c, &state.FileVaultDefer{User: o.user})
	}
	who, failed := o.credentials(c)
	switch {
	case failed != nil:
		return *failed
	case who.Name == "":
		return unpublished(c, fdeBadInput, "without a user")
	case isBlank(m, who.Name):
		return unpublished(c, fdeBlank, "with a blank password")
	}
	before := m.FileVault.RecoveryKey.Generation
	if failed := turnOn(m, c, o, &who); failed != nil {
		return *failed
	}
	if m.FileVault.RecoveryKey.Generation == before {
		return keyReply(m, c, o, who.Name, "")
	}
	return keyReply(m, c, o, who.Name, m.RecoveryKeyText())
}

// isBlank says whether a user has a blank password. documented: FileVault cannot
// be enabled then.
func isBlank(m *state.Mac, name string) bool {
	a, ok := m.Account(name)
	return ok && a.Password == ""
}

// turnOn turns FileVault on and adds the further users.
func turnOn(m *state.Mac, c *Call, o *fileVaultOptions, who *unlocker) *Reply {
	var failed Reply
	why, err := m.Do(c.At, &state.FileVaultOn{User: who.Name, Password: &who.Password})
	switch {
	case err != nil:
		failed = own(err.Error())
	case why != state.NotRefused:
		failed = notEnabled(c, why)
	default:
		return addToFileVault(m, c, o, who)
	}
	return &failed
}

func notEnabled(c *Call, why state.Refusal) Reply {
	switch why {
	case state.UnknownAccount, state.WrongPassword:
		return refused(fdeAuthFailed, authenticationFailed)
	case state.NeedsToken:
		return unpublished(c, fdeNotEnabled, "for a user without a Secure Token")
	default:
		return fileVaultRefused(c, why)
	}
}

// keyReply tells the recovery key, unless it is one that was there before.
// observed: 15 prints it, 26 prints nothing although there is one; documented:
// -outputplist gives it always, and a key that was there before stays; inferred:
// that nothing is told of such a key.
func keyReply(m *state.Mac, c *Call, o *fileVaultOptions, user, key string) Reply {
	switch {
	case o.outputPlist:
		return keyDocument(m, c.At, user, key)
	case key == "" || m.OS.AtLeast(26):
		return Reply{}
	}
	return printed("Recovery key = '" + key + "'")
}

// fileVaultDisable turns it off. community: the words of a success and of a wrong
// password; observed (12): of a user who is not among those who unlock the
// volume; inferred: its exit code, and the same of a login password that does not
// open the token.
func fileVaultDisable(m *state.Mac, c *Call, o *fileVaultOptions) Reply {
	who, failed := o.credentials(c)
	if failed != nil {
		return *failed
	}
	user, key := who.opens(m)
	why, err := m.Do(c.At, &state.FileVaultOff{User: user, Password: &who.Password, Key: key})
	if err != nil {
		return own(err.Error())
	}
	switch why {
	case state.NotRefused:
		return printed("FileVault has been disabled.")
	case state.WrongPassword, state.WrongKey, state.UnknownAccount:
		if a, ok := m.Account(user); !ok || a.Password != who.Password {
			return refused(fdeAuthFailed, authenticationFailed)
		}
	case state.NotListed:
	default:
		return fileVaultRefused(c, why)
	}
	return refused(fdeNotDisabled, "FileVault was not disabled (-69594).")
}
