package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

// unlockerRules ask who is offered at the FileVault window.
func unlockerRules() []Rule {
	return []Rule{
		{
			Code: "FV_USER_NOT_ENABLED", Title: "Holds a Secure Token but cannot unlock FileVault", Severity: Medium, FedBy: FromDevice,
			Evidence:    tokenFacts(evidence.FileVaultStateFact, evidence.FileVaultUsersFact),
			Open:        "what the FileVault window shows",
			Why:         "Somebody took the user out of the list, or the token came without it.",
			Consequence: "After a restart this user is not offered at the FileVault window.",
			NextStep:    "Have the user log out and in again, or run `sudo fdesetup add -usertoadd NAME`; then `sudo diskutil apfs updatePreboot /`.",
			DoNot:       "Do not reset the password: the token is there.",
			Source:      "fdesetup(8); gregneagle/pycreateuserpkg issue 12",
			Check:       eachAccount(notEnabledForFileVault),
		},
		{
			Code: "FV_LAST_OS_USER", Title: "One user alone can unlock FileVault", Severity: Info, FedBy: FromDevice,
			Evidence:     []evidence.FactName{evidence.FileVaultStateFact, evidence.FileVaultUsersFact, evidence.DirectoryFact},
			Open:         "a key of an account that is gone, which can count as another user",
			SuppressedBy: []Code{"ST_SOLE_HOLDER"},
			Why:          "The others were never added to the list, or were taken out.",
			Consequence:  "`fdesetup remove` refuses this user, and nobody else starts the Mac.",
			NextStep:     "Add a second user first: `sudo fdesetup add -usertoadd NAME` asks for the passwords.",
			DoNot:        "Do not remove this user's account by other means: the Mac would then start with the recovery key alone.",
			Source:       "fdesetup(8): the last OS user of a volume is not removed",
			Check:        onlyUnlocker,
		},
		{
			Code: "FV_HIDDEN_ON_SCREEN", Title: "A hidden account is shown at the FileVault window", Severity: Low, FedBy: FromDevice,
			Evidence:    []evidence.FactName{evidence.FileVaultStateFact, evidence.FileVaultUsersFact, evidence.DirectoryFact},
			Why:         "Whoever may unlock FileVault stands at its window. That an account is hidden counts for the login window alone.",
			Consequence: "Everybody who starts the Mac sees the account, and can guess at its password.",
			NextStep:    "Decide whether the account must unlock the disk. If not: `sudo fdesetup remove -user NAME`, as long as another user can.",
			DoNot:       "Do not take it out while it is needed to give others a token: older systems do not let it grant any more.",
			Source:      "kc9wwh/FileVaultEnableAdminAccount issue 3; freegeek-pdx/mkuser",
			Check:       eachAccount(hiddenUnlocker),
		},
	}
}

func notEnabledForFileVault(m *Model, a *Account) *Hit {
	if And(m.FileVault.On, a.Holder, a.Person, Not(a.Unlocks)) != Yes {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(evidence.FileVaultStateFact, evidence.FileVaultUsersFact),
		Summary:  fmt.Sprintf("FileVault is on and %s holds a Secure Token, but is not in the list of users who unlock the disk.", a.spoken()),
		NextStep: fmt.Sprintf("Have %s log out and in again, or run `sudo fdesetup add -usertoadd %s`; then `sudo diskutil apfs updatePreboot /`.", a.spoken(), shellWord(a.Name)),
	}
}

// onlyUnlocker needs to know of every account: one that may be in the list too is
// enough to say nothing.
func onlyUnlocker(m *Model, _ Policy) []Hit {
	var only *Account
	for i := range m.Accounts {
		switch a := &m.Accounts[i]; {
		case a.Unlocks == No:
		case a.Unlocks == Unknown || only != nil:
			return nil
		default:
			only = a
		}
	}
	if only == nil || m.FileVault.On != Yes {
		return nil
	}
	return []Hit{{
		Subject: only.Subject(),
		Because: []evidence.FactName{evidence.FileVaultStateFact, evidence.FileVaultUsersFact, evidence.DirectoryFact},
		Summary: fmt.Sprintf("Of all accounts only %s is in the list of users who unlock the disk.", only.spoken()),
	}}
}

func hiddenUnlocker(m *Model, a *Account) *Hit {
	if !a.Hidden || And(m.FileVault.On, a.Unlocks) != Yes {
		return nil
	}
	return &Hit{
		Because:  []evidence.FactName{evidence.FileVaultStateFact, evidence.FileVaultUsersFact, evidence.DirectoryFact},
		Summary:  fmt.Sprintf("%s is a hidden account and is in the list of users who unlock the disk.", a.spoken()),
		NextStep: fmt.Sprintf("Decide whether the account must unlock the disk. If not: `sudo fdesetup remove -user %s`, as long as another user can.", shellWord(a.Name)),
	}
}
