package health

import "github.com/tokenward/tokenward/health/evidence"

// fileVaultAdvice is about what nothing on the Mac tells: what its FileVault window
// offers, what a person saw there, and what a profile asked Setup Assistant for.
func fileVaultAdvice() []Rule {
	return []Rule{
		{
			Code: "FV_PREBOOT_STALE", Title: "The FileVault window shows other users than the list", Severity: Medium, FedBy: FromAdvice,
			Evidence:    []evidence.FactName{evidence.FileVaultUsersFact},
			Open:        "what the FileVault window offers",
			Why:         "The window reads a copy on the Preboot volume, which can lag behind a grant or a removal.",
			Consequence: "A user who may unlock is not offered, or one who was removed still is.",
			NextStep:    "Compare the window with `sudo fdesetup list`, then run `sudo diskutil apfs updatePreboot /` and look again after a restart.",
			DoNot:       "Do not reset passwords or turn the token off and on for it.",
			Source:      "freegeek-pdx/mkuser; lionheart/openradar-mirror issue 17979",
		},
		{
			Code: "FV_WINDOW_CONFUSION", Title: "It is the FileVault window that refuses the password", Severity: Info, FedBy: FromAdvice,
			Open: "what a person has before them",
			Why: "After a restart the FileVault window looks like the login window, and wants the password that opens the Secure Token. " +
				"Nothing of macOS runs there, so the Mac is offline for its server.",
			Consequence: "Whatever the server sends meanwhile arrives only when somebody has unlocked the Mac.",
			NextStep:    "Ask whether the Mac was started a moment ago and is offline for the server. If so: the former password, another user of the list, or the recovery key. On macOS 26 with Remote Login on, a password over SSH unlocks it as well.",
			DoNot:       "Do not reset the password from afar: the reset cannot arrive, and breaks the token when it does.",
			Source:      "Addigy, FileVault login or macOS login; apple_ssh_and_filevault(7)",
		},
		{
			Code: "FV_SA_STANDARD_LT_144", Title: "Setup Assistant does not offer FileVault to a standard user", Severity: Medium, FedBy: FromAdvice,
			Evidence:    []evidence.FactName{evidence.OSVersionFact, evidence.FileVaultStateFact, evidence.AdminsFact},
			Open:        "whether the profile forces FileVault in Setup Assistant",
			Versions:    Versions{From: [3]int{14}, Before: [3]int{14, 4}},
			Why:         "Before macOS 14.4 the pane that forces FileVault appears for an administrator with a Secure Token only.",
			Consequence: "The Mac leaves Setup Assistant with FileVault off, and no error says so.",
			NextStep:    "Set Macs up with macOS 14.4 or later, or let the first user be an administrator. On a Mac that is set up, defer FileVault to the next login.",
			Source:      "Apple, FileVault in deployments: ForceEnableInSetupAssistant",
		},
	}
}
