package health

import "github.com/tokenward/tokenward/health/evidence"

// localBootstrapRules compare the Bootstrap Token's key on the volume with what
// the enrolment says.
func localBootstrapRules() []Rule {
	return []Rule{
		{
			Code:        "BT_ORPHAN_LOCAL",
			Title:       "A key of a Bootstrap Token that no server has",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    []evidence.FactName{evidence.CryptoUsersFact, evidence.MDMFact, evidence.BootstrapSupportedFact},
			After:       []Code{"MDM_NOT_ENROLLED", "CAP_LOST_AT_UPGRADE", "BT_UNSUPPORTED_BY_SERVER"},
			Why:         "The Mac left its server, or the server stopped to announce the Bootstrap Token. The key of the token stays on the volume.",
			Consequence: "A credential that opens the disk remains, and nobody here knows who still has a copy of it.",
			NextStep:    "After the next enrolment escrow anew: " + installBootstrap + ". If the Mac is not to be enrolled again, an admin who holds a Secure Token removes it: `sudo profiles remove -type bootstraptoken`.",
			DoNot:       "Do not count that key as somebody who holds a Secure Token.",
			Source:      "TravellingTechGuy/reportFileVault: a record without support; NanoMDM, CheckOut",
			Says:        []string{"Type: MDM Bootstrap Token External Key"},
			Check:       deviceRule(orphanedBootstrap),
		},
		{
			Code:        "BT_LOCAL_MISSING",
			Title:       "Escrowed, but the volume has no key for it",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    escrowFacts(evidence.CryptoUsersFact),
			Why:         "The keys of the volume were made anew, by a restore or a reset of the Secure Enclave, while the Mac and its server kept what they knew.",
			Consequence: "What the server has opens nothing: it grants no Secure Token and authorises no update.",
			NextStep:    "Escrow again: " + installBootstrap + " with the name and password of an admin who holds a Secure Token. That makes a new key and a new copy.",
			DoNot:       "Do not restore an old copy on the server: the volume does not know it.",
			Source:      "judgement of this project (inferred): a token without its key on the volume opens nothing",
			Says:        []string{"profiles: Bootstrap Token escrowed to server: YES"},
			Check:       deviceRule(missingBootstrapKey),
		},
	}
}

func orphanedBootstrap(m *Model) *Hit {
	if And(m.Bootstrap.CryptoUser, Or(Not(m.Enrolled), Not(m.Bootstrap.Supported))) != Yes {
		return nil
	}
	if m.Enrolled == No {
		return &Hit{
			Because: []evidence.FactName{evidence.CryptoUsersFact, evidence.MDMFact},
			Summary: "The volume has the key of a Bootstrap Token, and the Mac is not enrolled.",
		}
	}
	return &Hit{
		Because: []evidence.FactName{evidence.CryptoUsersFact, evidence.BootstrapSupportedFact},
		Summary: "The volume has the key of a Bootstrap Token, and the server does not announce that it keeps one.",
	}
}

func missingBootstrapKey(m *Model) *Hit {
	if And(m.Enrolled, m.Bootstrap.Supported, m.Bootstrap.Escrowed, Not(m.Bootstrap.CryptoUser)) != Yes {
		return nil
	}
	return &Hit{
		Because: escrowFacts(evidence.CryptoUsersFact),
		Summary: "The Mac says that its Bootstrap Token is escrowed, but the volume has no key for it.",
	}
}
