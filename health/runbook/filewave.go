package runbook

import (
	"slices"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

const fileWave = "FileWave, Bootstrap Token Management on macOS: "

// fileWavePages are the branches of FileWave's "Bootstrap Token Management on
// macOS".
func fileWavePages() []Page { return slices.Concat(serverPages(), unlockPages(), accountPages()) }

func serverPages() []Page {
	return []Page{
		{
			Slug: "nothing-escrowed-after-setup-assistant", Title: "Nothing was escrowed during Setup Assistant",
			Article: fileWave + "SetBootstrapToken request",
			When:    "The server makes an administrator during enrolment, and the first user is a standard user or is skipped. Nothing is escrowed until somebody logs in.",
			See:     []Look{notEscrowed(), disabledFor("ADMIN"), isAdmin()},
			Codes:   []health.Code{"BT_MANAGED_ADMIN_SUPPRESSED", "ST_HASHED_ACCOUNT"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			Ways:    []Way{{Said: plan.Answers{{Kind: plan.Presence, User: "USER"}: health.Yes}}},
			Note:    "Whoever logs in first gets the first Secure Token. It should be the person whose Mac it is, and not ADMIN.",
			mac: example{people: []person{
				{name: "ADMIN", admin: true, managed: true, neverCame: true}, {name: "USER", neverCame: true},
			}},
		},
		{
			Slug: "profile-type-not-recognized", Title: "The profile type option was not recognized",
			Article: fileWave + "Trigger Escrow",
			When:    "`profiles install` answers `Error: The profile type option was not recognized.`",
			Codes:   []health.Code{"BT_PROFILES_TOO_OLD"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			Ways:    []Way{{Tree: notRecognised()}},
			mac:     example{os: "10.14.6", intel: true, people: []person{{name: "ADMIN", admin: true, holder: true}}},
		},
		{
			Slug: "server-without-support", Title: "The server does not support the Bootstrap Token",
			Article: fileWave + "Check Escrow/Server Status",
			When:    "`profiles status` prints one line, and it ends with NO.",
			See:     []Look{unsupported()},
			Codes:   []health.Code{"BT_UNSUPPORTED_BY_SERVER", "CAP_LOST_AT_UPGRADE"},
			Goal:    plan.Goal{Kind: plan.Escrow},
			Note:    "FileWave's text calls the server's setting AllowBootstrapToken. Apple's schema has BootstrapTokenAllowed for macOS 10.15, and ServerCapabilities in the enrolment profile since macOS 11.",
			mac:     example{unsupported: true, people: []person{{name: "ADMIN", admin: true, holder: true}}},
		},
	}
}

func unlockPages() []Page {
	offered := []person{{name: "ADMIN", admin: true, holder: true}, {name: "USER", holder: true, unlisted: true}}
	named := []person{{name: "ADMIN", admin: true, holder: true}, {name: "USER", phantom: true}}
	return []Page{
		{
			Slug: "not-in-the-list-of-filevault", Title: "A user with a token is not offered at the FileVault window",
			Article: fileWave + "GetBootstrapToken request",
			When:    "The two lists of users who can unlock the disk differ: the volume has a key for the user, and `fdesetup list` does not name the user.",
			See:     []Look{enabledFor("USER"), {"diskutil apfs listCryptoUsers /", "+-- GUID-OF-USER"}, mayUnlock()},
			Codes:   []health.Code{"FV_USER_NOT_ENABLED"},
			Goal:    plan.Goal{Kind: plan.UnlockFor, User: "USER"},
			Ways:    []Way{{Said: plan.Answers{{Kind: plan.Presence, User: "USER"}: health.Yes}}},
			Note:    "It needs the password of USER. Whoever forgot it gets another one first: see [the page about resets](reset-keeping-the-token.md).",
			mac:     example{escrowed: true, preflight: "success", fileVault: true, sealed: true, people: offered},
		},
		{
			Slug: "token-in-name-only", Title: "A user has a token in name, and the volume does not know the user",
			Article: fileWave + "GetBootstrapToken request",
			When:    "The two lists differ the other way round: `sysadminctl` says that the token is enabled, and the volume has no key for the user.",
			See:     []Look{enabledFor("USER"), fileVaultOn(), mayUnlock()},
			Codes:   []health.Code{"ST_PHANTOM", "EVIDENCE_CONFLICT"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			Note:    "`diskutil apfs listCryptoUsers /` decides: it does not list GUID-OF-USER.",
			mac:     example{escrowed: true, preflight: "success", fileVault: true, sealed: true, people: named},
		},
	}
}

func accountPages() []Page {
	return []Page{
		{
			Slug: "mobile-account-without-a-token", Title: "A mobile account has no Secure Token",
			Article: fileWave + "Examples when Bootstrap Token helps",
			When:    "A directory user logged in for the first time, the dialog for a token administrator was passed by with Bypass, and the user has no Secure Token.",
			See:     []Look{disabledFor("USER"), enabledFor("ADMIN"), unsupported()},
			Codes:   []health.Code{"ST_TOKEN_DIALOG_BYPASSED", "ST_USER_MISSING_ADMIN_READY"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			Ways:    []Way{{Said: plan.Answers{{Kind: plan.Password, User: "ADMIN"}: health.Yes, {Kind: plan.Presence, User: "USER"}: health.Yes}}},
			Note: "While a Bootstrap Token is escrowed, Bypass does no harm: the login brings the token, and the user is offered at the FileVault window from then on. " +
				"On macOS 10.14 and earlier no login does. It is the same whether the account was made by hand or by the Mobility profile.",
			mac: example{unsupported: true, fileVault: true, people: []person{
				{name: "ADMIN", admin: true, holder: true}, {name: "USER", mobile: true},
			}},
		},
		{
			Slug: "token-turned-off", Title: "A token was turned off, and comes back",
			Article: fileWave + "Examples when Bootstrap Token helps",
			When:    "A Secure Token was turned off with `sysadminctl -secureTokenOff`, and the user has it again after the next login.",
			See:     []Look{disabledFor("USER"), escrowed()},
			Codes:   []health.Code{"ST_OFF_WILL_RETURN", "ST_USER_MISSING_BT_READY"},
			Goal:    plan.Goal{Kind: plan.TokenFor, User: "USER"},
			Note:    "To have the token back is a login. If it is to stay away, that account must not log in at the login window while a Bootstrap Token is escrowed.",
			mac:     example{escrowed: true, people: []person{{name: "ADMIN", admin: true, holder: true}, {name: "USER"}}},
		},
	}
}
