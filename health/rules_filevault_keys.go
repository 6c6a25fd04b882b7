package health

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// newKeyStep makes a key that goes where keys go. No key is ever typed in: a
// FileVault user's password is, at a prompt.
const newKeyStep = "Make a new recovery key while the escrow payload is installed: with Escrow Buddy at the next login, with RotateFileVaultKey from the server, or with `sudo fdesetup changerecovery -personal`, which asks for the password of a FileVault user. Then `ls -l /var/db/FileVaultPRK.dat` shows a file of today."

// escrowedKeyRules ask whether the organisation can open the disk.
func escrowedKeyRules() []Rule {
	return []Rule{
		{
			Code: "FV_ON_NO_ESCROWED_PRK", Title: "FileVault is on, and its recovery key is with nobody", Severity: Critical, FedBy: FromDevice,
			Evidence: []evidence.FactName{
				evidence.FileVaultStateFact, evidence.SealedAtFact, evidence.SealedEmptyFact, evidence.EscrowProfileFact,
				evidence.PeersFact, evidence.PersonalKeyFact,
			},
			Open:        "whether the server has fetched the key and can open it; where keys go, unless the policy says so or the escrow payload is there and Crypt is not",
			After:       []Code{"MDM_NOT_USER_APPROVED", "MDM_NOT_ENROLLED", "FV_ICLOUD_RECOVERY"},
			Why:         "The key was made before the escrow payload came, or without it: such a key is not sent afterwards.",
			Consequence: "Once no FileVault user knows a password that opens the disk, only an erase helps.",
			NextStep:    newKeyStep,
			DoNot:       "Do not reset passwords, remove a FileVault user or change the management server before a key has arrived there.",
			Source:      "Apple, FDERecoveryKeyEscrow payload; Addigy, the FileVault recovery key is not known; macadmins/escrow-buddy issue 8",
			Check:       keyWithNobody,
		},
		{
			Code: "FV_PRK_UNVALIDATED", Title: "The escrowed recovery key is not the one that opens the disk", Severity: High, FedBy: FromServer,
			Evidence: []evidence.FactName{evidence.SealedAtFact, evidence.SealedEmptyFact},
			Open:     "the key that the server has: trying it takes the key itself, which this program never asks for",
			Why: "The key was changed at the Mac while no escrow payload was there, or the server kept the key of another enrolment. " +
				"The sealed file on the Mac is then the former one.",
			Consequence: "The help desk reads out a key that the Mac refuses, on the day on which it is needed.",
			NextStep:    newKeyStep + " `sudo fdesetup validaterecovery` asks for a key and says whether it is the right one.",
			DoNot:       "Do not paste the key into a command line, a ticket or a chat to try it.",
			Source:      "fdesetup(8); fleetdm/fleet issues 46977 and 28754",
		},
	}
}

// keyWithNobody fires where it is known that keys are to go to the server, and
// that none lies sealed for it. documented (Apple): the payload has the key sealed
// in a file as soon as it is made, and SecurityInfo sends what is in it.
func keyWithNobody(m *Model, p Policy) []Hit {
	goes, because := keysGoToServer(m, p)
	if And(goes, m.FileVault.On, Not(m.FileVault.KeySealed)) != Yes {
		return nil
	}
	summary := "FileVault is on, its recovery keys are to go to the MDM server, and none lies sealed for it on this Mac."
	if m.FileVault.RecoveryKey == No {
		summary = "FileVault is on, and there is no personal recovery key that could go to the MDM server."
	}
	return []Hit{{
		Subject: DeviceSubject, Summary: summary,
		Because: append(because, evidence.FileVaultStateFact, evidence.SealedAtFact, evidence.SealedEmptyFact, evidence.PersonalKeyFact),
	}}
}

// keysGoToServer: the organisation says so, or the payload is there and no tool
// that takes keys elsewhere. Escrow Buddy sends them to the server too.
func keysGoToServer(m *Model, p Policy) (Tri, []evidence.FactName) {
	switch p.RecoveryKeys {
	case EscrowedByMDM:
		return Yes, nil
	case EscrowedExternally, NotEscrowed:
		return No, nil
	}
	return And(m.FileVault.EscrowProfile, Not(m.takesKeysElsewhere())), []evidence.FactName{evidence.EscrowProfileFact, evidence.PeersFact}
}

func (m *Model) takesKeysElsewhere() Tri {
	if m.lost(evidence.PeersFact) {
		return Unknown
	}
	return TriOf(slices.Contains(m.Peers, "Crypt"))
}

// otherKeyRules are about keys beside the personal one.
func otherKeyRules() []Rule {
	return []Rule{
		{
			Code: "FV_IRK_ON_AS", Title: "An institutional recovery key on Apple silicon", Severity: Low, FedBy: FromDevice,
			Evidence:    []evidence.FactName{evidence.InstitutionalKeyFact, evidence.ChipFact, evidence.AppleSiliconFact},
			Open:        "whether anybody counts on that key",
			Why:         "A profile or a package that was made for Intel Macs put the organisation's key there.",
			Consequence: "It opens nothing on Apple silicon: there is no target disk mode and no recoveryOS that takes it.",
			NextStep:    "Escrow a personal recovery key, and take the institutional one out of the FileVault profile for Apple silicon.",
			DoNot:       "Do not count it as a way back into this Mac.",
			Source:      "Apple, FileVault2 payload and deployment guide: institutional recovery keys are not supported on Apple silicon",
			Says:        []string{"FileVault master keychain appears to be installed."},
			Check:       deviceRule(institutionalKey),
		},
		{
			Code: "FV_ICLOUD_RECOVERY", Title: "An iCloud account can open the disk", Severity: Low, FedBy: FromDevice,
			Evidence:    []evidence.FactName{evidence.CryptoUsersFact, evidence.MDMFact},
			Open:        "whose iCloud account it is",
			Why:         "Whoever turned FileVault on chose the iCloud account instead of a recovery key.",
			Consequence: "The way back in belongs to a private account, which goes with its owner, and the organisation has none.",
			NextStep:    "Make a personal recovery key that is escrowed: `sudo fdesetup changerecovery -personal` with the escrow payload installed. To be rid of the iCloud account, turn FileVault off and on again with a profile that escrows the key.",
			DoNot:       "Do not turn FileVault off only for this while the Mac is in use outside.",
			Source:      "FileWave, Bootstrap Token Management: the types of crypto users; judgement of this project: a managed Mac's keys belong to its organisation",
			Says:        []string{"iCloud Recovery User", "iCloud Recovery External Key"},
			Check:       deviceRule(iCloudOpens),
		},
	}
}

func institutionalKey(m *Model) *Hit {
	if And(m.AppleSilicon, m.FileVault.InstitutionalKey) != Yes {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.InstitutionalKeyFact, evidence.ChipFact, evidence.AppleSiliconFact},
		Summary: "This Mac has an institutional recovery key, which Apple silicon does not support.",
	}
}

func iCloudOpens(m *Model) *Hit {
	if And(m.Enrolled, m.FileVault.ICloud) != Yes {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.CryptoUsersFact, evidence.MDMFact},
		Summary: "The volume of this managed Mac can be opened with an iCloud account.",
	}
}
