package plan

import "github.com/tokenward/tokenward/health"

const keychainStays = "The login keychain of the user keeps the old password."

// agrees is for a password that somebody else sets.
func agrees(user string) string { return user + " agrees that somebody else sets the password." }

// ofDirectory is for a password that a directory keeps: changed on the Mac alone, it
// is another one at the next login.
func (b *board) ofDirectory(st *Step) {
	if a, ok := b.m.Account(st.User); ok && a.Kind == health.KindMobile {
		st.Before = append(st.Before, "The password of "+st.User+" was set in the directory first, and the Mac reaches the directory. On the Mac the same password is typed.")
	}
}

func (b *board) writeReset(st *Step, m move, s state) {
	name := health.ShellWord(st.User)
	st.Warning = keychainStays
	st.Expect = st.User + " has a new password, and the Secure Token opens with it."
	st.Done = b.passwordSet(st.User, health.Yes)
	switch {
	case m.action == "A12":
		st.Do = "In the server's console, reset the password of " + st.User + ". The user must be at the Mac, ready for the next step."
		st.Expect = st.User + " has a new password. The Secure Token still opens with the former one, until the next step."
		st.Before = []string{"The Bootstrap Token is proven.", st.User + " is at the Mac, and the Mac is on the network.", "The console can reset the password of this account. Apple's own command does so for the administrator alone whom the server had made."}
		st.Verify = "The user can log in with the new password. If the former one still works, the Mac refused the reset."
		st.Done, st.Warning = b.passwordSet(st.User, health.No), keepRunning
	case m.by != nobody:
		st.Do = "Run `sudo sysadminctl -adminUser " + health.ShellWord(st.Helper) + " -adminPassword - -resetPasswordFor " + name + " -newPassword -`. It asks for the password of " + st.Helper + " first, and then for the new one of " + st.User + "."
		if s.holder.has(m.who) && !s.opens.has(m.who) {
			st.Before = []string{"The Mac was not restarted since the password was set."}
		}
	default:
		st.Do = "Run `sudo sysadminctl -resetPasswordFor " + name + " -newPassword -`. It asks for the new password."
		st.Before = []string{agrees(st.User)}
		st.Expect = st.User + " has a new password."
		st.Verify = "The user can log in with the new password."
		if m.form == first {
			st.Expect = st.User + " has a new password, and with it the first Secure Token of this Mac."
			st.Verify = b.seeTokenOf(st.User)
			return
		}
		st.Done[Credential{TokenOpens, st.User}] = health.Unknown
	}
}

func (b *board) writeRecovery(st *Step, m move) {
	st.Before = []string{agrees(st.User)}
	st.Do = "Start the Mac in recoveryOS and open Terminal there. "
	switch m.form {
	case withKey:
		st.Do += "Unlock the disk with the recovery key when it is asked for. "
	case withUser:
		st.Do += "Unlock the disk as " + st.Helper + " when a password is asked for. "
	case withFormer:
		st.Do += "Unlock the disk as " + st.Helper + ", with the former password. "
	default: // FileVault is off
	}
	st.Do += "Run `resetpassword`, choose " + st.User + ", and set a new password. Restart, and have " + st.User + " log in with it."
	st.Expect = st.User + " has a new password, and a Secure Token that opens with it."
	st.Verify = b.seeTokenOf(st.User) + " " + seeOpens
	st.Warning = "Choose that user alone, and not to reset everything. " + keychainStays
	st.Done = b.passwordSet(st.User, health.Yes)
	u := health.Unknown // whether the password was set or the token not made
	st.Failed = Answers{b.tried(m): health.No, {Doubted, st.User}: health.Yes, {Password, st.User}: u, {Presence, st.User}: u, {FormerPassword, st.User}: u}
}

func (b *board) writeChange(st *Step, m move) {
	if m.form == own {
		st.Do = st.User + " changes the password at the Mac: System Settings, Users & Groups, Change Password. It asks for the present one first."
		st.Expect = st.User + " has a new password, and a Secure Token follows it."
		st.Done = b.passwordSet(st.User, health.Yes)
		st.Failed[Credential{Doubted, st.User}] = health.Yes
		if a, ok := b.m.Account(st.User); ok && a.Lacks() == health.Yes {
			st.Done[Credential{TokenOpens, st.User}] = health.Unknown
		}
		return
	}
	st.Do = "Whoever is logged in logs out. " + st.User + " logs in at the login window, with the present password. When the Mac asks for the former password, " + st.User + " types it."
	st.Expect = "The Secure Token of " + st.User + " opens with the present password again."
	st.Warning = keepRunning
	st.Done = Answers{{TokenOpens, st.User}: health.Yes, {Doubted, st.User}: health.Unknown}
	st.Failed[Credential{FormerPassword, st.User}] = health.No
}
