package tool

import (
	"crypto/sha256"
	"fmt"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// dumpManagementStatus prints what the client knows of the enrolment. observed
// (15.5): the form and the keys, of which these are a part; community: without
// root too. What it says of an older system or of a Mac that is not enrolled
// nobody has published.
func dumpManagementStatus(m *state.Mac, c *Call) Reply {
	if !m.OS.AtLeast(15) || m.Enrollment.MDM == state.NotEnrolled {
		return notSimulated(c)
	}
	lines := append([]string{"Management status: {"}, described(managementStatus(m), "    ", "    ")...)
	return printed(append(lines, "}")...)
}

// managementStatus holds what the state knows of it.
func managementStatus(m *state.Mac) dict {
	e, id := m.Enrollment, enrollmentID(m)
	d := dict{
		"DeviceIsSupervised": m.Supervised(),
		"EnrolledInDEP":      e.DEP,
		"ManagedViaMDM":      true,
		"MDMs": dict{id: dict{
			"IsActivationLockManageable": m.Supervised(),
			"IsAnyMDM":                   true,
			"IsDEP":                      e.DEP,
			"IsSupervised":               m.Supervised(),
			"IsUserApproved":             e.MDM == state.UserApproved,
			"IsUserEnrollment":           e.BYOD,
			"ServerURL":                  e.Server,
		}},
	}
	if e.DEP {
		d["DEPEnrolledMDMs"] = list{id}
	}
	if e.MDM == state.UserApproved {
		d["UserApprovedMDMs"] = list{id}
	}
	return d
}

// enrollmentID is the number of the enrolment profile. observed (15.5): its
// form; the last digits are made from the Mac's number.
func enrollmentID(m *state.Mac) string {
	sum := sha256.Sum256([]byte(m.HardwareUUID + " enrolment"))
	return fmt.Sprintf("00000000-0000-0000-A000-%X", sum[:6])
}
