package health

import "github.com/tokenward/tokenward/health/evidence"

// ownershipRules are about what the list of owners says, and how it is read.
func ownershipRules() []Rule {
	return []Rule{
		{
			Code:        "VO_BT_NOT_OWNER",
			Title:       "The Bootstrap Token does not own the volume",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    ownerFacts(evidence.MDMFact, evidence.EACSPreflightFact, evidence.OSVersionFact, evidence.BootstrapSupportedFact, evidence.BootstrapEscrowedFact),
			Open:        "whether macOS treats it as an owner all the same: lists of both kinds were seen",
			After:       []Code{"VO_NONE", "BT_INVALID"},
			Why:         "The volume lists the Bootstrap Token's key without ownership. It was seen on Macs whose volume came from elsewhere, and on some others.",
			Consequence: "Updates and erasing that the server asks for may want a person's password.",
			NextStep:    "Escrow a new one: `sudo profiles install -type bootstraptoken` with the name and password of an admin who holds a Secure Token. Then look at the list again.",
			DoNot:       "Do not remove the Bootstrap Token first: the new one replaces it.",
			Source:      "fleetdm/fleet, test fixture of diskutil; judgement of this project",
			Says:        []string{"Type: MDM Bootstrap Token External Key", "Volume Owner: No"},
			Check:       deviceRule(bootstrapNotOwner),
		},
		{
			Code:        "VO_BY_LIST_ONLY",
			Title:       "A tool takes every listed account for an owner",
			Severity:    Low,
			FedBy:       FromAdvice,
			Evidence:    []evidence.FactName{evidence.CryptoUsersFact},
			Open:        "what another tool looks at",
			Why:         "Some scripts look for the account's GeneratedUID in `diskutil apfs listcryptousers /` and do not read the line below it.",
			Consequence: "The script asks an account for an update's password that macOS then refuses.",
			NextStep:    "Read the line `Volume Owner: Yes` or `Volume Owner: No` below the account's UUID.",
			Source:      "Macjutsu/super, source; judgement of this project",
			Says:        []string{"Volume Owner: No"},
		},
	}
}

// bootstrapNotOwner doubts a list that the Mac itself contradicts where it got the
// token to work.
func bootstrapNotOwner(m *Model) *Hit {
	b := m.Bootstrap
	if And(m.AppleSilicon, m.Enrolled, b.CryptoUser, Not(b.VolumeOwner)) != Yes {
		return nil
	}
	h := &Hit{
		Because: ownerFacts(evidence.MDMFact),
		Summary: "The volume lists the Bootstrap Token's key, and not as an owner.",
	}
	if b.Strength == StrengthProven {
		doubtful := Low
		h.Severity, h.Because = &doubtful, strengthFacts(m, ownerFacts()...)
		h.Summary += " The Mac could use it all the same."
	}
	return h
}
