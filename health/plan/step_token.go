package plan

import (
	"strings"

	"github.com/tokenward/tokenward/health"
)

// seeTokenOf is how to see somebody's token.
func (b *board) seeTokenOf(user string) string {
	text := strings.ReplaceAll(seeToken, "NAME", health.ShellWord(user))
	if a, ok := b.m.Account(user); ok && a.GUID != "" {
		text = strings.ReplaceAll(text, "the account", a.GUID)
	}
	if b.m.FileVault.On == health.Yes {
		text += " `sudo fdesetup list` names " + user + "."
	}
	return text
}

func (b *board) writeLogin(st *Step, m move, s state) {
	st.Before = []string{"The Mac is on the network, also at the login window."}
	st.Do = "Whoever is logged in logs out. " + st.User + " logs in at the login window, with the password of that account."
	if m.action == "A03" {
		st.Expect = "The Mac makes its Bootstrap Token and sends it to the server."
		st.Undo = "An escrow needs no undoing."
		return
	}
	st.Verify = b.seeTokenOf(st.User)
	st.Done, st.Failed = Answers{{TokenOpens, st.User}: health.Yes, {Doubted, st.User}: health.Unknown}, Answers{{Kind: BootstrapWorks}: health.No}
	st.Expect = st.User + " holds a Secure Token that opens with the password of that account."
	switch {
	case m.form == first:
		st.Expect = st.User + " holds the first Secure Token of this Mac."
		st.Failed = Answers{b.tried(m): health.No}
	case s.holder.has(m.who):
		st.Expect = "The Secure Token of " + st.User + " opens with the present password again."
		st.Verify = seeOpens
		st.Failed[Credential{TokenOpens, st.User}] = health.No
		st.Warning = keepRunning
	case s.on:
		st.Do = "If the Mac waits at the FileVault window, a colleague unlocks it there first. Whoever is logged in logs out without a restart. " + st.User + " logs in at the login window, with the password of that account. Unlocking a locked screen is no login."
	}
}

const keepRunning = "Do not restart the Mac and do not let it shut down before this is done: FileVault would ask for the former password."

func (b *board) writeGrant(st *Step, m move) {
	name, by := health.ShellWord(st.User), health.ShellWord(st.Helper)
	way := " -password - -adminUser " + by + " -adminPassword -`. It asks for the password of " + st.Helper + " first, and then for that of " + st.User + "."
	if m.action == "A09" {
		st.Do = "Run `sudo sysadminctl -secureTokenOff " + name + way
		st.Expect = "The token of " + st.User + " that does not open is gone. The next step makes a new one."
		st.Verify = "`sysadminctl -secureTokenStatus " + name + "` says DISABLED."
		st.Before = []string{st.Helper + " holds a token that works, so that one is left."}
		st.Warning = "Do not restart the Mac before the next step is done: FileVault would not offer " + st.User + "."
		return
	}
	st.Do = "Run `sudo sysadminctl -secureTokenOn " + name + way
	st.Verify = b.seeTokenOf(st.User) + " Done! alone proves nothing."
	st.Undo = "`sudo sysadminctl -secureTokenOff " + name + " -password - -adminUser " + by + " -adminPassword -`"
	st.Expect = st.User + " holds a Secure Token that opens with the password of that account."
	st.Done = Answers{{TokenOpens, st.User}: health.Yes, {Doubted, st.User}: health.Unknown}
	if m.form == first {
		st.Expect = "Both " + st.User + " and " + st.Helper + " hold a Secure Token."
	}
}

func (b *board) writeDisk(st *Step, m move) {
	name := health.ShellWord(st.User)
	switch m.action {
	case "A16":
		st.Do = "Run `sudo fdesetup changerecovery -personal`, and type the name " + quoted(st.Helper) + " and " + map[bool]string{true: "the former", false: "that"}[m.form == withFormer] + " password when it asks. Write the new key down where it belongs, unless the server shows it."
		st.Before = []string{"The recovery key is neither here nor at the server.", "The server keeps new recovery keys, or a second person is there who writes the new one down."}
		st.Expect = "There is a new recovery key, and somebody has it."
		st.Done = Answers{{Kind: RecoveryKey}: health.Yes}
		st.Warning = "The former recovery key opens nothing any more. Close the terminal only when the new one was checked."
	case "A17":
		b.writeEncryption(st)
	case "A19":
		unlock := map[form]string{
			withKey:    quoted(st.User) + ", and the recovery key as the password",
			withUser:   quoted(st.Helper) + ", and the password of " + st.Helper,
			withFormer: quoted(st.Helper) + ", and the former password of " + st.Helper,
		}
		st.Do = "Run `sudo fdesetup add -usertoadd " + name + "`. It asks for the name and password of somebody who unlocks the disk: type " + unlock[m.form] + ". Then it asks for the password of " + st.User + "."
		st.Expect = st.User + " is offered at the FileVault window."
		st.Verify = b.seeTokenOf(st.User)
		st.Undo = "`sudo fdesetup remove -user " + name + "`, unless it is the last user in the list."
		st.Done = Answers{{TokenOpens, st.User}: health.Yes, {Doubted, st.User}: health.Unknown}
	case "A20":
		st.Do = "Run `sudo diskutil apfs updatePreboot /`."
		st.Expect = "The FileVault window shows who is in the list."
	}
}

// writeEncryption: observed (26): `fdesetup enable` prints no recovery key unless it is
// asked for a property list.
func (b *board) writeEncryption(st *Step) {
	command, where := "sudo fdesetup enable -user "+health.ShellWord(st.User), " that it shows"
	if b.m.OS.AtLeast(26, 0) == health.Yes {
		command, where = command+" -outputplist", " below RecoveryKey in what it prints"
	}
	st.Do = "Run `" + command + "`, and type the password of " + st.User + " when it asks. "
	st.Failed[Credential{Doubted, st.User}] = health.Yes
	st.Warning = "Do not restart the Mac before somebody has a recovery key that was checked."
	if b.m.FileVault.RecoveryKey != health.No {
		st.Do += "Where the Mac has a recovery key from before, it keeps that one and shows none."
		st.Expect = "FileVault is on."
		return
	}
	st.Do += "Write down the recovery key" + where + ", or look it up at the server."
	st.Expect = "FileVault is on, and somebody has the recovery key."
	st.Verify = "`fdesetup status` says `FileVault is On.`, and `sudo fdesetup validaterecovery` asks for the key and answers true."
	st.Done = Answers{{Kind: RecoveryKey}: health.Yes}
}

func (b *board) writeDelete(st *Step) {
	name := health.ShellWord(st.User)
	st.Do = "Run `sudo sysadminctl -deleteUser " + name + " -keepHome`. The files of " + st.User + " stay."
	st.Before = []string{st.User + " is not logged in.", "Somebody else holds a Secure Token that opens the disk, and knows the own password."}
	st.Expect = "The account " + st.User + " is gone."
	st.Verify = "`dscl . -list /Users` does not show " + st.User + "."
}
