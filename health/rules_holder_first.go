package health

import "github.com/tokenward/tokenward/health/evidence"

// firstTokenRules know why a Mac never got its first token, on the versions of
// macOS that are particular about who may have it.
func firstTokenRules() []Rule {
	return []Rule{
		{
			Code:        "ST_MULTI_500_DEADLOCK",
			Title:       "Two accounts were there before the first token",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    tokenFacts(evidence.OSVersionFact),
			Open:        "which of the accounts was there first",
			Versions:    Versions{From: [3]int{10, 13}, Before: [3]int{10, 15}},
			Why:         "On macOS 10.13 and 10.14 the first token is given by itself only to an account that is alone: one account with a UID of 500 or more at the first login.",
			Consequence: "No login will ever bring a token on this Mac, and FileVault cannot be turned on.",
			NextStep:    "On 10.14.2 and later an admin grants another account a token, `sysadminctl -secureTokenOn NAME -password - interactive`: both get one. Before that, upgrade macOS first.",
			DoNot:       "Do not wait for a login, and do not make service accounts with a UID of 500 or more on such Macs.",
			Source:      "freegeek-pdx/mkuser; dataJAR, Secure Token",
			Check:       deviceRule(severalFromTheStart),
		},
		{
			Code:        "ST_1015_STANDARD_FIRST",
			Title:       "Only standard users have logged in, and no token came",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    tokenFacts(adminFacts(evidence.LoginsFact, evidence.OSVersionFact)...),
			Open:        "logins that are older than the history",
			Versions:    Versions{From: [3]int{10, 15}, Before: [3]int{11}},
			Why:         "On macOS 10.15 the first token goes to the first admin or mobile account that logs in. The login of a standard local user brings none.",
			Consequence: "Nobody can turn on FileVault, and no Bootstrap Token can be created.",
			NextStep:    "Have an admin of this Mac log in once at the login window: that brings the first token.",
			DoNot:       "Do not turn on FileVault by profile before that.",
			Source:      "travellingtechguy, Secure Token on macOS 10.15; osxbytes",
			Check:       deviceRule(standardUserFirst),
		},
	}
}

func severalFromTheStart(m *Model) *Hit {
	people := count(m, func(a *Account) bool { return a.UIDKnown && a.UID >= firstPersonUID })
	if m.Holders.Exists != No || people < 2 {
		return nil
	}
	return &Hit{
		Because: tokenFacts(),
		Summary: "The Mac has several accounts with a UID of 500 or more, and none of them holds a Secure Token.",
	}
}

// standardUserFirst rests on a login of the kind that brings no token. Had an
// admin logged in, there would be a holder.
func standardUserFirst(m *Model) *Hit {
	came := names(m, func(a *Account) bool {
		return a.Kind == KindLocal && And(a.Person, a.LoggedIn, Not(a.Admin)) == Yes
	})
	if m.Holders.Exists != No || came == "" {
		return nil
	}
	return &Hit{
		Because: tokenFacts(adminFacts(evidence.LoginsFact)...),
		Summary: "Nobody holds a Secure Token, and who has logged in is a standard user: " + came + ".",
	}
}

// firstToken says how a Mac gets its first token: with the first password that
// is set in clear since macOS 11, with the first login before that. Where the
// directory marks an account as a holder macOS gives out no first token. community.
func firstToken(m *Model) string {
	const recovery = "reset a password in recoveryOS; with FileVault on that needs its recovery key."
	const otherwise = " Otherwise " + recovery
	switch {
	case count(m, func(a *Account) bool { return a.Tag == Yes }) > 0:
		return "An account carries the mark of a Secure Token in the directory, and then macOS gives out no first token. Start recoveryOS and " + recovery
	case m.OS.AtLeast(11, 0) == No:
		return "Have the account that is to own the Mac log in first, an admin on macOS 10.15." + otherwise
	case count(m, person) == 0:
		return "No account of a person is on this Mac yet. Finish the Setup Assistant, or make the first user: the first password that is set brings the first token." + otherwise
	case count(m, func(a *Account) bool { return person(a) && !a.Barred }) == 0:
		return "All users carry the mark in the directory that bars an account from the first token. Make a new user in " + settings(m) + ": the first password that is set brings the first token." + otherwise
	}
	return "Make a new user in " + settings(m) + ", or have a user log in whose account was made by MDM or a package: the first password that is typed in clear brings the first token." + otherwise
}

func person(a *Account) bool { return a.Person == Yes }
