package tool

import (
	"strconv"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// changeRecoveryKey makes a new recovery key. What -verbose tells comes first.
// observed (10.13 beta): of a refusal; inferred: of a success.
func changeRecoveryKey(m *state.Mac, c *Call, o *fileVaultOptions) Reply {
	if !o.personal {
		return notSimulated(c)
	}
	who, failed := o.credentials(c)
	if failed != nil {
		return *failed
	}
	r := newRecoveryKey(m, c, o, &who)
	if o.verbose {
		r.Stderr = "fdesetup: auth info dictionary path = stdin\nfdesetup: use personal recovery key\nfdesetup: device path = /\n" + r.Stderr
	}
	return r
}

// newRecoveryKey does it. documented (10.13): on APFS the present key does not
// authorise it; community (to 26): the words of a success.
func newRecoveryKey(m *state.Mac, c *Call, o *fileVaultOptions, who *unlocker) Reply {
	user, key := who.opens(m)
	if key != "" && key == m.RecoveryKeyText() && m.FileSystem == state.APFS && m.FileVault.State != state.Off {
		return keyRefused(m, c, o)
	}
	why, err := m.Do(c.At, &state.ChangeKey{User: user, Password: &who.Password, Key: key})
	switch {
	case err != nil:
		return own(err.Error())
	case why != state.NotRefused && why != state.FileVaultIsOff && m.OS.Version == "10.13.1":
		return unpublished(c, fdeKeyUnchanged, "and deletes the recovery key") // observed: that it does
	case why != state.NotRefused:
		return fileVaultRefused(c, why)
	case o.outputPlist:
		return keyDocument(m, c.At, "", m.RecoveryKeyText())
	}
	return printed("New personal recovery key = '" + m.RecoveryKeyText() + "'")
}

// keyRefused is said of the recovery key. observed (10.13 betas): an exit code
// that man fdesetup does not know, and a full stop that only one beta had;
// documented: the exit code that is used for later systems here.
func keyRefused(m *state.Mac, c *Call, o *fileVaultOptions) Reply {
	if m.OS.AtLeast(10, 14) {
		return unpublished(c, fdeKeyUnchanged, "with the recovery key")
	}
	return refused(fdeKeyRefused, "Error: Unable to change key"+either(o.verbose, "", "."))
}

// removeRecoveryKey removes it. documented; inferred: that it prints nothing.
func removeRecoveryKey(m *state.Mac, c *Call, o *fileVaultOptions) Reply {
	if !o.personal {
		return notSimulated(c)
	}
	who, failed := o.credentials(c)
	switch {
	case failed != nil:
		return *failed
	case m.FileVault.State != state.Off && m.FileVault.RecoveryKey.Generation == 0:
		return unpublished(c, fdeKeyRemains, "without a recovery key")
	}
	user, key := who.opens(m)
	return fileVaultDone(m, c, &state.RemoveKey{User: user, Password: &who.Password, Key: key})
}

// validateRecoveryKey asks for the recovery key, or reads it as the password of a
// property list. observed (26): both, and that it prints true or false; inferred:
// exit code 0 for both.
func validateRecoveryKey(m *state.Mac, c *Call, o *fileVaultOptions) Reply {
	var who unlocker
	var err error
	if o.inputPlist {
		if who, err = inputPlist(c); err != nil {
			return unpublished(c, fdeBadInput, "with such a property list ("+err.Error()+")")
		}
	}
	if !who.asked {
		if who.Password, err = c.ask("Enter the current recovery key: ", true); err != nil {
			return notAsked(c, fdeBadInput, err)
		}
	}
	return printed(strconv.FormatBool(who.Password != "" && who.Password == m.RecoveryKeyText()))
}

// keyDocument is what -outputplist prints. observed (10.15): the keys and the
// date; inferred: no user where a key is changed, and no key where none was made.
func keyDocument(m *state.Mac, at time.Time, user, key string) Reply {
	d := dict{
		"EnabledDate":  at.Format("2006-01-02 15:04:05 -0700"),
		"HardwareUUID": m.HardwareUUID,
		"SerialNumber": m.Serial,
	}
	if user != "" {
		d["EnabledUser"] = user
	}
	if key != "" {
		d["RecoveryKey"] = key
	}
	return Reply{Stdout: document(d)}
}
