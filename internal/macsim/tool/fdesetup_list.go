package tool

import (
	"fmt"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// fileVaultUsers prints a line for each user who can unlock the volume.
//
// observed (10.13, 15): name and UUID; community: the refusal while FileVault
// is off, and the personal recovery key on 10.13; inferred: that the refusal
// goes to the error stream with exit code 1 (documented as "FileVault is off"),
// and the empty name before the comma of a user whose record is gone. U11: that
// holders are listed all the same.
func fileVaultUsers(m *state.Mac) Reply {
	if m.FileVault.State == state.Off && !m.Switches.FileVaultListsHoldersOff {
		return refused(fdeOff, "Error: FileVault is Off.")
	}
	var lines []string
	for _, a := range m.Accounts {
		if a.FileVault {
			lines = append(lines, a.Name+","+a.GUID)
		}
	}
	for _, u := range m.OrphanCryptoUsers {
		if u.Type == state.LocalOpenDirectory {
			lines = append(lines, ","+u.UUID)
		}
	}
	if m.FileVault.RecoveryKey.Generation > 0 && !m.OS.AtLeast(10, 14) {
		lines = append(lines, "(null),"+state.PersonalRecoveryUUID)
	}
	return printed(lines...)
}

// fileVaultTable is the same as a table, with the keys. observed (10.15.6, 12);
// inferred: "Yes" below ESCROW where the server has the key. What it calls the
// keys of iCloud and of an institution nobody has published: they are left out.
func fileVaultTable(m *state.Mac) Reply {
	if m.FileVault.State == state.Off && !m.Switches.FileVaultListsHoldersOff {
		return refused(fdeOff, "Error: FileVault is Off.")
	}
	lines := []string{"ESCROW  UUID                                                                     TYPE USER"}
	for _, u := range m.CryptoUsers() {
		kind, name, listed := tableEntry(m, u)
		if !listed {
			continue
		}
		key := m.FileVault.RecoveryKey
		escrowed := u.Type == state.PersonalRecovery && key.Escrowed == key.Generation
		line := fmt.Sprintf("%-8s%-36s%41s", either(escrowed, "Yes", ""), u.UUID, kind)
		if name != "" {
			line += " " + name
		}
		lines = append(lines, line)
	}
	return printed(lines...)
}

// tableEntry is what the table calls a cryptographic user.
func tableEntry(m *state.Mac, u state.CryptoUser) (kind, name string, listed bool) {
	switch u.Type {
	case state.PersonalRecovery:
		return "Personal Recovery Record", "", true
	case state.MDMRecovery:
		return "Bootstrap Token", "", true
	case state.Disk:
		return "Disk Passphrase User", "", true
	case state.LocalOpenDirectory:
		for i := range m.Accounts {
			if a := &m.Accounts[i]; a.GUID == u.UUID {
				return "OS User", a.Name, a.FileVault
			}
		}
		return "Unknown User", "", true
	default:
		return "", "", false
	}
}
