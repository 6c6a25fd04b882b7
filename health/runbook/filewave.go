package runbook

import (
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

// fileWavePages are the branches of FileWave's "Bootstrap Token Management on
// macOS".
func fileWavePages() []Page {
	const article = "FileWave, Bootstrap Token Management on macOS: "
	return []Page{
		{
			Slug: "server-without-support", Title: "The server does not support the Bootstrap Token",
			Article: article + "Check Escrow/Server Status",
			When:    "`profiles status` prints one line, and it ends with NO.",
			See:     []Look{{"sudo profiles status -type bootstraptoken", "profiles: Bootstrap Token supported on server: NO"}},
			Codes:   []health.Code{"BT_UNSUPPORTED_BY_SERVER", "CAP_LOST_AT_UPGRADE"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			Note:    "FileWave's text calls the server's setting AllowBootstrapToken. Apple's schema has BootstrapTokenAllowed for macOS 10.15, and ServerCapabilities in the enrolment profile since macOS 11.",
			mac:     example{unsupported: true, people: []person{{name: "ADMIN", admin: true, holder: true}}},
		},
		{
			Slug: "profile-type-not-recognized", Title: "The profile type option was not recognized",
			Article: article + "Trigger Escrow",
			When:    "`profiles install` answers `Error: The profile type option was not recognized.` The type is one word, `bootstraptoken`; with a blank in it every Mac gives this answer.",
			Codes:   []health.Code{"BT_PROFILES_TOO_OLD"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			mac:     example{people: []person{{name: "ADMIN", admin: true, holder: true}}},
		},
		{
			Slug: "who-can-unlock", Title: "A user with a token is not offered at the FileVault window",
			Article: article + "GetBootstrapToken request",
			When:    "The two lists of users who can unlock the disk differ: the volume has a key for the user, and `fdesetup list` does not name the user.",
			See:     []Look{enabledFor("USER"), {"diskutil apfs listcryptousers /", "Type: Local Open Directory User"}},
			Codes:   []health.Code{"FV_USER_NOT_ENABLED", "ST_PHANTOM", "EVIDENCE_CONFLICT"},
			Goal:    plan.Goal{Kind: plan.UnlockFor, User: "USER"},
			mac: example{escrowed: true, preflight: "success", fileVault: true, sealed: true, people: []person{
				{name: "ADMIN", admin: true, holder: true}, {name: "USER", holder: true, unlisted: true},
			}},
		},
		{
			Slug: "nothing-escrowed-after-setup-assistant", Title: "Nothing was escrowed during Setup Assistant",
			Article: article + "SetBootstrapToken request",
			When:    "The server makes an administrator during enrolment, and the first user is a standard user or is skipped. Nothing is escrowed until somebody logs in.",
			See:     []Look{notEscrowed()},
			Codes:   []health.Code{"BT_MANAGED_ADMIN_SUPPRESSED", "ST_HASHED_ACCOUNT"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			mac:     example{people: []person{{name: "ADMIN", admin: true, managed: true}, {name: "USER", holder: true}}},
		},
		{
			Slug: "mobile-account-without-a-token", Title: "A mobile account has no Secure Token",
			Article: article + "Examples when Bootstrap Token helps",
			When:    "A directory user logged in for the first time, the dialog for a token administrator was passed by with Bypass, and the user has no Secure Token.",
			See:     []Look{disabledFor("USER"), escrowed()},
			Codes:   []health.Code{"ST_TOKEN_DIALOG_BYPASSED", "ST_USER_MISSING_BT_READY"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			mac: example{escrowed: true, fileVault: true, sealed: true, people: []person{
				{name: "ADMIN", admin: true, holder: true}, {name: "USER", mobile: true},
			}},
		},
		{
			Slug: "token-turned-off", Title: "A token was turned off, and comes back",
			Article: article + "Examples when Bootstrap Token helps",
			When:    "A Secure Token was turned off with `sysadminctl -secureTokenOff`, and the user has it again after the next login.",
			See:     []Look{disabledFor("USER"), escrowed()},
			Codes:   []health.Code{"ST_OFF_WILL_RETURN", "ST_USER_MISSING_BT_READY"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			mac:     example{escrowed: true, people: []person{{name: "ADMIN", admin: true, holder: true}, {name: "USER"}}},
		},
	}
}
