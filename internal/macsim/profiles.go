package macsim

// profiles answers the two questions of status; the verbs that change or
// contact something are not simulated.
func (m *Mac) profiles(c Call) Reply {
	switch {
	case c.is("status", "-type", "bootstraptoken"):
		return m.bootstrapStatus(c)
	case c.is("status", "-type", "enrollment"):
		return m.enrollmentStatus(c)
	}
	return notSimulated(c)
}

// bootstrapStatus is the Mac's own belief; it does not ask the server.
//
// observed (10.15 to 26): the two lines; observed (10.15.6, 11.2.3): one line
// alone where the server does not support it; community: the refusal before
// 10.15, inferred: its stream and exit code.
func (m *Mac) bootstrapStatus(c Call) Reply {
	switch {
	case !m.OS.atLeast(10, 15):
		return refused(1, "Error: The profile type option was not recognized.")
	case m.Enrollment.MDM == NotEnrolled:
		return refused(1, "macsim: "+c.String()+" fails on a Mac that is not enrolled, in words that nobody has published")
	case !m.Bootstrap.Supported:
		return printed("profiles: Bootstrap Token supported on server: NO")
	}
	return printed(
		"profiles: Bootstrap Token supported on server: YES",
		"profiles: Bootstrap Token escrowed to server: "+either(m.Bootstrap.Escrowed, "YES", "NO"),
	)
}

// enrollmentStatus needs no root. observed (15.7.9, 26.6.2): not enrolled;
// community (10.13.4, 10.15): enrolled, and the server's line since 10.15.
func (m *Mac) enrollmentStatus(c Call) Reply {
	if !m.OS.atLeast(10, 13, 4) {
		return notSimulated(c) // no output of older systems is known
	}
	lines := []string{"Enrolled via DEP: " + either(m.Enrollment.DEP, "Yes", "No"), "MDM enrollment: " + m.Enrollment.MDM.words()}
	if m.Enrollment.Server != "" && m.OS.atLeast(10, 15) {
		lines = append(lines, "MDM server: "+m.Enrollment.Server)
	}
	return printed(lines...)
}

func (d MDM) words() string {
	switch d {
	case Unapproved:
		return "Yes"
	case UserApproved:
		return "Yes (User Approved)"
	default:
		return "No"
	}
}
