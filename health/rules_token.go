package health

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

const missingConsequence = "This user cannot unlock the disk after a restart, cannot turn on FileVault and cannot authorise updates."

func tokenRules() []Rule { return slices.Concat(holderRules(), missingRules(), brokenTokenRules()) }

// holderRules ask how many hold a token.
func holderRules() []Rule {
	return []Rule{
		{
			Code:        "ST_NO_HOLDERS",
			Title:       "Nobody holds a Secure Token",
			Severity:    Critical,
			FedBy:       FromDevice,
			Consequence: "FileVault cannot be turned on or unlocked by a user, no Bootstrap Token can be created, and on Apple silicon nobody can authorise an update.",
			DoNot:       "Do not remove `.AppleSetupDone` as a routine, do not turn on FileVault by profile and hope, and do not erase before the steps above were tried.",
			Source:      "Addigy, No accessible secure token user; macOS deployment guide, Use secure and bootstrap tokens",
			Check:       deviceRule(noHolders),
		},
		{
			Code:        "ST_SOLE_HOLDER",
			Title:       "One account alone holds a Secure Token",
			Severity:    Medium,
			FedBy:       FromDevice,
			Consequence: "One forgotten password locks everybody out: nobody else can unlock the disk or grant a token.",
			DoNot:       "Do not delete, disable or reset that account while the Bootstrap Token is not known to work.",
			Source:      "Addigy, Resetting the password of the only secure token user",
			Check:       deviceRule(soleHolder),
		},
	}
}

// missingRules ask why a person has none, and who could grant one.
func missingRules() []Rule {
	return []Rule{
		{
			Code:        "ST_USER_MISSING_BT_READY",
			Title:       "No Secure Token yet, a login brings one",
			Severity:    Medium,
			FedBy:       FromDevice,
			Consequence: missingConsequence,
			DoNot:       "Do not create another admin, and do not reset the password. Unlocking a locked screen is no login.",
			Source:      "Addigy, User does not have a secure token",
			Check:       userRule(missingBootstrapReady),
		},
		{
			Code:        "BT_1015_LOCAL_USER",
			Title:       "macOS 10.15 does not grant a token to local users at login",
			Severity:    Medium,
			FedBy:       FromDevice,
			Consequence: missingConsequence,
			DoNot:       "Do not wait for a login: on 10.15 the Bootstrap Token serves mobile accounts and the managed admin only.",
			Source:      "Apple Platform Security, Bootstrap Token on macOS 10.15",
			Check:       userRule(missingOnCatalina),
		},
		{
			Code:        "ST_USER_MISSING_ADMIN_READY",
			Title:       "No Secure Token, an admin can help",
			Severity:    Medium,
			FedBy:       FromDevice,
			After:       []Code{"BT_NOT_ESCROWED", "BT_UNSUPPORTED_BY_SERVER", "MDM_NOT_ENROLLED"},
			Consequence: missingConsequence,
			DoNot:       "If nobody knows that admin's password, do not reset it: a reset breaks the token that is needed.",
			Source:      "Addigy, Admin exists with secure token",
			Check:       userRule(missingAdminReady),
		},
		{
			Code:        "ST_USER_MISSING_NO_SOURCE",
			Title:       "No Secure Token, and nobody who could grant one",
			Severity:    Critical,
			FedBy:       FromDevice,
			After:       []Code{"ST_NO_HOLDERS"},
			Consequence: "Only a password reset in recoveryOS, or an erase, gives this user a token.",
			DoNot:       "Do not reset passwords through the MDM agent: it makes things worse.",
			Source:      "Addigy, No secure token admin / secure token admin is not accessible",
			Check:       userRule(missingWithoutSource),
		},
	}
}

// brokenTokenRules find tokens that are not what they seem.
func brokenTokenRules() []Rule {
	return []Rule{
		{
			Code:        "ST_PHANTOM",
			Title:       "A Secure Token in name only",
			Severity:    High,
			FedBy:       FromDevice,
			Consequence: "sysadminctl reports the token as enabled, but it unlocks nothing: FileVault, grants and updates refuse this user.",
			DoNot:       "Do not rely on `sysadminctl -secureTokenStatus` here, and do not expect `diskutil apfs updatePreboot /` to mend it.",
			Source:      "gregneagle/pycreateuserpkg issue 62; joshua-d-miller/macOSLAPS issue 11",
			Check:       eachAccount(phantom),
		},
		{
			Code:        "ST_ORPHAN_CRYPTO_USER",
			Title:       "A key of an account that is gone",
			Severity:    Medium,
			FedBy:       FromDevice,
			Consequence: "The volume can still be unlocked with the password of an account that no longer exists, and the key counts as a holder for tools that look no further.",
			DoNot:       "Do not count it as a token holder.",
			Source:      "judgement of this project: a crypto user without a directory record is no holder",
			Check:       orphanKeys,
		},
	}
}

