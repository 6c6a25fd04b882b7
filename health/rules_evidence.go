package health

import (
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

const believeTheVolume = "Believe the volume's crypto users (`diskutil apfs listcryptousers /`) before a status flag, and look again after the next login and restart."

func evidenceRules() []Rule {
	return []Rule{{
		Code:     "EVIDENCE_CONFLICT",
		Title:    "Two sources contradict each other",
		Severity: Medium,
		FedBy:    FromDevice,
		Evidence: conflictFacts(),
		Open:     "Which of the two is right. Answers that were given at different times can differ for a while.",
		After:    []Code{"ST_PHANTOM"},
		// What the MDM client said stands for a day, what it is compared with is new.
		Hold:        time.Hour,
		Why:         "A password or a record was changed past the token, a restore brought parts of another state along, or a tool reports what it remembers.",
		Consequence: "One of the two is wrong, and what rests on it may be as well.",
		NextStep:    believeTheVolume,
		DoNot:       "Do not act on one of them alone.",
		Source:      "judgement of this project: validation counts more than crypto users, those more than a status flag, that more than an inventory",
		Check:       contradictions,
	}}
}

// conflictFacts are all facts that are compared with another source.
func conflictFacts() []evidence.FactName {
	return []evidence.FactName{
		evidence.DirectoryFact, evidence.CryptoUsersFact, evidence.TokenStatusFact, evidence.FileVaultStateFact, evidence.FileVaultUsersFact,
		evidence.BootstrapEscrowedFact, evidence.BootstrapSupportedFact, evidence.EACSPreflightFact, evidence.ChipFact, evidence.AppleSiliconFact, evidence.OSVersionFact,
		evidence.DEPFact, evidence.SecurityDEPFact, evidence.UserApprovedFact, evidence.SecurityApprovedFact,
		evidence.PersonalKeyFact, evidence.SecurityKeyFact, evidence.InstitutionalKeyFact, evidence.SecurityIRKFact,
		evidence.FirmwarePasswordFact, evidence.SecurityFirmwareFact,
	}
}

func contradictions(m *Model, _ Policy) []Hit {
	hits := make([]Hit, 0, len(m.Conflicts))
	for _, c := range m.Conflicts {
		hits = append(hits, Hit{Subject: c.Subject, Because: c.Because, Summary: c.Text})
	}
	return hits
}
