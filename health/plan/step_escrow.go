package plan

import (
	"github.com/tokenward/tokenward/health"
)

func (b *board) writeProof(st *Step, m move) {
	st.Done, st.Failed = Answers{{Kind: BootstrapWorks}: health.Yes}, Answers{{Kind: BootstrapWorks}: health.No}
	st.Expect = "It is proven that the server has the Bootstrap Token of this Mac, and that the Mac can get it."
	if m.form == deep {
		st.Do = "At the Mac, run `sudo tokenward plan valid-escrow --deep`. The Mac then asks its server for the Bootstrap Token."
		st.Verify = "It says that nothing is to be done: the Mac could fetch its Bootstrap Token."
		return
	}
	st.Do = "At the Mac, run `sudo profiles validate -type bootstraptoken`. Where it asks, type the name " + quoted(st.Helper) + " and that password. If it does not ask, stop, and give no password on the command line."
}

func (b *board) writeEscrow(st *Step) {
	st.Do = "Make sure that the Mac is on the network. Run `sudo profiles install -type bootstraptoken`. When it asks for the admin user name, type " + quoted(st.Helper) + ". When it asks for the password, type that user's password."
	st.Expect = "A new Bootstrap Token is made, and the server has it."
	st.Verify = "The last line is `profiles: Bootstrap Token escrowed`, and " + seeEscrow
	st.Warning = "Created without escrowed means that the server did not take it. Do not run it again and again."
	st.Done = Answers{{Kind: EscrowedAnew}: health.Yes, {Kind: BootstrapWorks}: health.Unknown}
}

func (b *board) writeElevation(st *Step, m move) {
	st.Elevated = st.User
	if m.form == removal {
		b.writeRemoval(st)
		return
	}
	name := health.ShellWord(st.User)
	st.Do = "Tell " + st.User + " what happens, and make the account an administrator for a few minutes: `sudo dseditgroup -o edit -a " + name + " -t user admin`."
	st.Expect = st.User + " is an administrator, until the plan takes it back."
	st.Verify = seeAdminOf(name) + " answers yes."
	st.Undo = "`sudo dseditgroup -o edit -d " + name + " -t user admin`"
	st.Warning = "The rights must be taken back, also where the next step fails. Do not leave the Mac before."
	st.Done = Answers{{Promoted, st.User}: health.Yes}
	st.Failed = st.Failed.With(st.Done) // the group may know the user all the same
}

func seeAdminOf(name string) string { return "`dseditgroup -o checkmember -m " + name + " admin`" }

// writeRemoval ends an elevation. Where it cannot be seen that it did, nothing else is
// done: the plan that is asked for next begins with it again.
func (b *board) writeRemoval(st *Step) {
	name := health.ShellWord(st.User)
	st.Do = "Take the administrator rights back now, whatever came of the step before: `sudo dseditgroup -o edit -d " + name + " -t user admin`. Then run `sudo dscacheutil -flushcache`."
	st.Expect = st.User + " is a standard user again."
	st.Verify = seeAdminOf(name) + " answers no."
	st.Undo = "There is nothing to undo."
	st.Warning = "End the sessions in which " + st.User + " used `sudo`, and look for administrators, sudoers files and LaunchDaemons that are new."
	st.Done = Answers{{Promoted, st.User}: health.Unknown, stepWorks("A07", plain, st.User, "-"): health.Unknown}
	st.Failed = Answers{{Promoted, st.User}: health.Yes}
}

func (b *board) writeServer(st *Step, m move) {
	switch {
	case m.action == "A22":
		st.Do = "In the server's console, switch the Bootstrap Token on, and push the enrolment profile to this Mac again. The profile must name com.apple.mdm.bootstraptoken in its ServerCapabilities."
		if b.m.OS.AtLeast(11, 0) == health.No {
			st.Do = "In the server's console, switch the Bootstrap Token on. The server then sends the setting MDMOptions with BootstrapTokenAllowed to this Mac."
		}
		st.Expect = "The Mac knows that its server keeps Bootstrap Tokens."
		st.Warning = "Do not announce it on a server that does not store the token: the Mac would believe it."
	case m.action == "A23":
		st.Do = "Shut the Mac down and hold its power button until the options appear. Open Options, then the Startup Security Utility, with the password of " + st.Helper + ". Choose Reduced Security, and allow remote management of kernel extensions and automatic software updates."
		st.Expect = "The server may use the Bootstrap Token for updates."
		st.Warning = "Reduced Security keeps the server from erasing the Mac silently."
		st.Done = Answers{}
	case m.form == approval:
		st.Who = TheUser
		st.Do = "At the Mac, open System Settings, Device Management (Profiles before macOS 13), and approve the enrolment."
		st.Expect = "The enrolment is approved by the user."
	default:
		b.writeEnrolment(st)
	}
}

func (b *board) writeEnrolment(st *Step) {
	st.Do = "If the Mac belongs to the organisation in Apple Business Manager, run `sudo profiles renew -type enrollment` and follow the notification. Otherwise install the server's enrolment profile, and approve it in System Settings."
	st.Expect = "The Mac is enrolled. Its server has no Bootstrap Token yet."
	st.Done = Answers{{Kind: EnrolledAnew}: health.Yes, {Kind: EscrowedAnew}: health.Unknown, {Kind: BootstrapWorks}: health.Unknown}
	if b.m.Enrolled == health.Yes {
		st.Warning = "The server forgets the Bootstrap Token now. Go on with the next step at once."
		st.Before = append(st.Before, "Somebody is at hand whose token makes the next Bootstrap Token.")
	}
}

// observe is the step of a plan that knows too little.
func (b *board) observe() Step {
	a := actionOf("A01")
	return Step{
		Action: a.ID, Who: a.Who, Do: "At the Mac, run `sudo tokenward check --deep`, then ask for the plan again.",
		Expect: "What was not known is known.", Verify: a.Verify, Undo: a.Undo,
	}
}
