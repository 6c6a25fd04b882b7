package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

// changedByOneself is what the times leave open.
const changedByOneself = "a change by the user and a reset in recoveryOS look the same, and both bring the token along; a login clears the suspicion even where no Bootstrap Token mended anything"

// driftRules suspect tokens that open with a former password.
func driftRules() []Rule {
	return []Rule{
		{
			Code:        "ST_DRIFT_FV_ON",
			Title:       "FileVault may want a former password after a restart",
			Severity:    Critical,
			FedBy:       FromDevice,
			Evidence:    driftFacts(adminFacts(evidence.FileVaultStateFact, evidence.ConsoleUserFact, evidence.ManagedAdminsFact, evidence.MDMFact)...),
			Open:        changedByOneself,
			After:       []Code{"ST_LAPS_DRIFT", "ST_MOBILE_AD_DRIFT"},
			Why:         "The management server, an agent or a script wrote a new password into the account. The token does not learn of it and keeps opening with the former one.",
			Consequence: "After a restart FileVault refuses the new password. Who knows neither the former password nor the recovery key is locked out.",
			NextStep:    "Before any restart, have the user log in at the login window where the Bootstrap Token works, or have an admin who holds a token reset the password once more.",
			DoNot:       "Do not restart the Mac, do not install updates, and do not let the battery run down.",
			Source:      "Addigy, Password reset and secure tokens; joshua-d-miller/macOSLAPS issue 11",
			Check:       eachAccount(driftWithFileVault),
		},
		{
			Code:        "ST_DRIFT_AT_PREBOOT",
			Title:       "Restarted while FileVault wanted a former password",
			Severity:    Critical,
			FedBy:       FromHistory,
			Evidence:    driftFacts(evidence.FileVaultStateFact, evidence.BootedAtFact),
			Open:        "who unlocked the disk: nothing runs while a Mac waits at its FileVault window",
			After:       []Code{"ST_LAPS_DRIFT", "ST_MOBILE_AD_DRIFT"},
			Why:         "A password was set past the token, and the Mac was restarted before a login or a proper reset had mended that.",
			Consequence: "This user's new password does not open the disk. It was unlocked by somebody else, with the recovery key, or with the former password.",
			NextStep:    "Have the user try the former password at FileVault's window. Otherwise another token user or the recovery key opens it, and then an admin who holds a token resets the password.",
			DoNot:       "Do not keep guessing at FileVault's window, and do not push another reset from the server.",
			Source:      "Addigy, Password reset and secure tokens; Addigy, Recovery, article 4406215343763",
			Check:       eachAccount(driftAtPreboot),
		},
		{
			Code:        "ST_DRIFT_FV_OFF",
			Title:       "A Secure Token may open with a former password",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    driftFacts(evidence.FileVaultStateFact),
			Open:        changedByOneself,
			After:       []Code{"ST_LAPS_DRIFT", "ST_MOBILE_AD_DRIFT"},
			Why:         "A new password was written into the account past the token. FileVault is off, so that nobody has noticed yet.",
			Consequence: "Grants, updates and turning on FileVault refuse this user's password. Once FileVault is on, the user can be locked out.",
			NextStep:    "Have the user log in at the login window where the Bootstrap Token works, or have an admin who holds a token reset the password once more.",
			DoNot:       "Do not turn on FileVault before this is mended.",
			Source:      "Addigy, Password reset and secure tokens; judgement of this project",
			Check:       eachAccount(driftWithoutFileVault),
		},
	}
}

// driftFacts are what the suspicion rests on.
func driftFacts(more ...evidence.FactName) []evidence.FactName {
	return tokenFacts(append(more, evidence.PasswordsFact, evidence.LoginsFact)...)
}

func driftWithFileVault(m *Model, a *Account) *Hit {
	if And(a.Drift, a.Person, a.CanLogIn, m.FileVault.On) != Yes {
		return nil
	}
	h := &Hit{
		Because:  driftFacts(adminFacts(evidence.FileVaultStateFact, evidence.ConsoleUserFact, evidence.ManagedAdminsFact, evidence.MDMFact)...),
		Summary:  passwordStory(a) + " FileVault may still want the former one.",
		NextStep: driftStep(m, a),
	}
	own, spare := ownChange(a), spareAdmin(m, a)
	if own || spare {
		grave := High
		h.Severity = &grave
	}
	if own {
		h.Summary = passwordStory(a) + " The user was logged in then: it may well be the user's own change, and harmless."
		h.NextStep = "Was it a change by " + a.Name + "? Then nothing is to be done, and the next login ends this finding. Otherwise: " + h.NextStep
	}
	return h
}

// ownChange says whether the user's session was open when the password was set.
func ownChange(a *Account) bool { return a.Session == Yes && !a.LastLogin.IsZero() }

// spareAdmin says whether the account may be the administrator that the server had
// made, with nobody sitting at it: the Mac has other users, who are not locked out.
// Where it is not known whom the server had made, any admin may be that one, so
// that the server's silence makes nothing worse.
func spareAdmin(m *Model, a *Account) bool {
	notSaid := m.Enrolled != No && m.Enrollment.ManagedAdmins == Unknown && a.Admin != No
	return a.Console != Yes && (a.Kind == KindManagedAdmin || notSaid)
}

func passwordStory(a *Account) string {
	if a.LastLogin.IsZero() {
		return fmt.Sprintf("The password of %s was set on %s, and no login at the login window is known since.", a.Name, day(a.PasswordSet))
	}
	return fmt.Sprintf("The password of %s was set on %s, after the last login at the login window on %s.", a.Name, day(a.PasswordSet), day(a.LastLogin))
}

// driftStep prefers a login, which needs nobody's password but the user's.
func driftStep(m *Model, a *Account) string {
	first := ""
	if m.FileVault.On != No {
		first = ", before any restart"
	}
	if m.Bootstrap.Usable() && grantsAtLogin(m, a) == Yes {
		return fmt.Sprintf("Have %s log in anew at the login window with the network up%s: the Bootstrap Token brings the token to the new password.", a.Name, first)
	}
	return fmt.Sprintf("Have an admin who holds a token set the password once more%s: `sysadminctl -resetPasswordFor %s -newPassword - interactive` asks for the passwords.", first, shellWord(a.Name))
}

// driftAtPreboot wants to have seen the drift with FileVault on before the Mac was
// started anew.
func driftAtPreboot(m *Model, a *Account) *Hit {
	was := m.Past.Mac.Accounts[a.Subject()]
	before := was.Drift == Yes && m.Past.Mac.FileVault == Yes && !was.DriftSeen.IsZero() && m.BootedAt.After(was.DriftSeen)
	if !before || And(a.Drift, a.Person, a.CanLogIn, m.FileVault.On) != Yes {
		return nil
	}
	return &Hit{
		Because: driftFacts(evidence.FileVaultStateFact, evidence.BootedAtFact),
		Summary: fmt.Sprintf("The Mac was started on %s, and %s has not logged in since the password was set on %s.", day(m.BootedAt), a.Name, day(a.PasswordSet)),
		NextStep: fmt.Sprintf("Have %s try the former password at FileVault's window. If it is forgotten, another token user or the recovery key opens the disk. %s",
			a.Name, driftStep(m, a)),
	}
}

func driftWithoutFileVault(m *Model, a *Account) *Hit {
	if And(a.Drift, a.Person, a.CanLogIn, Not(m.FileVault.On)) != Yes {
		return nil
	}
	return &Hit{
		Because:  driftFacts(evidence.FileVaultStateFact),
		Summary:  passwordStory(a) + " The token may still open with the former one.",
		NextStep: driftStep(m, a),
	}
}
