package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

// kindRules explain why an account has no token where nothing is wrong with that,
// or where its kind is the reason.
func kindRules() []Rule {
	return []Rule{
		{
			Code:        "ST_NETWORK_ACCOUNT",
			Title:       "A network account never holds a Secure Token",
			Severity:    Info,
			FedBy:       FromDevice,
			Evidence:    []evidence.FactName{evidence.ConsoleUserFact, evidence.DirectoryFact},
			Open:        "network users who are not at the Mac during the check",
			Why:         "The user logs in against the directory service, and the Mac keeps no account of its own for that.",
			Consequence: "This user cannot unlock FileVault, turn it on or authorise updates, whatever is done.",
			NextStep:    "If that user is to unlock the Mac, make a mobile or a local account for that user.",
			Source:      "VMware Workspace ONE documentation, Bootstrap Token",
			Check:       deviceRule(networkAccount),
		},
		{
			Code:        "ST_HFS",
			Title:       "The startup volume is not APFS",
			Severity:    Info,
			FedBy:       FromDevice,
			Evidence:    []evidence.FactName{evidence.FileSystemFact},
			Why:         "Secure Tokens live on APFS volumes. macOS 10.13 left disks with moving parts as they were.",
			Consequence: "There are no Secure Tokens and no Bootstrap Token on this Mac, and none of their rules apply.",
			NextStep:    "Nothing, unless the Mac is to be managed like newer ones: then upgrade macOS, which converts the volume.",
			Source:      "Apple Platform Deployment, Use secure and bootstrap tokens",
			Check:       deviceRule(otherFileSystem),
		},
		{
			Code:        "ST_HASHED_ACCOUNT",
			Title:       "The server's administrator has no token yet, as expected",
			Severity:    Info,
			FedBy:       FromDevice,
			Evidence:    tokenFacts(evidence.ManagedAdminsFact, evidence.LoginsFact, evidence.PasswordsFact),
			Open:        "accounts that a package made look like any others",
			Why:         "The server sent Setup Assistant a hash of the password. A token needs the password itself, and the Mac has not seen it.",
			Consequence: "This administrator cannot unlock FileVault or grant tokens until it has logged in.",
			NextStep:    "Nothing, unless it is to hold a token: then log in once with that account at the login window, after the user has.",
			DoNot:       "Do not log in with it first on a new Mac, or it takes the token that the user should get.",
			Source:      "freegeek-pdx/mkuser, README; Kandji, Big Sur and Secure Tokens",
			Check:       eachAccount(hashedAccount),
		},
		{
			Code:        "ST_DISABLED_TAG_ON_PERSON",
			Title:       "A person's account is barred from the first Secure Token",
			Severity:    Low,
			FedBy:       FromDevice,
			Evidence:    tokenFacts(),
			Versions:    Versions{From: [3]int{11}},
			After:       []Code{"ST_NO_HOLDERS"},
			Why:         "A script marked the account in the directory before its password was set. The mark is meant for service accounts.",
			Consequence: "On a Mac without any token, setting this user's password brings none. Logins with a Bootstrap Token and grants by an admin still work.",
			NextStep:    "Have the user log in with an escrowed Bootstrap Token, or have an admin who holds a token grant one.",
			DoNot:       "Do not delete AuthenticationAuthority as a whole: the password goes with it.",
			Source:      "Apple Platform Deployment, Use secure and bootstrap tokens; freegeek-pdx/mkuser",
			Says:        []string{";DisabledTags;SecureToken"},
			Check:       userRule(barredPerson),
		},
	}
}

func networkAccount(m *Model) *Hit {
	if m.NetworkUser == "" {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.ConsoleUserFact, evidence.DirectoryFact},
		Summary: m.NetworkUser + " is logged in with a network account, which never holds a Secure Token.",
	}
}

func otherFileSystem(m *Model) *Hit {
	if m.APFS != No {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.FileSystemFact},
		Summary: "The startup volume is not APFS, so that no account can hold a Secure Token.",
	}
}

func hashedAccount(_ *Model, a *Account) *Hit {
	if a.Kind != KindManagedAdmin || And(a.Lacks(), Not(a.LoggedIn)) != Yes {
		return nil
	}
	return &Hit{
		Because: tokenFacts(evidence.ManagedAdminsFact, evidence.LoginsFact, evidence.PasswordsFact),
		Summary: fmt.Sprintf("%s was made by the server in Setup Assistant, has never logged in and holds no Secure Token.", a.spoken()),
	}
}

func barredPerson(_ *Model, a *Account) *Hit {
	if !a.Barred {
		return nil
	}
	return &Hit{
		Because: tokenFacts(),
		Summary: fmt.Sprintf("%s has no Secure Token and carries the mark that bars an account from the first one.", a.spoken()),
	}
}
