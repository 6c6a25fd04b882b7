package health

import (
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// fileVaultHistoryRules look at what happened between two checks.
func fileVaultHistoryRules() []Rule {
	return []Rule{
		{
			Code: "FV_PRK_NOT_PRINTED_26", Title: "A new recovery key that perhaps nobody has seen", Severity: High, FedBy: FromHistory,
			Evidence:    newKeyFacts(),
			Open:        "who turned FileVault on, and how: System Settings shows the key",
			Versions:    Versions{From: [3]int{26}},
			After:       []Code{"FV_ON_NO_ESCROWED_PRK"},
			Why:         "On macOS 26 `fdesetup enable` makes a recovery key and no longer prints it, unless it is asked for a property list.",
			Consequence: "The key exists and nobody has it: when the passwords are gone, only an erase helps.",
			NextStep:    "Ask whoever turned FileVault on whether the key was noted. If not, make a new one: `sudo fdesetup changerecovery -personal -outputplist` shows it, or the escrow payload takes it.",
			DoNot:       "Do not send the output of that command to a log or a ticket: the key is in it.",
			Source:      "derflounder.wordpress.com, 2026-05-07",
			Check:       keyNotSeen,
		},
		{
			Code: "FV_REENABLE_OLD_PRK", Title: "FileVault was turned on again, with its former recovery key", Severity: Low, FedBy: FromHistory,
			Evidence:    []evidence.FactName{evidence.FileVaultStateFact, evidence.PersonalKeyFact, evidence.SealedAtFact},
			Open:        "whether the key was changed at the Mac since, without an escrow payload",
			Why:         "On APFS the key stays when FileVault is turned off, and turning it on again makes no other.",
			Consequence: "Whoever noted the key before, in the repair shop for one, can still open the disk.",
			NextStep:    "If others have seen it, make a new one: `sudo fdesetup changerecovery -personal` asks for the password of a FileVault user.",
			Source:      "fdesetup(8): an APFS volume keeps its personal recovery key",
			Check:       deviceRule(formerKey),
		},
	}
}

// newKeyAsks is how long after FileVault was turned on it is asked whether anybody
// noted the key. No tool tells that somebody did, so the question would never end.
const newKeyAsks = 30 * 24 * time.Hour

func newKeyFacts() []evidence.FactName {
	return []evidence.FactName{
		evidence.FileVaultStateFact, evidence.SealedAtFact, evidence.SealedEmptyFact, evidence.CryptoUsersFact, evidence.PeersFact,
	}
}

// keyNotSeen: FileVault was off at an earlier check and had never been on before
// it, is on now, and a key went nowhere that is known. Whether there is a key is not
// asked: two sources tell, and without one nobody has it either. It is grave only
// where the organisation counts on having it.
func keyNotSeen(m *Model, p Policy) []Hit {
	off, on := m.Past.Mac.turned(m)
	if on.IsZero() || !off.IsZero() || m.TakenAt.Sub(on) > newKeyAsks || p.RecoveryKeys == EscrowedExternally || p.RecoveryKeys == NotEscrowed {
		return nil
	}
	if And(m.FileVault.On, Not(m.FileVault.KeySealed), Not(m.FileVault.ICloud), Not(m.takesKeysElsewhere())) != Yes {
		return nil
	}
	severity := Medium
	if p.RecoveryKeys == EscrowedByMDM {
		severity = High
	}
	return []Hit{{
		Subject: DeviceSubject, Because: newKeyFacts(), Severity: &severity,
		Summary: "FileVault was turned on since an earlier check, and no recovery key lies sealed for the MDM server.",
	}}
}

// formerKey: a key that was sealed since FileVault was found off is another one.
func formerKey(m *Model) *Hit {
	off, on := m.Past.Mac.turned(m)
	if off.IsZero() || on.IsZero() || m.FileVault.SealedAt.After(off) || And(m.FileVault.On, m.FileVault.RecoveryKey) != Yes {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.FileVaultStateFact, evidence.PersonalKeyFact, evidence.SealedAtFact},
		Summary: "FileVault was off and is on again, and the recovery key from before still opens the disk.",
	}
}
