package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

const missingConsequence = "This user cannot unlock the disk after a restart, cannot turn on FileVault and cannot authorise updates."

// missingRules ask why a person has none, and who could grant one.
func missingRules() []Rule { return append(grantableRules(), lostSourceRule()) }

func grantableRules() []Rule {
	return []Rule{
		{
			Code:        "ST_USER_MISSING_BT_READY",
			Title:       "No Secure Token yet, a login brings one",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    strengthEvidence(tokenFacts()...),
			Open:        "whether the server still has the token where the Mac only claims it",
			After:       []Code{"ST_OFF_WILL_RETURN", "ST_HOLDER_IS_SERVICE_ACCOUNT"},
			Why:         "The account was made without the password of an admin who holds a token, and its user has not logged in at the login window with the network up since.",
			Consequence: missingConsequence,
			NextStep:    "Have the user log in at the login window with the network up. If FileVault is on, somebody else unlocks the disk first and then logs out, without a restart.",
			DoNot:       "Do not create another admin, and do not reset the password. Unlocking a locked screen is no login.",
			Source:      "Addigy, User does not have a secure token",
			Check:       userRule(missingBootstrapReady),
		},
		{
			Code:        "BT_1015_LOCAL_USER",
			Title:       "macOS 10.15 does not grant a token to local users at login",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    strengthEvidence(tokenFacts(evidence.ManagedAdminsFact)...),
			After:       []Code{"ST_HOLDER_IS_SERVICE_ACCOUNT"},
			Versions:    Versions{From: [3]int{10, 15}, Before: [3]int{11}},
			Why:         "On macOS 10.15 the Bootstrap Token serves mobile accounts and the managed administrator. Other local accounts need a grant.",
			Consequence: missingConsequence,
			NextStep:    "An admin who holds a token grants one: `sysadminctl -secureTokenOn NAME -password - interactive` asks for the passwords at the prompt. Or update to macOS 11 or later.",
			DoNot:       "Do not wait for a login: on 10.15 the Bootstrap Token serves mobile accounts and the managed admin only.",
			Source:      "Apple Platform Security, Bootstrap Token on macOS 10.15",
			Check:       userRule(missingOnCatalina),
		},
		{
			Code:        "ST_USER_MISSING_ADMIN_READY",
			Title:       "No Secure Token, an admin can help",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    absenceEvidence(tokenFacts(adminFacts()...)...),
			Open:        "whether that admin's password is known",
			After:       []Code{"BT_NOT_ESCROWED", "BT_INVALID", "BT_UNSUPPORTED_BY_SERVER", "MDM_NOT_ENROLLED", "ST_TOKEN_DIALOG_BYPASSED", "ST_GRANTER_INVALID"},
			Why:         "The account was made without the password of an admin who holds a token, and there is no Bootstrap Token that a login could use.",
			Consequence: missingConsequence,
			NextStep:    "Escrow the Bootstrap Token with the password of an admin who holds a token, then have the user log in. Without an MDM server that keeps one, that admin grants a token.",
			DoNot:       "If nobody knows that admin's password, do not reset it: a reset breaks the token that is needed.",
			Source:      "Addigy, Admin exists with secure token",
			Says:        []string{"Secure token is DISABLED for user"},
			Check:       userRule(missingAdminReady),
		},
	}
}

// strengthFacts are what a claim about the Bootstrap Token's use rests on: the
// attempt to get it where there was one, else what the Mac believes.
func strengthFacts(m *Model, more ...evidence.FactName) []evidence.FactName {
	if m.Bootstrap.Strength == StrengthProven || m.Bootstrap.Strength == StrengthRefuted {
		more = append(more, evidence.EACSPreflightFact, evidence.ChipFact, evidence.OSVersionFact)
	}
	return escrowFacts(more...)
}

// strengthEvidence lists all facts that strengthFacts can name.
func strengthEvidence(more ...evidence.FactName) []evidence.FactName {
	return escrowFacts(append(more, evidence.EACSPreflightFact, evidence.ChipFact, evidence.OSVersionFact)...)
}

