package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

// brokenTokenRules find tokens that are not what they seem.
func brokenTokenRules() []Rule {
	return []Rule{
		{
			Code:        "ST_PHANTOM",
			Title:       "A Secure Token in name only",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    tokenFacts(evidence.TokenStatusFact),
			Open:        "whether the former password still opens something",
			Why:         "Something wrote a password into the record past the token, or the account's record was moved here from another Mac. The name of the token stayed, its key did not.",
			Consequence: "sysadminctl reports the token as enabled, but it unlocks nothing: FileVault, grants and updates refuse this user.",
			NextStep:    "If the user knows the former password, change it properly. Otherwise another admin who holds a token turns this one off and on again, or a login with an escrowed Bootstrap Token renews it.",
			DoNot:       "Do not rely on `sysadminctl -secureTokenStatus` here, and do not expect `diskutil apfs updatePreboot /` to mend it.",
			Source:      "gregneagle/pycreateuserpkg issue 62; joshua-d-miller/macOSLAPS issue 11",
			Says:        []string{"Operation is not permitted without secure token unlock."},
			Check:       eachAccount(phantom),
		},
		{
			Code:        "ST_ORPHAN_CRYPTO_USER",
			Title:       "A key of an account that is gone",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    tokenFacts(evidence.FileVaultStateFact),
			Open:        "whether the account was deleted or its record was lost",
			Why:         "The account's record was removed past the directory service, for example with `rm`, or lost. Its key on the volume stayed behind.",
			Consequence: "The volume can still be unlocked with the password of an account that no longer exists, and the key counts as a holder for tools that look no further.",
			NextStep:    "If the record was only lost, restore it. If the account was deleted, remove the key with `sudo fdesetup remove -uuid UUID` while FileVault is on.",
			DoNot:       "Do not count it as a token holder.",
			Source:      "judgement of this project: a crypto user without a directory record is no holder",
			Check:       orphanKeys,
		},
		{
			Code:        "ST_UNKNOWN_USER",
			Title:       "sysadminctl does not know an account of this Mac",
			Severity:    Info,
			FedBy:       FromDevice,
			Evidence:    []evidence.FactName{evidence.DirectoryFact, evidence.TokenStatusFact},
			Open:        "on a command line of a person, whether the name was mistyped",
			Why:         "The name is mistyped, or the directory service has not caught up with a change.",
			Consequence: "Nothing was said about a Secure Token. A script that reads any other answer than ENABLED as \"no token\" is misled.",
			NextStep:    "Check the name with `dscl . -list /Users`. If it is right, restart the Mac when that is safe, and ask again.",
			DoNot:       "Do not take it for a missing token.",
			Source:      "sysadminctl on macOS 26.6, output of a test of Tuist",
			Says:        []string{"Unknown user nosuchuser"},
			Check:       eachAccount(stranger),
		},
	}
}

func phantom(_ *Model, a *Account) *Hit {
	if And(a.Status, Not(a.CryptoUser)) != Yes {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(evidence.TokenStatusFact),
		Summary:  fmt.Sprintf("sysadminctl says that %s has a Secure Token, but the volume has no key for that account.", a.spoken()),
		NextStep: fmt.Sprintf("Does %s remember the former password? Then change it properly. Otherwise another token-holding admin turns the token off and on again, or a login with an escrowed Bootstrap Token renews it.", a.spoken()),
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
			Subject: uuid, Because: tokenFacts(evidence.FileVaultStateFact),
			Summary:  fmt.Sprintf("The volume has a key for %s, but no account has that GeneratedUID.", uuid),
			NextStep: step(uuid),
		})
	}
	return hits
}

func stranger(_ *Model, a *Account) *Hit {
	if a.Stranger != Yes {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.DirectoryFact, evidence.TokenStatusFact},
		Summary: fmt.Sprintf("The directory has an account %s, and sysadminctl says that it does not know that user.", a.spoken()),
	}
}
