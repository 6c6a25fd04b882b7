package state

// Supervised follows the way of enrolment. documented: Automated Device
// Enrollment always, a user-approved one since 11.
func (m *Mac) Supervised() bool {
	e := m.Enrollment
	return e.DEP || e.MDM == UserApproved && !e.BYOD && m.OS.AtLeast(11)
}

// BootstrapSupported is the Mac's knowledge that its server keeps Bootstrap
// Tokens. documented: since 11 only the enrolment profile says so.
func (m *Mac) BootstrapSupported() bool {
	if m.Enrollment.MDM == NotEnrolled || !m.OS.AtLeast(10, 15) {
		return false
	}
	return m.Enrollment.Capability == ByProfile || m.Enrollment.Capability == ByOption && !m.OS.AtLeast(11)
}

// BootstrapValid says whether what the Mac's server has is what the volume knows.
// It is the truth, which no single source on the Mac tells, and which does not ask
// whether the server can be reached.
func (m *Mac) BootstrapValid() bool {
	return m.Enrollment.MDM != NotEnrolled && m.Bootstrap.Local > 0 && m.Bootstrap.Local == m.Server.Token
}

// reachable says whether the server answers this Mac now. inferred: not if its
// certificate has expired.
func (m *Mac) reachable() bool {
	e := m.Enrollment
	return e.MDM != NotEnrolled && !e.Expired && !m.Offline && !m.Server.Down
}

// getsBootstrap asks the server for the token, and says whether it is the one that
// the volume knows.
func (m *Mac) getsBootstrap() bool {
	got, why := m.fetchBootstrap()
	return why == NotRefused && got > 0 && got == m.Bootstrap.Local
}

// Preflight is what a server is told of "Erase All Content and Settings".
//
// documented: since 13.3, and "success", "not supported"; community: the other
// reasons, and that Apple silicon needs the Bootstrap Token for it; X12: a T2
// does not; inferred: which reason comes first.
func (m *Mac) Preflight() string {
	switch {
	case !m.OS.AtLeast(13, 3):
		return ""
	case m.EACSPreflight != "":
		return m.EACSPreflight
	case m.Chip == Intel || m.Enrollment.MDM == NotEnrolled:
		return "not supported"
	case m.Security.Boot != FullSecurity:
		return "System is not on full security"
	case m.Security.Firmware != "":
		return "EFI password exists"
	case (m.Chip == AppleSilicon || m.Switches.PreflightNeedsTokenOnT2) && !m.getsBootstrap():
		return "Unable to get Bootstrap Token <(null):0> ((null))"
	}
	return "success"
}

// ProfileUUID is that of the FileVault profile.
func (m *Mac) ProfileUUID() string { return derivedUUID(m.HardwareUUID, "filevault profile") }
