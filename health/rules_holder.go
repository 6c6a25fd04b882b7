package health

import (
	"fmt"
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
			Consequence: "One forgotten password locks everybody out: nobody else can unlock the disk or grant a token.",
			DoNot:       "Do not delete, disable or reset that account while the Bootstrap Token is not known to work.",
			Source:      "Addigy, Resetting the password of the only secure token user",
			Check:       deviceRule(soleHolder),
		},
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
