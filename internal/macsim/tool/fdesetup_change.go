package tool

import (
	"slices"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// fileVaultOptions are the arguments of the verbs of fdesetup that change
// something.
type fileVaultOptions struct {
	user, added, uuid string
	inputPlist        bool
	outputPlist       bool
	verbose           bool
	personal          bool
	deferTo           string
}

// fileVaultArguments reads the flags. documented: man fdesetup.
func fileVaultArguments(args []string) (o fileVaultOptions, ok bool) {
	for i := 0; i < len(args); i++ {
		var value *string
		switch args[i] {
		case "-inputplist":
			o.inputPlist = true
		case "-outputplist":
			o.outputPlist = true
		case "-verbose":
			o.verbose = true
		case "-personal":
			o.personal = true
		case "-user":
			value = &o.user
		case "-usertoadd":
			value = &o.added
		case "-uuid":
			value = &o.uuid
		case "-defer":
			value = &o.deferTo
		default:
			return o, false
		}
		if value == nil {
			continue
		}
		if i++; i == len(args) {
			return o, false
		}
		*value = args[i]
	}
	return o, true
}

// fileVaultChange runs one of the verbs.
func fileVaultChange(m *state.Mac, c *Call) Reply {
	o, ok := fileVaultArguments(c.Args[1:])
	if !ok || len(c.Args) > 1 && c.Args[0] == "sync" {
		return notSimulated(c)
	}
	switch c.Args[0] {
	case "add":
		return fileVaultAdd(m, c, o)
	case "remove":
		return fileVaultRemove(m, c, o)
	case "sync":
		return fileVaultDone(m, c, &state.FileVaultSync{})
	case "changerecovery", "removerecovery":
		return recoveryKeyChange(m, c, o)
	case "enable":
		return fileVaultEnable(m, c, o)
	default:
		return fileVaultDisable(m, c, o)
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

// fileVaultRefused finds the words. observed: those about unlocking, with exit
// code 11; documented: the other exit codes.
func fileVaultRefused(c *Call, why state.Refusal) Reply {
	switch why {
	case state.FileVaultIsOff:
		return refused(fdeOff, "Error: FileVault is Off.")
	case state.WrongPassword, state.WrongKey, state.UnknownAccount, state.GranterPassword, state.GranterUnknown:
		return refused(fdeAuthFailed, "Error: Unable to unlock FileVault.")
	case state.NotListed:
		return unpublished(c, fdeNotFound, "for a user who is not in the list")
	case state.LastOne:
		return unpublished(c, fdeNotRemoved, "for the last user")
	case state.FileVaultIsOn:
		return unpublished(c, fdeAlreadyOn, "while FileVault is on")
	default:
		return unpublished(c, fdeAddFailed, "here ("+string(why)+")")
	}
}

// fileVaultAdd adds a user. observed (10.13): the message and exit code 17 of a
// refusal, with -verbose what leads to it; observed (10.14): both prompts.
func fileVaultAdd(m *state.Mac, c *Call, o fileVaultOptions) Reply {
	who, reply := o.credentials(c)
	if reply != nil {
		return *reply
	}
	if o.added != "" {
		password, err := c.ask("Enter the password for the added user '"+o.added+"':", true)
		if err != nil {
			return unpublished(c, fdeBadInput, "without a terminal")
		}
		who.Added = append(who.Added, credential{o.added, password})
	}
	if len(who.Added) == 0 {
		return notSimulated(c)
	}
	for _, added := range who.Added {
		e := &state.FileVaultAdd{User: added.Name, Password: &added.Password, Unlocker: who.Name, UnlockPassword: &who.Password}
		if who.Password == m.RecoveryKeyText() {
			e.Key = who.Password
		}
		why, err := m.Do(c.At, e)
		switch {
		case err != nil:
			return own(err.Error())
		case why == state.FileVaultIsOff:
			return fileVaultRefused(c, why)
		case why != state.NotRefused:
			return o.notAdded(who.Name, added.Name)
		}
	}
	return Reply{}
}

// notAdded is the refusal of add.
func (o fileVaultOptions) notAdded(unlocker, added string) Reply {
	var lines []string
	if o.verbose {
		lines = append(lines,
			"fdesetup: auth info dictionary path = stdin",
			"fdesetup: device path = /",
			"OD user '"+unlocker+"' could not be authenticated.",
			"Adding user '"+added+"' to existing FileVault",
		)
	}
	lines = append(lines, "Error: user could not be added (-69578).", "Error: Unable to add one or more users to FileVault.")
	return Reply{Exit: fdeAddFailed, Stderr: joined(lines)}
}

// fileVaultRemove removes a user, who is named by name or UUID.
func fileVaultRemove(m *state.Mac, c *Call, o fileVaultOptions) Reply {
	if (o.user == "") == (o.uuid == "") {
		return notSimulated(c)
	}
	user := o.user
	if user == "" {
		user = o.uuid
	}
	return fileVaultDone(m, c, &state.FileVaultRemove{User: user})
}

// recoveryKeyChange makes a new recovery key or removes it. documented: the
// property list with the new key; inferred: its words in the plain form, which
// are those of enable.
func recoveryKeyChange(m *state.Mac, c *Call, o fileVaultOptions) Reply {
	if !o.personal {
		return notSimulated(c)
	}
	who, reply := o.credentials(c)
	if reply != nil {
		return *reply
	}
	key := ""
	if who.Name == "" {
		key = who.Password
	}
	var e state.Event = &state.ChangeKey{User: who.Name, Password: &who.Password, Key: key}
	if c.Args[0] == "removerecovery" {
		e = &state.RemoveKey{User: who.Name, Password: &who.Password, Key: key}
	}
	why, err := m.Do(c.At, e)
	switch {
	case err != nil:
		return own(err.Error())
	case why != state.NotRefused:
		return fileVaultRefused(c, why)
	case c.Args[0] == "removerecovery":
		return Reply{}
	}
	return keyReply(m, o)
}

// keyReply tells the recovery key. observed: 15 prints it, 26 prints nothing
// although there is one; documented: -outputplist gives it always.
func keyReply(m *state.Mac, o fileVaultOptions) Reply {
	switch {
	case o.outputPlist:
		return Reply{Stdout: document(dict{
			"EnabledDate":  m.Clock.Format("2006-01-02 15:04:05 -0700"),
			"EnabledUser":  enabledUser(m),
			"HardwareUUID": m.HardwareUUID,
			"RecoveryKey":  m.RecoveryKeyText(),
			"SerialNumber": m.Serial,
		})}
	case m.OS.AtLeast(26):
		return Reply{}
	}
	return printed("Recovery key = '" + m.RecoveryKeyText() + "'")
}

func enabledUser(m *state.Mac) string {
	i := slices.IndexFunc(m.Accounts, func(a state.Account) bool { return a.FileVault })
	if i < 0 {
		return ""
	}
	return m.Accounts[i].Name
}

// fileVaultEnable turns FileVault on, or puts it off to a login. observed (15,
// 26): prompts and key; documented: -defer.
func fileVaultEnable(m *state.Mac, c *Call, o fileVaultOptions) Reply {
	if o.deferTo != "" {
		return fileVaultDone(m, c, &state.FileVaultDefer{User: o.user})
	}
	who, reply := o.credentials(c)
	if reply != nil {
		return *reply
	}
	why, err := m.Do(c.At, &state.FileVaultOn{User: who.Name, Password: &who.Password})
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NeedsToken:
		return unpublished(c, fdeNotEnabled, "for a user without a Secure Token")
	case why != state.NotRefused:
		return fileVaultRefused(c, why)
	}
	return keyReply(m, o)
}

// fileVaultDisable turns it off. observed (12): the prompts, and the refusal.
func fileVaultDisable(m *state.Mac, c *Call, o fileVaultOptions) Reply {
	who, reply := o.credentials(c)
	if reply != nil {
		return *reply
	}
	e := &state.FileVaultOff{User: who.Name, Password: &who.Password}
	if who.Password == m.RecoveryKeyText() {
		e.Key = who.Password
	}
	why, err := m.Do(c.At, e)
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.FileVaultIsOff:
		return fileVaultRefused(c, why)
	case why != state.NotRefused:
		return refused(fdeAuthFailed, "FileVault was not disabled (-69594).")
	}
	return wordless(c, "turns FileVault off")
}
