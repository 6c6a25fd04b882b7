package health

import (
	"fmt"
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

func tokenRules() []Rule { return slices.Concat(holderRules(), missingRules(), brokenTokenRules()) }

// brokenTokenRules find tokens that are not what they seem.
func brokenTokenRules() []Rule {
	return []Rule{
		{
			Code:        "ST_PHANTOM",
			Title:       "A Secure Token in name only",
			Severity:    High,
			FedBy:       FromDevice,
			Consequence: "sysadminctl reports the token as enabled, but it unlocks nothing: FileVault, grants and updates refuse this user.",
			DoNot:       "Do not rely on `sysadminctl -secureTokenStatus` here, and do not expect `diskutil apfs updatePreboot /` to mend it.",
			Source:      "gregneagle/pycreateuserpkg issue 62; joshua-d-miller/macOSLAPS issue 11",
			Check:       eachAccount(phantom),
		},
		{
			Code:        "ST_ORPHAN_CRYPTO_USER",
			Title:       "A key of an account that is gone",
			Severity:    Medium,
			FedBy:       FromDevice,
			Consequence: "The volume can still be unlocked with the password of an account that no longer exists, and the key counts as a holder for tools that look no further.",
			DoNot:       "Do not count it as a token holder.",
			Source:      "judgement of this project: a crypto user without a directory record is no holder",
			Check:       orphanKeys,
		},
	}
}

// tokenFacts are what every finding about accounts and their tokens rests on.
func tokenFacts(more ...evidence.FactName) []evidence.FactName {
	return append(more, evidence.DirectoryFact, evidence.CryptoUsersFact)
}

// adminFacts are what it rests on who is an administrator.
func adminFacts(more ...evidence.FactName) []evidence.FactName {
	return append(more, evidence.AdminsFact, evidence.GroupsFact)
}

func phantom(_ *Model, a *Account) *Hit {
	if And(a.Status, Not(a.CryptoUser)) != Yes {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(evidence.TokenStatusFact),
		Summary:  fmt.Sprintf("sysadminctl says that %s has a Secure Token, but the volume has no key for that account.", a.Name),
		NextStep: fmt.Sprintf("Does %s remember the former password? Then change it properly. Otherwise another token-holding admin turns the token off and on again, or a login with an escrowed Bootstrap Token renews it.", a.Name),
	}
}

func orphanKeys(m *Model, _ Policy) []Hit {
	step := func(uuid string) string {
		switch {
		case m.Holders.Exists != Yes:
			return "Keep it: no account holds a token, and this key may be the last that opens the disk. Get an account a token first."
		case m.FileVault.On == Yes:
			return "If the account was deleted: `sudo fdesetup remove -uuid " + shellWord(uuid) + "`, then check the list again. If its record was only lost, restore it first."
		}
		return "If the account's record was only lost, restore it. If it was deleted, remember the UUID: fdesetup can remove the key once FileVault is on."
	}
	var hits []Hit
	for _, uuid := range m.Orphans {
		hits = append(hits, Hit{
			Subject: uuid, Because: tokenFacts(),
			Summary:  fmt.Sprintf("The volume has a key for %s, but no account has that GeneratedUID.", uuid),
			NextStep: step(uuid),
		})
	}
	return hits
}
