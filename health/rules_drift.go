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
			Evidence:    lockOutFacts(),
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

// lockOutFacts are driftFacts with what the severity rests on: whose account it is, and
// whether a login or a recovery key would mend it.
func lockOutFacts() []evidence.FactName {
	return driftFacts(adminFacts(
		evidence.FileVaultStateFact, evidence.ConsoleUserFact, evidence.ManagedAdminsFact, evidence.MDMFact,
		evidence.EACSPreflightFact, evidence.SealedAtFact, evidence.SealedEmptyFact, evidence.EscrowProfileFact,
	)...)
}

func driftWithFileVault(m *Model, a *Account) *Hit {
	if And(a.Drift, a.Person, a.CanLogIn, m.FileVault.On) != Yes {
		return nil
	}
	h := &Hit{
		Because:  lockOutFacts(),
		Summary:  passwordStory(a) + " FileVault may still want the former one.",
		NextStep: driftStep(m, a),
	}
	own := ownChange(a)
	if own && !beyondMending(m) || spareAdmin(m, a) {
		grave := High
		h.Severity = &grave
	}
	if own {
		h.Summary = passwordStory(a) + " The user's session was open then, so it may be the user's own change. A reset by somebody else looks the same, and then FileVault still wants the former one."
		h.NextStep = fmt.Sprintf("Do not restart the Mac before this is settled. If %s changed the password in %s: log out and in once at the login window when convenient, which ends this finding. Otherwise: %s", a.spoken(), settings(m), h.NextStep)
	}
	return h
}

// ownChange says whether the user's session was open when the password was set.
// Somebody else may have set it all the same.
func ownChange(a *Account) bool { return a.Session == Yes && !a.LastLogin.IsZero() }

func passwordStory(a *Account) string {
	if a.LastLogin.IsZero() {
		return fmt.Sprintf("The password of %s was set on %s, and no login at the login window is known since.", a.spoken(), day(a.PasswordSet))
	}
	return fmt.Sprintf("The password of %s was set on %s, after the last login at the login window on %s.", a.spoken(), day(a.PasswordSet), day(a.LastLogin))
}

// driftStep prefers a login, which needs nobody's password but the user's.
func driftStep(m *Model, a *Account) string {
	first := ""
	if m.FileVault.On != No {
		first = ", before any restart"
	}
	switch {
	case m.Bootstrap.Usable() && grantsAtLogin(m, a) == Yes:
		return fmt.Sprintf("Have %s log in anew at the login window with the network up%s: the Bootstrap Token brings the token to the new password.", a.spoken(), first)
	case nobodyElseResets(m, a):
		return alone(m, a)
	}
	return fmt.Sprintf("Have an admin who holds a token set the password once more%s: `sysadminctl -resetPasswordFor %s -newPassword - interactive` asks for the passwords.", first, shellWord(a.Name))
}

// nobodyElseResets: of no other account can it be that it is an admin whose token
// opens with the own password.
func nobodyElseResets(m *Model, a *Account) bool {
	return count(m, func(other *Account) bool {
		return other.Subject() != a.Subject() && And(other.Holder, other.Admin, other.CanLogIn) != No && other.Drift != Yes
	}) == 0
}

// alone is what is left to the only account that could have mended itself.
func alone(m *Model, a *Account) string {
	const recovery = "reset it in recoveryOS"
	if m.FileVault.On == No {
		return fmt.Sprintf("No other admin of this Mac holds a token that works. Keep the former password of %s: the token opens with it. If nobody knows it any more, %s, which brings the token along.", a.spoken(), recovery)
	}
	return fmt.Sprintf("No other admin of this Mac holds a token that works. Find the former password of %s before any restart: FileVault takes it. If nobody knows it any more, have the recovery key at hand and %s with it, which brings the token along.", a.spoken(), recovery)
}

// driftAtPreboot wants to have seen the drift with FileVault on before the Mac was
// started anew.
func driftAtPreboot(m *Model, a *Account) *Hit {
	was := m.Past.Mac.Accounts[a.Subject()]
	before := was.Drift == Yes && m.Past.Mac.FileVault == Yes && !was.DriftSeen.IsZero() && m.Past.Mac.startedAnew(m).After(was.DriftSeen)
	if !before || m.BootedAt.IsZero() || And(a.Drift, a.Person, a.CanLogIn, m.FileVault.On) != Yes {
		return nil
	}
	return &Hit{
		Because: driftFacts(evidence.FileVaultStateFact, evidence.BootedAtFact),
		Summary: fmt.Sprintf("The Mac was started on %s, and %s has not logged in since the password was set on %s.", day(m.BootedAt), a.spoken(), day(a.PasswordSet)),
		NextStep: fmt.Sprintf("Have %s try the former password at FileVault's window. If it is forgotten, another token user or the recovery key opens the disk. %s",
			a.spoken(), driftStep(m, a)),
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
