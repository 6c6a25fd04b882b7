package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

func fileVaultRules() []Rule {
	return []Rule{{
		Code:        "FV_USER_NOT_ENABLED",
		Title:       "Holds a Secure Token but cannot unlock FileVault",
		Severity:    Medium,
		FedBy:       FromDevice,
		Consequence: "After a restart this user is not offered at the FileVault screen.",
		DoNot:       "Do not reset the password: the token is there.",
		Source:      "fdesetup(8); gregneagle/pycreateuserpkg issue 12",
		Check:       eachAccount(notEnabledForFileVault),
	}}
}

func notEnabledForFileVault(m *Model, a *Account) *Hit {
	if And(m.FileVault.On, a.Holder, a.Person, Not(a.Unlocks)) != Yes {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(evidence.FileVaultStateFact, evidence.FileVaultUsersFact),
		Summary:  fmt.Sprintf("FileVault is on and %s holds a Secure Token, but is not in the list of users who unlock the disk.", a.Name),
		NextStep: fmt.Sprintf("Have %s log out and in again, or run `sudo fdesetup add -usertoadd %s`; then `sudo diskutil apfs updatePreboot /`.", a.Name, shellWord(a.Name)),
	}
}