func missingBootstrapReady(m *Model, a *Account) *Hit {
	if !m.Bootstrap.Usable() || grantsAtLogin(m, a) != Yes {
		return nil
	}
	step := fmt.Sprintf("Have %s log in at the login window with the network up. If FileVault is on, somebody else unlocks the disk first and then logs out, without a restart.", a.spoken())
	if m.Bootstrap.Strength == StrengthClaimed {
		step += " If that login brings no token, the escrowed copy is gone: escrow again with `sudo profiles install -type bootstraptoken`."
	}
	return &Hit{
		Because:  strengthFacts(m, tokenFacts(evidence.OSVersionFact)...),
		Summary:  fmt.Sprintf("%s has no Secure Token, and the Bootstrap Token is escrowed.", a.spoken()),
		NextStep: step,
	}
}

// grantsAtLogin: macOS 11 and later grant to every user, 10.15 to mobile ones and
// to the managed administrator.
func grantsAtLogin(m *Model, a *Account) Tri {
	served := TriOf(a.Kind == KindMobile || a.Kind == KindManagedAdmin)
	return Or(m.OS.AtLeast(11, 0), And(m.OS.AtLeast(10, 15), served))
}

func missingOnCatalina(m *Model, a *Account) *Hit {
	if !m.Bootstrap.Usable() || And(m.OS.AtLeast(10, 15), Not(grantsAtLogin(m, a))) != Yes {
		return nil
	}
	return &Hit{
		Because:  strengthFacts(m, tokenFacts(evidence.OSVersionFact)...),
		Summary:  fmt.Sprintf("%s is a local account without a Secure Token on macOS 10.15.", a.spoken()),
		NextStep: "An admin who holds a token grants one: `" + grantCommand(a) + "` asks for the passwords at the prompt. Or update to macOS 11 or later.",
	}
}

// bootstrapAbsent: there is no escrowed token, nobody to escrow one to, a macOS
// without any, or the escrowed one does not work. That it does not is known where
// the server was reached: while it is away, every token looks so.
func bootstrapAbsent(m *Model) Tri {
	refuted := And(TriOf(m.Bootstrap.Strength == StrengthRefuted), m.Enrollment.Reachable)
	return Or(Not(m.Enrolled), Not(m.OS.AtLeast(10, 15)), m.Bootstrap.Missing(), refuted)
}

// absenceFacts are what bootstrapAbsent rests on.
func absenceFacts(m *Model, more ...evidence.FactName) []evidence.FactName {
	if m.Bootstrap.Strength == StrengthRefuted {
		more = append(more, evidence.MDMReachFact)
	}
	return strengthFacts(m, more...)
}

// absenceEvidence lists all facts that absenceFacts can name.
func absenceEvidence(more ...evidence.FactName) []evidence.FactName {
	return strengthEvidence(append(more, evidence.MDMReachFact)...)
}

func missingAdminReady(m *Model, a *Account) *Hit {
	if And(bootstrapAbsent(m), m.Holders.Admin) != Yes {
		return nil
	}
	step := "Escrow the Bootstrap Token with that admin's password, `sudo profiles install -type bootstraptoken`, then have " + a.spoken() + " log in."
	if m.Enrolled != Yes || m.Bootstrap.Supported == No || m.OS.AtLeast(10, 15) == No {
		step = "The admin grants a token: `" + grantCommand(a) + "` asks for the passwords at the prompt."
	}
	return &Hit{
		Because:  absenceFacts(m, tokenFacts(adminFacts(evidence.OSVersionFact)...)...),
		Summary:  fmt.Sprintf("%s has no Secure Token. An admin who could grant one exists: %s.", a.spoken(), adminHolderNames(m)),
		NextStep: step,
	}
}

// grantCommand has both passwords asked for: one on the command line could be
// read by every process of the Mac.
func grantCommand(a *Account) string {
	return "sysadminctl -secureTokenOn " + shellWord(a.Name) + " -password - interactive"
}
