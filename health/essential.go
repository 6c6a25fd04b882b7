package health

import "github.com/tokenward/tokenward/health/evidence"

// essential is a fact without which no Mac is called well. A fact that does not
// apply to this Mac is not missing.
type essential struct {
	fact    evidence.FactName
	applies func(Model) Tri
	known   func(evidence.Snapshot) bool
}

func always(Model) Tri { return Yes }

// essentials is the one table of what must be known. It is the same for every
// chip: what differs between chips is in the crypto users, which are in it.
func essentials() []essential {
	return []essential{
		{evidence.MDMFact, always, func(s evidence.Snapshot) bool { return s.EnrolledMDM.State == evidence.Observed }},
		{evidence.BootstrapSupportedFact, managed, func(s evidence.Snapshot) bool { return s.BootstrapSupported.State == evidence.Observed }},
		{evidence.BootstrapEscrowedFact, supported, func(s evidence.Snapshot) bool { return s.BootstrapEscrowed.State == evidence.Observed }},
		{evidence.FileVaultStateFact, always, func(s evidence.Snapshot) bool { return deriveFileVault(s).On != Unknown }},
		{evidence.DirectoryFact, always, func(s evidence.Snapshot) bool { return s.Directory.State == evidence.Observed }},
		{evidence.CryptoUsersFact, always, func(s evidence.Snapshot) bool { return s.CryptoUsers.State == evidence.Observed }},
	}
}

// managed: without an enrolment there is nobody to escrow to, and before 10.15
// there was no Bootstrap Token.
func managed(m Model) Tri {
	if m.Enrolled == No || m.OS.AtLeast(10, 15) == No {
		return No
	}
	return Yes
}

func supported(m Model) Tri {
	if m.Bootstrap.Supported == No {
		return No
	}
	return managed(m)
}

// gaps lists the essential facts that this check did not bring.
func gaps(s evidence.Snapshot, m Model) []evidence.FactName {
	var missing []evidence.FactName
	for _, e := range essentials() {
		if e.applies(m) != No && !e.known(s) {
			missing = append(missing, e.fact)
		}
	}
	return missing
}
