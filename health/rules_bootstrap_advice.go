package health

import "github.com/tokenward/tokenward/health/evidence"

// bootstrapAdvice is about what only a person or a server knows of the Bootstrap
// Token.
func bootstrapAdvice() []Rule {
	return []Rule{
		{
			Code:        "BT_UIE_ENROLLER_WITHOUT_TOKEN",
			Title:       "Enrolled by hand by an admin without a Secure Token",
			Severity:    Medium,
			FedBy:       FromAdvice,
			Evidence:    escrowFacts(evidence.UserApprovedFact, evidence.CryptoUsersFact),
			Open:        "Who enrolled the Mac: no tool tells.",
			Why:         "A Mac that is enrolled by hand escrows with the help of whoever is logged in. If that admin holds no Secure Token there is nothing to escrow with.",
			Consequence: notEscrowedConsequence,
			NextStep:    "Have an admin who holds a Secure Token log in at the login window, or run " + installBootstrap + " with that admin's name and password.",
			Source:      "Addigy, Bootstrap token is not escrowed; nverselab/JNUC-2024",
		},
		{
			Code:        "BT_CONSOLE_STALE",
			Title:       "The server's page is behind the Mac",
			Severity:    Low,
			FedBy:       FromServer,
			Evidence:    attemptFacts(),
			Open:        "What the server's page says.",
			Why:         "The inventory of the server is older than the escrow, and nothing on the Mac is wrong: it got its token back from that server.",
			Consequence: "A false alarm, and rules of the server that go by the old answer.",
			NextStep:    "Have the server take the inventory of this Mac anew.",
			DoNot:       "Do not escrow again because of the page: the token that works would be replaced.",
			Source:      "Inetum-Poland/bootstrap-buddy issue 20",
		},
		{
			Code:        "BT_PARSER_MISMATCH",
			Title:       "A script misreads the status of the Bootstrap Token",
			Severity:    Low,
			FedBy:       FromAdvice,
			Open:        "What a script makes of the output.",
			Why:         "Macs say \"escrowed to server\" and older texts \"escrowed on server\"; without support only the first line is printed. A script that expects one of them reads the rest as no.",
			Consequence: "A report says false where `profiles` failed, hung, or used the other word.",
			NextStep:    "Read the first line first, accept both words in the second, and tell a failure from a no. `tokenward fact` does so.",
			Source:      "FileWave, Bootstrap Token Management; Addigy, custom facts",
			Says:        []string{"profiles: Bootstrap Token escrowed to server: YES", "profiles: Bootstrap Token escrowed on server: YES"},
		},
	}
}

// passwordAdvice is about passwords, of which no program here knows one.
func passwordAdvice() []Rule {
	return []Rule{
		{
			Code:        "BT_NOT_ESCROWED_HOLDER_PASSWORD_UNKNOWN",
			Title:       "Nobody knows the password of the token holder",
			Severity:    High,
			FedBy:       FromAdvice,
			Evidence:    escrowFacts(tokenFacts()...),
			Open:        "Whether somebody knows a password.",
			Why:         "The account that holds the Secure Token belongs to somebody who has left, or to an agent whose password was rotated past the token.",
			Consequence: "Nothing can be escrowed, and nobody can be given a token.",
			NextStep:    "Find the owner and have that person log in once. Otherwise reset the password in recoveryOS; with FileVault on that needs its recovery key.",
			DoNot:       "Do not reset that password through the MDM agent: that breaks the Secure Token and makes things worse.",
			Source:      "Addigy, Admin with a secure token exists but the password is unknown",
			Says:        []string{"Unable to authenticate user information."},
		},
		{
			Code:        "BT_BLANK_PASSWORD",
			Title:       "An empty password brings no token",
			Severity:    Medium,
			FedBy:       FromAdvice,
			Open:        "Whether a password is empty: only trying it would tell.",
			Why:         "With an empty password no Bootstrap Token is made, neither at a login nor by `profiles install`, and a login brings no Secure Token.",
			Consequence: "Kiosks and test accounts stay without a token, and may leave the whole Mac without an escrow.",
			NextStep:    "Set a password for the account and log in with it at the login window.",
			Source:      "freegeek-pdx/mkuser, README: Secure Tokens",
			Says:        []string{"Error: Password is required."},
		},
		{
			Code:        "BT_PASSWORD_LIMITS",
			Title:       "The password is too long for the prompt",
			Severity:    Low,
			FedBy:       FromAdvice,
			Open:        "How long a password is, and what is in it.",
			Why:         "The prompt of `profiles install` takes 128 bytes at most, and emoji do not survive every terminal or script.",
			Consequence: "`profiles install` fails although the password is right.",
			NextStep:    "Choose a shorter password without emoji, or have the user log in at the login window, which escrows by itself.",
			DoNot:       "Do not pass the password as an argument, where every process can read it.",
			Source:      "freegeek-pdx/mkuser, mkuser.sh; avogel-mac/Update_macOS_DDM",
			Says:        []string{"-69581"},
		},
	}
}
