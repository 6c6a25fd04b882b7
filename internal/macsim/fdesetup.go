package macsim

import (
	"fmt"
	"strconv"
)

// fdesetup answers the verbs that only look. The caller is taken to be root.
//
// community: has…recoverykey prints true or false; inferred: exit code 0 for
// both, and that FileVault being off makes no difference to the answer.
func (m *Mac) fdesetup(c Call) Reply {
	switch {
	case c.is("status"):
		return printed(m.FileVault.status()...)
	case c.is("list"):
		return m.fileVaultUsers()
	case c.is("haspersonalrecoverykey"):
		return printed(strconv.FormatBool(m.FileVault.PersonalRecoveryKey))
	case c.is("hasinstitutionalrecoverykey"):
		return printed(strconv.FormatBool(m.FileVault.Institutional))
	}
	return notSimulated(c)
}

// status prints one line and perhaps a second. observed (10.13 to 26): On, Off;
// community: the progress lines and the one about deferral; inferred: that
// "On." stands above the progress of decryption.
func (f FileVault) status() []string {
	lines := []string{"FileVault is On."}
	switch f.State {
	case Off:
		lines[0] = "FileVault is Off."
	case Encrypting:
		lines = append(lines, fmt.Sprintf("Encryption in progress: Percent completed = %d", f.Percent))
	case Decrypting:
		lines = append(lines, fmt.Sprintf("Decryption in progress: Percent completed = %d", f.Percent))
	case On:
	}
	if f.DeferredUser != "" {
		lines = append(lines, fmt.Sprintf("Deferred enablement appears to be active for user '%s'.", f.DeferredUser))
	}
	return lines
}

// fileVaultUsers prints a line for each user who can unlock the volume.
//
// observed (10.13, 15): name and UUID; community: the refusal while FileVault
// is off, and the personal recovery key on 10.13; inferred: that the refusal
// goes to the error stream with exit code 1 (documented as "FileVault is off"),
// and the empty name before the comma of a user whose record is gone.
func (m *Mac) fileVaultUsers() Reply {
	if m.FileVault.State == Off {
		return refused(1, "Error: FileVault is Off.")
	}
	var lines []string
	for _, a := range m.Accounts {
		if a.FileVault {
			lines = append(lines, a.Name+","+a.GUID)
		}
	}
	for _, u := range m.OrphanCryptoUsers {
		if u.Type == LocalOpenDirectory {
			lines = append(lines, ","+u.UUID)
		}
	}
	if m.FileVault.PersonalRecoveryKey && !m.OS.atLeast(10, 14) {
		lines = append(lines, "(null),"+personalRecoveryUUID)
	}
	return printed(lines...)
}
