package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

// directoryUserRules are about users who come from elsewhere: a directory service
// or Platform SSO makes their accounts when they first log in.
func directoryUserRules() []Rule {
	return []Rule{
		{
			Code:        "ST_TOKEN_DIALOG_BYPASSED",
			Title:       "A directory user got past the dialog for a Secure Token",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    absenceEvidence(tokenFacts(evidence.LoginsFact, evidence.ConsoleUserFact)...),
			Open:        "whether the dialog was shown, dismissed or suppressed",
			Versions:    Versions{From: [3]int{10, 13, 4}},
			After:       []Code{"BT_NOT_ESCROWED", "BT_INVALID", "BT_UNSUPPORTED_BY_SERVER", "MDM_NOT_ENROLLED"},
			Why:         "At the first login macOS asks for the name and password of an admin who holds a token. Somebody pressed Bypass, or a setting suppresses the dialog.",
			Consequence: "This user is not offered at the FileVault screen and cannot authorise updates.",
			NextStep:    "An admin who holds a token grants one: `sysadminctl -secureTokenOn NAME -password - interactive` asks for the passwords. Or escrow the Bootstrap Token and have the user log in again.",
			DoNot:       "Do not wait for the dialog to come back: it is shown at the first login alone.",
			Source:      "FileWave, Bootstrap Token Management; WKU KB; Illinois KB 88282",
			Says:        []string{"Enter a SecureToken administrator's name and password"},
			Check:       userRule(pastTheDialog),
		},
		{
			Code:        "ST_DIALOG_SUPPRESSED_WITHOUT_BT",
			Title:       "The dialog for a Secure Token is suppressed without need",
			Severity:    Medium,
			FedBy:       FromAdvice,
			Evidence:    []evidence.FactName{evidence.BootstrapEscrowedFact, evidence.FileVaultStateFact},
			Open:        "the setting is in a profile whose file this version does not read",
			Versions:    Versions{From: [3]int{10, 13, 4}},
			Why:         "A profile sets `cachedaccounts.askForSecureTokenAuthBypass` in `com.apple.MCX`, which is meant for Macs with an escrowed Bootstrap Token.",
			Consequence: "Directory users get no token at their first login, and nobody is told.",
			NextStep:    "Escrow the Bootstrap Token, or take the setting out of the profile until that is done.",
			Source:      "Apple, device management schema, com.apple.MCX; FileWave, Bootstrap Token Management",
			Says:        []string{"askForSecureTokenAuthBypass"},
		},
		{
			Code:        "PSSO_USER_NO_TOKEN",
			Title:       "A user of Platform SSO has no Secure Token",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    tokenFacts(evidence.PlatformSSOFact, evidence.OSVersionFact),
			Open:        "which accounts Platform SSO made",
			Versions:    Versions{From: [3]int{14}},
			After:       []Code{"ST_USER_MISSING_NO_SOURCE", "ST_USER_MISSING_BT_READY", "ST_USER_MISSING_ADMIN_READY"},
			Why:         "Platform SSO makes an account at its user's first login and uses the Bootstrap Token to give it a Secure Token. At that login it could not get one.",
			Consequence: "This user cannot unlock FileVault, so that a shared Mac waits for somebody else after each restart.",
			NextStep:    "See that the Bootstrap Token works, then have the user log out and log in at the login window with the network up.",
			DoNot:       "Do not delete the account to have it made anew before the Bootstrap Token works.",
			Source:      "Apple, device management schema, Extensible Single Sign-On, Platform SSO",
			Check:       userRule(signOnUser),
		},
	}
}

func pastTheDialog(m *Model, a *Account) *Hit {
	came := Or(a.LoggedIn, a.Console)
	if a.Kind != KindMobile || And(came, m.Holders.Exists, bootstrapAbsent(m)) != Yes {
		return nil
	}
	return &Hit{
		Because:  absenceFacts(m, tokenFacts(evidence.LoginsFact, evidence.ConsoleUserFact)...),
		Summary:  fmt.Sprintf("%s has a mobile account, has logged in and holds no Secure Token, though others of this Mac do.", a.spoken()),
		NextStep: "An admin who holds a token grants one: `" + grantCommand(a) + "` asks for the passwords. Or escrow the Bootstrap Token and have " + a.spoken() + " log in again.",
	}
}

func signOnUser(m *Model, a *Account) *Hit {
	if m.PlatformSSO != Yes || a.Kind != KindLocal {
		return nil
	}
	return &Hit{
		Because: tokenFacts(evidence.PlatformSSOFact),
		Summary: fmt.Sprintf("Platform SSO is set up on this Mac, and %s has no Secure Token.", a.spoken()),
	}
}
