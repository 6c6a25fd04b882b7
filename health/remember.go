package health

import "time"

// remember is the Mac for the next check: what is known now, and what was known
// before where this check could not find it out.
func remember(was Memory, m *Model) Memory {
	now := Memory{
		At: m.TakenAt, Identity: was.Identity,
		Enrolled: kept(was.Enrolled, m.Enrolled), Supported: kept(was.Supported, m.Bootstrap.Supported),
		Escrowed: kept(was.Escrowed, m.Bootstrap.Escrowed), Reachable: kept(was.Reachable, m.Enrollment.Reachable),
		FileVault: kept(was.FileVault, m.FileVault.On), Strength: m.Bootstrap.Strength,
		SealedAt: later(was.SealedAt, m.FileVault.SealedAt), OS: m.OS.Text, BootedAt: later(was.BootedAt, m.BootedAt),
		Proof: was.Proof, Accounts: map[string]AccountMemory{},
	}
	switch {
	case m.Enrolled == No:
		now.Identity = ""
	case m.Enrollment.Identity != "":
		now.Identity = m.Enrollment.Identity
	}
	if now.OS == "" {
		now.OS = was.OS
	}
	if now.Strength == StrengthUnknown {
		now.Strength = was.Strength
	}
	now.Proof = proof(was, m, now.Identity)
	for i := range m.Accounts {
		if a := &m.Accounts[i]; a.GUID != "" && (a.Person == Yes || a.Holder == Yes) {
			now.Accounts[a.Subject()] = a.remember(was.Accounts[a.Subject()], m.TakenAt)
		}
	}
	if len(m.Accounts) == 0 && m.lost("accounts.directory") {
		now.Accounts = was.Accounts
	}
	return now
}

// proof ends with the enrolment, and with anything that speaks against it.
func proof(was Memory, m *Model, identity string) Proof {
	switch {
	case m.Bootstrap.Strength == StrengthProven:
		return Proof{At: m.Bootstrap.ProvenAt, Identity: m.Enrollment.Identity}
	case identity == "" || identity != was.Proof.Identity:
		return Proof{}
	case m.Bootstrap.Strength == StrengthRefuted, m.Bootstrap.Strength == StrengthNone:
		return Proof{}
	}
	return was.Proof
}

func (a *Account) remember(was AccountMemory, now time.Time) AccountMemory {
	is := AccountMemory{
		Name: a.Name, Holder: kept(was.Holder, a.Holder), Admin: kept(was.Admin, a.Admin), Owner: kept(was.Owner, a.VolumeOwner),
		Drift: kept(was.Drift, a.Drift), DriftSeen: was.DriftSeen,
		PasswordSet: later(was.PasswordSet, a.PasswordSet), LastLogin: later(was.LastLogin, a.LastLogin),
	}
	switch {
	case is.Drift != Yes:
		is.DriftSeen = time.Time{}
	case is.DriftSeen.IsZero():
		is.DriftSeen = now
	}
	return is
}

func kept(was, is Tri) Tri {
	if is == Unknown {
		return was
	}
	return is
}

// later prefers what is known now, whichever is the later: clocks are set.
func later(was, is time.Time) time.Time {
	if is.IsZero() {
		return was
	}
	return is
}
