package health

import (
	"fmt"
	"slices"
	"strings"
)

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
			After:       []Code{"BT_NOT_ESCROWED_STANDARD_HOLDER", "BT_NOT_ESCROWED", "BT_UNSUPPORTED_BY_SERVER", "BT_INVALID", "MDM_NOT_ENROLLED"},
			Consequence: "One forgotten password locks everybody out: nobody else can unlock the disk or grant a token.",
			DoNot:       "Do not delete, disable or reset that account while the Bootstrap Token is not known to work.",
			Source:      "Addigy, Resetting the password of the only secure token user",
			Check:       deviceRule(soleHolder),
		},
	}
}

func noHolders(m *Model) *Hit {
	if m.Holders.Exists != No {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(),
		Summary:  "The volume has no key for any account of this Mac.",
		NextStep: firstToken(m),
	}
}

// firstToken says how a Mac gets its first token: with the first password that
// is set in clear since macOS 11, with the first login before that.
func firstToken(m *Model) string {
	const recovery = " Otherwise reset a password in recoveryOS; with FileVault on that needs its recovery key."
	people := slices.DeleteFunc(slices.Clone(m.Accounts), func(a Account) bool { return a.Person != Yes })
	barred := len(people) > 0 && !slices.ContainsFunc(people, func(a Account) bool { return !a.Barred })
	switch {
	case m.OS.AtLeast(11, 0) == No:
		return "Have the account that is to own the Mac log in first, an admin on macOS 10.15." + recovery
	case len(people) == 0:
		return "No user has been set up yet. Finish the Setup Assistant, or make the first user: the first password that is set brings the first token." + recovery
	case barred:
		return "All users carry the mark in the directory that bars an account from the first token. Make a new user in System Settings: the first password that is set brings the first token." + recovery
	}
	return "Make a new user in System Settings, or have a user log in whose account was made by MDM or a package: the first password that is typed in clear brings the first token." + recovery
}

// soleHolder is normal on a Mac with one person, as long as a login can bring
// the next token.
func soleHolder(m *Model) *Hit {
	if !m.Holders.CountKnown || m.Holders.Count != 1 {
		return nil
	}
	severity := Medium
	if m.Bootstrap.Usable() {
		severity = Info
	}
	return &Hit{
		Because: escrowFacts(tokenFacts()...), Severity: &severity,
		Summary:  holderNames(m) + " alone holds a Secure Token on this Mac.",
		NextStep: secondHolder(m),
	}
}

// secondHolder says how the next account gets a token, which depends on who
// could grant one.
func secondHolder(m *Model) string {
	switch {
	case m.Bootstrap.Usable():
		return "Nothing to do. Before that account is removed or its password reset, have a second user log in."
	case m.Holders.AllStandard == Yes:
		return "Make that user an admin for as long as it takes to give a second account a token or to escrow the Bootstrap Token."
	case lacksEscrow(m) == Yes:
		return "Escrow the Bootstrap Token, so that the next user who logs in gets a token too."
	}
	return "Have that account, as an admin, give a second account a token: `sysadminctl -secureTokenOn NAME -password - interactive` asks for the passwords."
}

// holderNames names the accounts that hold a token, for a sentence.
func holderNames(m *Model) string {
	return names(m, func(a *Account) bool { return a.Holder == Yes })
}

func adminHolderNames(m *Model) string {
	return names(m, func(a *Account) bool { return a.Holder == Yes && a.Admin == Yes })
}

func names(m *Model, keep func(*Account) bool) string {
	const most = 3
	var list []string
	for i := range m.Accounts {
		if a := &m.Accounts[i]; keep(a) {
			list = append(list, a.Name)
		}
	}
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}