// tokenFacts are what every finding about accounts and their tokens rests on.
func tokenFacts(more ...evidence.FactName) []evidence.FactName {
	return append(more, evidence.DirectoryFact, evidence.CryptoUsersFact)
}

// strengthFacts are what a claim about the Bootstrap Token's use rests on: the
// attempt to get it where there was one, else what the Mac believes.
func strengthFacts(m Model, more ...evidence.FactName) []evidence.FactName {
	if m.Bootstrap.Strength == StrengthProven {
		more = append(more, evidence.EACSPreflightFact, evidence.ChipFact, evidence.OSVersionFact)
	}
	return escrowFacts(more...)
}

// eachAccount makes a check out of one that looks at a single account.
func eachAccount(check func(Model, Account) *Hit) func(Model, Policy) []Hit {
	return func(m Model, _ Policy) []Hit {
		var hits []Hit
		for _, a := range m.Accounts {
			if h := check(m, a); h != nil {
				h.Subject = a.Subject()
				hits = append(hits, *h)
			}
		}
		return hits
	}
}

// userRule is eachAccount for people: accounts that nobody works with, and
// those that the organisation declared as service accounts, are not judged.
func userRule(check func(Model, Account) *Hit) func(Model, Policy) []Hit {
	return func(m Model, p Policy) []Hit {
		return eachAccount(func(m Model, a Account) *Hit {
			if a.Person != Yes || a.Lacks() != Yes || slices.Contains(p.ServiceAccounts, a.Name) {
				return nil
			}
			return check(m, a)
		})(m, p)
	}
}

func noHolders(m Model) *Hit {
	if m.Holders.Exists != No {
		return nil
	}
	step := "Make a new user in System Settings, or have a user log in whose account was made by MDM or a package: the first password that is typed in clear brings the first token. " +
		"If it does not, reset a password in recoveryOS; with FileVault on that needs its recovery key."
	if m.OS.AtLeast(11, 0) == No {
		step = "Have the account that is to own the Mac log in first, an admin on macOS 10.15. Otherwise reset a password in recoveryOS."
	}
	return &Hit{
		Because:  tokenFacts(),
		Summary:  "The volume has no key for any account of this Mac.",
		NextStep: step,
	}
}

// soleHolder is normal on a Mac with one person, as long as a login can bring
// the next token.
func soleHolder(m Model) *Hit {
	if !m.Holders.CountKnown || m.Holders.Count != 1 {
		return nil
	}
	severity, step := Medium, "Escrow the Bootstrap Token, so that the next user who logs in gets a token too."
	if m.Bootstrap.Usable() {
		severity, step = Info, "Nothing to do. Before that account is removed or its password reset, have a second user log in."
	}
	return &Hit{
		Because: escrowFacts(tokenFacts()...), Severity: &severity,
		Summary:  holderNames(m) + " alone holds a Secure Token on this Mac.",
		NextStep: step,
	}
}

func missingBootstrapReady(m Model, a Account) *Hit {
	if !m.Bootstrap.Usable() || grantsAtLogin(m, a) != Yes {
		return nil
	}
	step := fmt.Sprintf("Have %s log in at the login window with the network up. If FileVault is on, somebody else unlocks the disk first and then logs out, without a restart.", a.Name)
	if m.Bootstrap.Strength == StrengthClaimed {
		step += " If that login brings no token, the escrowed copy is gone: escrow again with `sudo profiles install -type bootstraptoken`."
	}
	return &Hit{
		Because:  strengthFacts(m, tokenFacts(evidence.OSVersionFact)...),
		Summary:  fmt.Sprintf("%s has no Secure Token, and the Bootstrap Token is escrowed.", a.Name),
		NextStep: step,
	}
}

