package runbook

import (
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

// The lines that make sure of most branches.
func notEscrowed() Look {
	return Look{"sudo profiles status -type bootstraptoken", "profiles: Bootstrap Token escrowed to server: NO"}
}

func escrowed() Look {
	return Look{"sudo profiles status -type bootstraptoken", "profiles: Bootstrap Token escrowed to server: YES"}
}

func disabledFor(user string) Look {
	return Look{"sysadminctl -secureTokenStatus " + user, "Secure token is DISABLED for user"}
}

func enabledFor(user string) Look {
	return Look{"sysadminctl -secureTokenStatus " + user, "Secure token is ENABLED for user"}
}

// addigyPages are the branches of Addigy's "Secure Tokens and Bootstrap Tokens".
func addigyPages() []Page {
	const article = "Addigy, Understanding and troubleshooting secure and bootstrap tokens: "
	return []Page{
		{
			Slug: "bootstrap-token-not-escrowed", Title: "The Bootstrap Token is not escrowed",
			Article: article + "Bootstrap token is not escrowed",
			When:    "The console or `tokenward status` says that the Bootstrap Token is not escrowed. An administrator with a Secure Token exists, and somebody knows the password.",
			See:     []Look{notEscrowed(), enabledFor("ADMIN")},
			Codes:   []health.Code{"BT_NOT_ESCROWED"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			mac:     example{people: []person{{name: "ADMIN", admin: true, holder: true}}},
		},
		{
			Slug: "no-token-but-escrowed", Title: "A user has no Secure Token, and the Bootstrap Token is escrowed",
			Article: article + "User does not have a secure token",
			When:    "A user is not offered at the FileVault window, or cannot authorise an update. The Bootstrap Token is escrowed: a login brings the token.",
			See:     []Look{disabledFor("USER"), escrowed()},
			Codes:   []health.Code{"ST_USER_MISSING_BT_READY"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			Note: "Unlocking a locked screen is no login. With FileVault on, USER is not at the startup window: somebody else unlocks the Mac and logs out, without a restart. " +
				"Whoever unlocks FileVault is logged in at once, so that person has to log out before USER can log in.",
			mac: example{escrowed: true, fileVault: true, sealed: true, people: []person{{name: "ADMIN", admin: true, holder: true}, {name: "USER"}}},
		},
		{
			Slug: "no-token-admin-known", Title: "A user has no Secure Token, nothing is escrowed, an admin can help",
			Article: article + "Admin exists with secure token",
			When:    "A user has no Secure Token and the Bootstrap Token is not escrowed. An administrator with a token exists, and somebody knows that password.",
			See:     []Look{disabledFor("USER"), notEscrowed(), enabledFor("ADMIN")},
			Codes:   []health.Code{"ST_USER_MISSING_ADMIN_READY", "BT_NOT_ESCROWED"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			mac:     example{people: []person{{name: "ADMIN", admin: true, holder: true}, {name: "USER"}}},
		},
		{
			Slug: "admin-password-unknown", Title: "Nobody knows the password of the admin who holds a token",
			Article: article + "Admin exists with secure token",
			When:    "The Bootstrap Token is not escrowed, and nobody knows the password of the only administrator with a Secure Token.",
			See:     []Look{notEscrowed(), enabledFor("ADMIN")},
			Codes:   []health.Code{"BT_NOT_ESCROWED_HOLDER_PASSWORD_UNKNOWN", "BT_NOT_ESCROWED"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			Note:    "Answer the first question of the plan with no: `tokenward plan` then leaves out everything that needs that password.",
			mac:     example{fileVault: true, sealed: true, people: []person{{name: "ADMIN", admin: true, holder: true}}},
		},
		{
			Slug: "nobody-accessible", Title: "No Secure Token, and nobody who could grant one",
			Article: article + "No accessible secure token user",
			When:    "No account holds a Secure Token that anybody can use, and nothing is escrowed.",
			See:     []Look{disabledFor("USER"), notEscrowed()},
			Codes:   []health.Code{"ST_USER_MISSING_NO_SOURCE", "ST_NO_HOLDERS", "BT_NOT_ESCROWED_NO_HOLDER"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			mac:     example{people: []person{{name: "USER", admin: true}}},
		},
		{
			Slug: "locked-out-at-filevault", Title: "FileVault wants the former password",
			Article: article + "User cannot log in via FileVault",
			When: "A password was reset from the console, the Mac was restarted, and the user is refused. The Mac does not show up online: it waits at the FileVault window, where nothing runs " +
				"and where the password is still the one from before the reset.",
			Codes: []health.Code{"ST_DRIFT_AT_PREBOOT", "FV_WINDOW_CONFUSION"},
			Goal:  plan.Goal{Kind: plan.RepairFor, User: "USER"},
			Note:  "Which window refuses the user? The FileVault window appears before macOS has started, and the Mac is then offline in the console. The login window appears afterwards, and the Mac is online.",
			mac: example{escrowed: true, fileVault: true, sealed: true, people: []person{
				{name: "USER", holder: true, drifted: true}, {name: "COLLEAGUE", holder: true, admin: true},
			}},
		},
		{
			Slug: "after-a-remote-reset", Title: "A password was reset, and the Mac was not restarted yet",
			Article: article + "User cannot log in via FileVault",
			When:    "The password of a token holder was reset from the console or by a script. FileVault is on, and nobody has restarted the Mac since.",
			See:     []Look{enabledFor("USER"), {"sudo fdesetup status", "FileVault is On."}},
			Codes:   []health.Code{"ST_DRIFT_FV_ON"},
			Goal:    plan.Goal{Kind: plan.RepairFor, User: "USER"},
			mac: example{escrowed: true, preflight: "success", fileVault: true, sealed: true, people: []person{
				{name: "USER", holder: true, drifted: true, atTheMac: true},
			}},
		},
		{
			Slug: "reset-keeping-the-token", Title: "Reset a password and keep the Secure Token",
			Article: article + "Resetting a password without breaking the secure token",
			When:    "A user forgot the password. An administrator with a Secure Token is at hand.",
			See:     []Look{enabledFor("ADMIN"), enabledFor("USER")},
			Codes:   []health.Code{"ST_RESET_NOOP", "ST_RESET_REFUSED_DSCL"},
			Goal:    plan.Goal{Kind: plan.ResetPassword, User: "USER"},
			Note:    "The user's login keychain keeps the old password: macOS offers to make a new one at the next login.",
			mac: example{escrowed: true, preflight: "success", fileVault: true, sealed: true, people: []person{
				{name: "ADMIN", admin: true, holder: true}, {name: "USER", holder: true},
			}},
		},
		{
			Slug: "reset-of-the-only-holder", Title: "Reset the password of the only account with a token",
			Article: article + "Resetting the password of the only secure token user",
			When:    "The only account that holds a Secure Token needs another password, and its owner does not know the present one.",
			See:     []Look{enabledFor("USER"), escrowed()},
			Codes:   []health.Code{"ST_SOLE_HOLDER"},
			Goal:    plan.Goal{Kind: plan.ResetPassword, User: "USER"},
			mac: example{escrowed: true, preflight: "success", fileVault: true, sealed: true, people: []person{
				{name: "USER", admin: true, holder: true},
			}},
		},
		{
			Slug: "only-a-standard-user-holds", Title: "Only a standard user holds a Secure Token",
			Article: article + "Standard user exists with a secure token",
			When:    "The Bootstrap Token is not escrowed, and the only account with a Secure Token is no administrator.",
			See:     []Look{notEscrowed(), enabledFor("USER")},
			Codes:   []health.Code{"BT_NOT_ESCROWED_STANDARD_HOLDER", "ST_ONLY_STANDARD_HOLDERS"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			mac:     example{people: []person{{name: "ADMIN", admin: true}, {name: "USER", holder: true}}},
		},
		{
			Slug: "enrolled-by-an-admin-without-a-token", Title: "Enrolled by hand, and nothing was escrowed",
			Article: article + "What is the Bootstrap Token",
			When:    "A Mac that was in use already was enrolled by hand, and the Bootstrap Token is not escrowed. Who enrolled it nobody can see; an administrator without a Secure Token is the usual reason.",
			See:     []Look{{"sudo profiles status -type enrollment", "Enrolled via DEP: No"}, notEscrowed()},
			Codes:   []health.Code{"BT_UIE_ENROLLER_WITHOUT_TOKEN", "BT_NOT_ESCROWED"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			mac:     example{byHand: true, people: []person{{name: "USER", admin: true, holder: true}, {name: "ADMIN", admin: true}}},
		},
	}
}
