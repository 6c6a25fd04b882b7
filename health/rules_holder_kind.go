package health

import (
	"fmt"
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// holderKindRules ask whether those who hold a token are the right ones.
func holderKindRules() []Rule {
	return []Rule{
		{
			Code:        "ST_ONLY_STANDARD_HOLDERS",
			Title:       "No admin holds a Secure Token",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    absenceEvidence(tokenFacts(adminFacts()...)...),
			After:       []Code{"BT_NOT_ESCROWED_STANDARD_HOLDER"},
			Why:         "The user became a standard user in Setup Assistant or later, and no admin ever got a token.",
			Consequence: "Nobody can grant a Secure Token or escrow the Bootstrap Token: both want the password of an admin who holds a token.",
			NextStep:    "Make the holder an admin for as long as it takes to escrow the Bootstrap Token or to grant an admin a token, then take the rights back.",
			DoNot:       "Do not forget to take the admin rights back, and do not create a new admin for it: that account would have no token either.",
			Source:      "Addigy, Standard user exists with a secure token",
			Check:       deviceRule(noAdminHolds),
		},
		{
			Code:        "ST_HOLDER_IS_SERVICE_ACCOUNT",
			Title:       "A service account took the Secure Token, its user has none",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    tokenFacts(evidence.ManagedAdminsFact),
			Open:        "which accounts serve no person; the organisation can name them",
			Why:         "A package or the server made an account whose password was set or typed before the user's, and the first token went to it.",
			Consequence: "The user cannot unlock the disk or authorise updates. The account that can is one that nobody uses, and FileVault's window shows it.",
			NextStep:    "Escrow the Bootstrap Token, have the user log in, and only then turn the service account's token off or delete it.",
			DoNot:       "Do not delete that account first: it holds the only token.",
			Source:      "Kandji, Big Sur and Secure Tokens; gregneagle/pycreateuserpkg issue 59",
			Check:       serviceHolders,
		},
		{
			Code:     "ST_REQUIRED_HOLDER_MISSING",
			Title:    "A required account holds no usable Secure Token",
			Severity: High,
			FedBy:    FromDevice,
			Evidence: tokenFacts(),
			Open:     "whether its password is known",
			After: []Code{
				"ST_PHANTOM", "ST_NO_HOLDERS", "ST_USER_MISSING_NO_SOURCE", "ST_USER_MISSING_BT_READY", "ST_USER_MISSING_ADMIN_READY", "BT_1015_LOCAL_USER",
			},
			Why:         "The policy names the account as one that must be able to unlock the Mac, and it has not got a token, lost it, or was disabled.",
			Consequence: "Where everybody counts on that account, it cannot unlock the disk, grant tokens or authorise an update.",
			NextStep:    "Have somebody log in with that account at the login window where the Bootstrap Token works. Otherwise an admin who holds a token grants one.",
			DoNot:       "Do not count on that account before `diskutil apfs listcryptousers /` shows its GeneratedUID.",
			Source:      "kc9wwh/FileVaultEnableAdminAccount issue 2; policy of the organisation",
			Check:       requiredHolders,
		},
	}
}

// noAdminHolds matters where no login could give an admin a token.
func noAdminHolds(m *Model) *Hit {
	cannotCome := Or(bootstrapAbsent(m), And(TriOf(m.Bootstrap.Usable()), Not(m.OS.AtLeast(11, 0))))
	if And(m.Holders.AllStandard, cannotCome) != Yes {
		return nil
	}
	h := &Hit{
		Because: absenceFacts(m, tokenFacts(adminFacts(evidence.OSVersionFact)...)...),
		Summary: "Standard users alone hold a Secure Token: " + holderNames(m) + ".",
	}
	if lacksEscrow(m) == Yes {
		h.NextStep = escrowStep(m) // the same as for the escrow: one step, said once
	}
	return h
}

// serves says whether nobody works with an account: by its record, because the
// server had it made, or by decision.
func serves(a *Account, p Policy) bool {
	return a.Person == No || a.Kind == KindManagedAdmin || p.Serves(a)
}

func serviceHolders(m *Model, p Policy) []Hit {
	human := count(m, func(a *Account) bool { return a.Holder != No && !serves(a, p) })
	without := names(m, func(a *Account) bool { return And(a.Person, a.Lacks()) == Yes && !serves(a, p) })
	if human > 0 || without == "" || m.Holders.Exists != Yes {
		return nil
	}
	return []Hit{{
		Subject: DeviceSubject, Because: tokenFacts(evidence.ManagedAdminsFact),
		Summary: fmt.Sprintf("Of all accounts only %s holds a Secure Token, and nobody works with it. Without one: %s.", holderNames(m), without),
	}}
}

func requiredHolders(m *Model, p Policy) []Hit {
	if len(p.RequiredHolders) == 0 {
		return nil
	}
	return eachAccount(func(_ *Model, a *Account) *Hit {
		if unusable(a) != Yes || !slices.Contains(p.RequiredHolders, a.Name) {
			return nil
		}
		return &Hit{
			Because: tokenFacts(),
			Summary: fmt.Sprintf("%s must hold a usable Secure Token on every Mac, and does not.", a.spoken()),
		}
	})(m, p)
}