// grantsAtLogin: macOS 11 and later grant to every user, 10.15 to mobile ones.
func grantsAtLogin(m Model, a Account) Tri {
	return Or(m.OS.AtLeast(11, 0), And(m.OS.AtLeast(10, 15), TriOf(a.Kind == KindMobile)))
}

func missingOnCatalina(m Model, a Account) *Hit {
	if !m.Bootstrap.Usable() || And(m.OS.AtLeast(10, 15), Not(grantsAtLogin(m, a))) != Yes {
		return nil
	}
	return &Hit{
		Because:  escrowFacts(tokenFacts(evidence.OSVersionFact)...),
		Summary:  fmt.Sprintf("%s is a local account without a Secure Token on macOS 10.15.", a.Name),
		NextStep: "An admin who holds a token grants one: `" + grantCommand(a) + "` asks for the passwords at the prompt. Or update to macOS 11 or later.",
	}
}

// bootstrapAbsent: there is no escrowed token, or nobody to escrow one to.
func bootstrapAbsent(m Model) Tri { return Or(Not(m.Enrolled), m.Bootstrap.Missing()) }

func missingAdminReady(m Model, a Account) *Hit {
	if And(bootstrapAbsent(m), m.Holders.Admin) != Yes {
		return nil
	}
	step := "Escrow the Bootstrap Token with that admin's password, `sudo profiles install -type bootstraptoken`, then have " + a.Name + " log in."
	if m.Enrolled != Yes || m.Bootstrap.Supported == No {
		step = "The admin grants a token: `" + grantCommand(a) + "` asks for the passwords at the prompt."
	}
	return &Hit{
		Because:  escrowFacts(tokenFacts(evidence.AdminsFact)...),
		Summary:  fmt.Sprintf("%s has no Secure Token. An admin who could grant one exists: %s.", a.Name, adminHolderNames(m)),
		NextStep: step,
	}
}

// grantCommand has both passwords asked for: one on the command line could be
// read by every process of the Mac.
func grantCommand(a Account) string {
	return "sysadminctl -secureTokenOn " + shellWord(a.Name) + " -password - interactive"
}

func missingWithoutSource(m Model, a Account) *Hit {
	if And(m.Bootstrap.Missing(), Not(m.Holders.Exists)) != Yes {
		return nil
	}
	because := tokenFacts(evidence.BootstrapSupportedFact)
	if m.Bootstrap.Supported != No {
		because = append(because, evidence.BootstrapEscrowedFact)
	}
	return &Hit{
		Because:  because,
		Summary:  fmt.Sprintf("%s has no Secure Token, no account holds one, and no Bootstrap Token is escrowed.", a.Name),
		NextStep: "Reset the password in recoveryOS: that grants a token. With FileVault on, its recovery key is needed.",
	}
}

func phantom(_ Model, a Account) *Hit {
	if And(a.Status, Not(a.CryptoUser)) != Yes {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(evidence.TokenStatusFact),
		Summary:  fmt.Sprintf("sysadminctl says that %s has a Secure Token, but the volume has no key for that account.", a.Name),
		NextStep: fmt.Sprintf("Does %s remember the former password? Then change it properly. Otherwise another token-holding admin turns the token off and on again, or a login with an escrowed Bootstrap Token renews it.", a.Name),
	}
}

func orphanKeys(m Model, _ Policy) []Hit {
	var hits []Hit
	for _, uuid := range m.Orphans {
		hits = append(hits, Hit{
			Subject: uuid, Because: tokenFacts(),
			Summary:  fmt.Sprintf("The volume has a key for %s, but no account has that GeneratedUID.", uuid),
			NextStep: "If the account was deleted: `sudo fdesetup remove -uuid " + shellWord(uuid) + "`, then check the list again. If its record was only lost, restore it first.",
		})
	}
	return hits
}

// holderNames names the accounts that hold a token, for a sentence.
func holderNames(m Model) string {
	return names(m, func(a Account) bool { return a.Holder == Yes })
}

func adminHolderNames(m Model) string {
	return names(m, func(a Account) bool { return a.Holder == Yes && a.Admin == Yes })
}

func names(m Model, keep func(Account) bool) string {
	const most = 3
	var list []string
	for _, a := range m.Accounts {
		if keep(a) {
			list = append(list, a.Name)
		}
	}
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}
