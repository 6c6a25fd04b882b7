package runbook

import (
	"slices"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

const addigy = "Addigy, Understanding and troubleshooting secure and bootstrap tokens: "

// addigyPages are the branches of Addigy's "Secure Tokens and Bootstrap Tokens".
func addigyPages() []Page {
	return slices.Concat(escrowPages(), missingPages(), standardPages(), resetPages(), []Page{lockedOut()})
}

// fromAfar are the answers of somebody who has a terminal of the server on the
// Mac and knows a password, while nobody is there to log in.
func fromAfar(user string) plan.Answers {
	return plan.Answers{{Kind: plan.Password, User: user}: health.Yes, {Kind: plan.Presence, User: user}: health.No}
}

func unknownPassword(user string) plan.Answers {
	return plan.Answers{{Kind: plan.Password, User: user}: health.No}
}

func escrowPages() []Page {
	return []Page{
		{
			Slug: "enrolled-by-an-admin-without-a-token", Title: "Enrolled by hand, and nothing was escrowed",
			Article: addigy + "What is the Bootstrap Token",
			When:    "A Mac that was in use already was enrolled by hand, and the Bootstrap Token is not escrowed. Who enrolled it nobody can see; an administrator without a Secure Token is the usual reason.",
			See:     []Look{{"sudo profiles status -type enrollment", "Enrolled via DEP: No"}, notEscrowed(), enabledFor("USER"), disabledFor("ADMIN")},
			Codes:   []health.Code{"BT_UIE_ENROLLER_WITHOUT_TOKEN", "BT_NOT_ESCROWED"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			mac:     example{byHand: true, people: []person{{name: "USER", admin: true, holder: true}, {name: "ADMIN", admin: true}}},
		},
		{
			Slug: "bootstrap-token-not-escrowed", Title: "The Bootstrap Token is not escrowed",
			Article: addigy + "Bootstrap token is not escrowed",
			When:    "The console or `tokenward status` says that the Bootstrap Token is not escrowed. An administrator with a Secure Token exists, and somebody knows the password.",
			See:     []Look{notEscrowed(), enabledFor("ADMIN"), isAdmin()},
			Codes:   []health.Code{"BT_NOT_ESCROWED"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			Ways: []Way{
				{Title: "Somebody is at the Mac", Said: plan.Answers{{Kind: plan.Presence, User: "ADMIN"}: health.Yes}},
				{Title: "Nobody is at the Mac, and you have a terminal on it from the server", Said: fromAfar("ADMIN")},
			},
			mac: example{fileVault: true, sealed: true, people: []person{{name: "ADMIN", admin: true, holder: true}}},
		},
		{
			Slug: "admin-password-unknown", Title: "Nobody knows the password of the admin who holds a token",
			Article: addigy + "Admin exists with secure token",
			When:    "The Bootstrap Token is not escrowed, and nobody knows the password of the only administrator with a Secure Token.",
			See:     []Look{notEscrowed(), enabledFor("ADMIN"), isAdmin()},
			Codes:   []health.Code{"BT_NOT_ESCROWED_HOLDER_PASSWORD_UNKNOWN", "BT_NOT_ESCROWED"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			Ways:    []Way{{Said: unknownPassword("ADMIN")}},
			mac:     example{fileVault: true, sealed: true, people: []person{{name: "ADMIN", admin: true, holder: true}}},
		},
	}
}

func missingPages() []Page {
	return []Page{
		{
			Slug: "no-token-but-escrowed", Title: "A user has no Secure Token, and the Bootstrap Token is escrowed",
			Article: addigy + "User does not have a secure token",
			When:    "A user is not offered at the FileVault window, or cannot authorise an update. The Bootstrap Token is escrowed: a login brings the token.",
			See:     []Look{disabledFor("USER"), escrowed()},
			Codes:   []health.Code{"ST_USER_MISSING_BT_READY"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			Note: "With FileVault on, USER is not at the startup window: somebody else unlocks the Mac. Whoever unlocks FileVault is logged in at once, " +
				"so that person has to log out before USER can log in. A restart would only lead back to that window.",
			mac: example{escrowed: true, fileVault: true, sealed: true, people: []person{{name: "ADMIN", admin: true, holder: true}, {name: "USER"}}},
		},
		{
			Slug: "no-token-admin-known", Title: "A user has no Secure Token, nothing is escrowed, an admin can help",
			Article: addigy + "Admin exists with secure token",
			When:    "A user has no Secure Token and the Bootstrap Token is not escrowed. An administrator with a token exists, and somebody knows that password.",
			See:     []Look{disabledFor("USER"), notEscrowed(), enabledFor("ADMIN"), isAdmin()},
			Codes:   []health.Code{"ST_USER_MISSING_ADMIN_READY", "BT_NOT_ESCROWED"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			mac:     example{fileVault: true, sealed: true, people: []person{{name: "ADMIN", admin: true, holder: true}, {name: "USER"}}},
		},
		{
			Slug: "nobody-accessible", Title: "No Secure Token, and nobody who could grant one",
			Article: addigy + "No accessible secure token user",
			When:    "No account holds a Secure Token that anybody can use, and nothing is escrowed.",
			See:     []Look{disabledFor("USER"), notEscrowed()},
			Codes:   []health.Code{"ST_USER_MISSING_NO_SOURCE", "ST_NO_HOLDERS", "BT_NOT_ESCROWED_NO_HOLDER"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			Ways: []Way{
				{},
				{Title: "If that brought no token", Said: plan.Answers{{Kind: plan.StepWorks, User: "A11 2 USER -"}: health.No}},
			},
			mac: example{people: []person{{name: "USER", admin: true}}},
		},
	}
}

func standardPages() []Page {
	tried := plan.Answers{{Kind: plan.StepWorks, User: "A03 0 USER -"}: health.No, {Kind: plan.Password, User: "USER"}: health.Yes}
	return []Page{{
		Slug: "only-a-standard-user-holds", Title: "Only a standard user holds a Secure Token",
		Article: addigy + "Standard user exists with a secure token",
		When:    "The Bootstrap Token is not escrowed, and the only account with a Secure Token is no administrator.",
		See:     []Look{notEscrowed(), enabledFor("USER"), isNoAdmin()},
		Codes:   []health.Code{"BT_NOT_ESCROWED_STANDARD_HOLDER", "ST_ONLY_STANDARD_HOLDERS"},
		Goal:    plan.Goal{Kind: plan.Escrow},
		Ways:    []Way{{}, {Title: "If the login did not escrow it, and somebody knows the password of USER", Said: tried}},
		mac:     example{fileVault: true, people: []person{{name: "ADMIN", admin: true}, {name: "USER", holder: true}}},
	}}
}
