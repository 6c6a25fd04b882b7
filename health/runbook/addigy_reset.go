package runbook

import (
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

// resetPages are the branches about passwords that were reset, or are to be.
func resetPages() []Page {
	both := []person{{name: "ADMIN", admin: true, holder: true}, {name: "USER", holder: true}}
	return []Page{
		{
			Slug: "after-a-remote-reset", Title: "A password was reset, and the Mac was not restarted yet",
			Article: addigy + "User cannot log in via FileVault",
			When:    "The password of a token holder was reset from the console or by a script. FileVault is on, and nobody has restarted the Mac since.",
			See:     []Look{enabledFor("USER"), fileVaultOn()},
			Codes:   []health.Code{"ST_DRIFT_FV_ON"},
			Goal:    plan.Goal{Kind: plan.RepairFor, User: "USER"},
			mac: example{escrowed: true, preflight: "success", fileVault: true, sealed: true, people: []person{
				{name: "USER", holder: true, drifted: true, atTheMac: true},
			}},
		},
		{
			Slug: "reset-keeping-the-token", Title: "Reset a password and keep the Secure Token",
			Article: addigy + "Resetting a password without breaking the secure token",
			When:    "A user forgot the password. An administrator with a Secure Token is at hand.",
			See:     []Look{enabledFor("ADMIN"), isAdmin(), enabledFor("USER")},
			Codes:   []health.Code{"ST_RESET_NOOP", "ST_RESET_REFUSED_DSCL"},
			Goal:    plan.Goal{Kind: plan.ResetPassword, User: "USER"},
			Ways:    []Way{{Said: unknownPassword("USER")}},
			Note:    "The user's login keychain keeps the old password: macOS offers to make a new one at the next login.",
			mac:     example{escrowed: true, preflight: "success", fileVault: true, sealed: true, people: both},
		},
		{
			Slug: "reset-of-the-only-holder", Title: "Reset the password of the only account with a token",
			Article: addigy + "Resetting the password of the only secure token user",
			When:    "The only account that holds a Secure Token needs another password, and its owner does not know the present one.",
			See:     []Look{enabledFor("USER"), escrowed()},
			Codes:   []health.Code{"ST_SOLE_HOLDER"},
			Goal:    plan.Goal{Kind: plan.ResetPassword, User: "USER"},
			Ways:    []Way{{Said: unknownPassword("USER")}},
			Note:    "It is safe only where the Bootstrap Token was proven. `sudo tokenward preflight reset-password --user USER` says so beforehand.",
			mac: example{escrowed: true, fileVault: true, sealed: true, people: []person{
				{name: "USER", admin: true, holder: true},
			}},
		},
	}
}
