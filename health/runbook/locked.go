package runbook

import (
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

// lockedOut is about a Mac that waits at the FileVault window. Nothing runs there,
// so that nobody can ask it for a plan: its tree is written by hand.
func lockedOut() Page {
	return Page{
		Slug: "locked-out-at-filevault", Title: "FileVault wants the former password",
		Article: addigy + "User cannot log in via FileVault",
		When: "A password was reset from the console, the Mac was restarted, and the user is refused. The Mac does not show up online: it waits at the FileVault window, " +
			"where nothing of macOS runs and where the password is still the one from before the reset.",
		Codes: []health.Code{"ST_DRIFT_FV_ON", "ST_DRIFT_AT_PREBOOT", "FV_WINDOW_CONFUSION"},
		Goal:  plan.Goal{Kind: plan.RepairFor, User: "USER"},
		Note: "Which window refuses the user? The FileVault window appears before macOS has started, and the Mac is then offline in the console. " +
			"The login window appears afterwards, and the Mac is online. At the login window the new password counts.",
		Ways: []Way{{Tree: fromTheWindow()}},
		mac: example{escrowed: true, fileVault: true, sealed: true, people: []person{
			{name: "USER", holder: true, drifted: true}, {name: "COLLEAGUE", holder: true, admin: true},
		}},
	}
}

const (
	window  = "The login window appears."
	desktop = "The desktop of COLLEAGUE appears."
)

// fromTheWindow is the order of the article: what needs least comes first, and an
// erase last.
func fromTheWindow() *plan.Plan {
	key := ask("Is the recovery key of FileVault at hand? Look in the console, too.", steps(recovery()), lost())
	told := ask("Can the password of COLLEAGUE be told to USER, and be changed afterwards?", steps(
		sees(byHand("A15", "USER types the password of COLLEAGUE at the FileVault window, in the field of COLLEAGUE.", "The Mac starts, and COLLEAGUE is logged in."), desktop),
		sees(byHand("A04", "USER logs COLLEAGUE out, without a restart.", "Somebody else can log in."), window),
		mended(),
		sees(byHand("A14", "As soon as COLLEAGUE can log in at this Mac, COLLEAGUE changes the password: System Settings, Users & Groups, Change Password. Then COLLEAGUE logs out and in once more.",
			"Nobody else knows the password of COLLEAGUE any more."), "The former password of COLLEAGUE is refused."),
	), key)
	ssh := ask("Is it macOS 26 or later with Remote Login on, and do you know the password of COLLEAGUE?", steps(
		sees(byHand("A28", "From another computer in the same network run `ssh COLLEAGUE@MAC`, and type the password of COLLEAGUE when it asks. The connection ends while the Mac starts.", "The Mac starts."), window),
		mended(),
	), told)
	colleague := ask("Can COLLEAGUE, who can unlock the disk too, come to the Mac?", steps(
		sees(byHand("A15", "COLLEAGUE types the own password at the FileVault window.", "The Mac starts, and COLLEAGUE is logged in."), desktop),
		sees(byHand("A04", "COLLEAGUE logs out, without a restart.", "Somebody else can log in."), window),
		mended(),
	), ssh)
	return ask("Does USER remember the password from before the reset?", steps(
		sees(byHand("A15", "USER types the former password at the FileVault window.", "The Mac starts, and asks once more, since the passwords differ."), window),
		mended(),
	), colleague)
}

// mended is the login that ends the trouble while the Bootstrap Token works, or with
// the former password where it does not.
func mended() plan.Step {
	s := byHand("A14", "USER logs in at the login window, with the new password. If the Mac asks for the former password and USER knows it, USER types it.",
		"The Secure Token of USER opens with the new password again.")
	s.Before = []string{"The Mac is on the network, also at the login window."}
	s.Warning = "Do not restart the Mac before this is done: FileVault would ask for the former password again."
	return s
}

func recovery() plan.Step {
	s := byHand("A13", "Start the Mac in recoveryOS and open Terminal there. Unlock the disk with the recovery key when it is asked for. Run `resetpassword`, choose USER, and set a new password. "+
		"Restart, and have USER log in with it.", "USER has a new password, and a Secure Token that opens with it.")
	s.Warning = "Choose that user alone, and not to reset everything. The login keychain of the user keeps the old password."
	return s
}

// lost is what is left where nothing opens the disk.
func lost() *plan.Plan {
	erase := byHand("A26", "Start the Mac in recoveryOS and erase it there, or restore it from another Mac. Then install macOS.", "Everything that is on the Mac is gone, and the next user sets it up.")
	erase.Warning = "Look for a backup, and for the recovery key in every place where it could have been kept, before this."
	return &plan.Plan{Outcome: plan.NoWay, Blocked: &plan.Blocked{
		Reasons:  []string{"Nobody has a password or a key that opens the disk."},
		Missing:  []string{"the former password of USER", "the password of COLLEAGUE", "the recovery key of FileVault"},
		LeastBad: []plan.Step{erase},
	}}
}
