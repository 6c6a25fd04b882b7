package plan

import "github.com/tokenward/tokenward/health"

// undecided are the facts that a goal hangs on and that are not known here. What is
// not known is never taken for well, nor for impossible.
func (b *board) undecided() (missing []string) {
	add := func(is bool, what string) {
		if is {
			missing = append(missing, what)
		}
	}
	m, kind := b.m, b.goal.Kind
	apple := m.AppleSilicon == health.Yes
	add(m.OS.AtLeast(10, 13) == health.Unknown && kind != RemoveUser, "the version of macOS")
	add(m.Chip == health.UnknownChip && kind == SafeToWipe || m.AppleSilicon == health.Unknown && b.aboutOwners(), "the chip of the Mac")
	add(m.FileVault.Busy == health.Unknown && kind == FileVaultOn, "whether the disk is being decrypted")
	add(m.Enrolled == health.Yes && m.UserApproved == health.Unknown && kind == Update, "whether a user approved the enrolment")
	add(apple && kind == Update && either(m.Bootstrap.Auth, m.Enrollment.DEP) == health.Unknown, "whether the server may use the Bootstrap Token for authentication (SecurityInfo)")
	if b.target != nobody {
		a := b.people[b.target]
		add(a.CanLogIn == health.Unknown && kind != RemoveUser, "whether "+a.Name+" can log in")
	}
	if kind == TokensForAll {
		missing = append(missing, b.unknownPeople()...)
	}
	return missing
}

// aboutOwners says whether a goal hangs on who owns the volume, which matters on Apple
// silicon alone.
func (b *board) aboutOwners() bool {
	return b.goal.Kind == Update || b.goal.Kind == RemoveUser || b.goal.Kind == NoLockOut
}

// unknownPeople are those without a token of whom it is not known whether they should
// have one.
func (b *board) unknownPeople() (missing []string) {
	for i := range b.m.Accounts {
		switch a := &b.m.Accounts[i]; {
		case a.Usable() == health.Yes || a.CanLogIn == health.No || a.Person == health.No:
		case a.Person == health.Unknown:
			missing = append(missing, "whether somebody works with "+a.Name)
		case a.CanLogIn == health.Unknown:
			missing = append(missing, "whether "+a.Name+" can log in")
		}
	}
	return missing
}

// settled says of a goal that seems reached what nobody can tell of it all the same.
// X11: whether a Bootstrap Token authorises an update whose key is not marked as an
// owner, sources differ.
func (b *board) settled(p *Plan) *Plan {
	if b.left > 0 {
		return b.unknown("whether everybody else has a Secure Token")
	}
	if b.goal.Kind == Update && b.m.AppleSilicon == health.Yes && b.m.Bootstrap.VolumeOwner != health.Yes {
		return b.unknown("whether the Bootstrap Token owns the volume, as an update asks")
	}
	return p
}
