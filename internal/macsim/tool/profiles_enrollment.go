package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// enrollment answers about the enrolment, and asks the user to renew it.
func enrollment(m *state.Mac, c *Call, o profilesOptions) Reply {
	switch {
	case o.signedIn():
		return notSimulated(c)
	case o.verb == "status":
		return enrollmentStatus(m, c)
	case o.verb == "show":
		return showEnrollment(m, c)
	case o.verb == "renew":
		return renewEnrollment(m, c)
	}
	return notSimulated(c)
}

// enrollmentStatus needs no root. observed (15.7.9, 26.6.2): not enrolled;
// community (10.13.4, 10.15): enrolled, and the server's line since 10.15.
func enrollmentStatus(m *state.Mac, c *Call) Reply {
	if !m.OS.AtLeast(10, 13, 4) {
		return notSimulated(c) // no output of older systems is known
	}
	lines := []string{"Enrolled via DEP: " + either(m.Enrollment.DEP, "Yes", "No"), "MDM enrollment: " + mdmWords(m.Enrollment.MDM)}
	if m.Enrollment.Server != "" && m.OS.AtLeast(10, 15) {
		lines = append(lines, "MDM server: "+m.Enrollment.Server)
	}
	return printed(lines...)
}

func mdmWords(d state.MDM) string {
	switch d {
	case state.Unapproved:
		return "Yes"
	case state.UserApproved:
		return "Yes (User Approved)"
	default:
		return "No"
	}
}

// showEnrollment asks Apple, who limit it. observed (15.7.9, 26.6.2): without
// root, and on a Mac that Apple knows no server for; community: without a
// network. What Apple would answer about the organisation is not part of the
// state.
func showEnrollment(m *state.Mac, c *Call) Reply {
	switch {
	case !c.isRoot():
		return refused(1, "Must be running as root")
	case m.Offline:
		return Reply{Exit: 1, Stderr: "Bad response from apsd: Connection interrupted\n" +
			"Error fetching Device Enrollment configuration: We can't determine if this machine is DEP enabled.\n"}
	case !m.Enrollment.DEP:
		return refused(1, "Error fetching Device Enrollment configuration: Client is not DEP enabled.")
	}
	return notSimulated(c)
}

// renewEnrollment asks the person at the screen to enrol again. documented: man
// profiles; inferred: that it prints nothing, and that nothing happens while
// nobody answers.
func renewEnrollment(m *state.Mac, c *Call) Reply {
	switch {
	case !c.isRoot():
		return refused(1, "Must be running as root") // inferred from show
	case !m.Enrollment.DEP:
		return unpublished(c, 1, "on a Mac that was not enrolled automatically")
	case m.Console.User == "" || !agrees(m):
		return Reply{}
	}
	capability := m.Enrollment.Capability
	if _, err := m.Do(c.At, &state.Enroll{Way: state.ADE, Server: m.Enrollment.Server, Capability: &capability}); err != nil {
		return own(err.Error())
	}
	return Reply{}
}

// agrees takes the person's next answer: whether it is no refusal.
func agrees(m *state.Mac) bool {
	answer, there := nextAnswer(m)
	return there && !answer.Cancel && !answer.Quit
}
