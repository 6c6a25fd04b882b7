package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

// twice is one thing of the Mac that two of its tools tell, by the same name.
type twice struct {
	what          string
	local, server evidence.Obs[bool] // what a tool of its own says, and the MDM client
	facts         [2]evidence.FactName
}

// serverConflicts compares what the Mac would answer its server's SecurityInfo
// with what its other tools say. What the Mac does not have is no disagreement.
func serverConflicts(s evidence.Snapshot) []Conflict {
	var found []Conflict
	for _, t := range []twice{
		{"an enrolment by Automated Device Enrollment", s.EnrolledDEP, s.Security.DEP, [2]evidence.FactName{evidence.DEPFact, evidence.SecurityDEPFact}},
		{"the user's approval of the enrolment", s.UserApproved, s.Security.UserApproved, [2]evidence.FactName{evidence.UserApprovedFact, evidence.SecurityApprovedFact}},
		{"a personal recovery key", s.RecoveryKeys.Personal, s.Security.RecoveryKey, [2]evidence.FactName{evidence.PersonalKeyFact, evidence.SecurityKeyFact}},
		{"an institutional recovery key", s.RecoveryKeys.Institutional, s.Security.InstitutionalKey, [2]evidence.FactName{evidence.InstitutionalKeyFact, evidence.SecurityIRKFact}},
		{"a firmware password", s.Startup.FirmwarePassword, s.Security.FirmwarePassword, [2]evidence.FactName{evidence.FirmwarePasswordFact, evidence.SecurityFirmwareFact}},
	} {
		local, server := triObs(t.local), triObs(t.server)
		if local == Unknown || server == Unknown || local == server {
			continue
		}
		found = append(found, Conflict{
			Subject: DeviceSubject, Because: t.facts[:],
			Text: fmt.Sprintf("On %s, the Mac's own tool says %s and the MDM client says %s.", t.what, local, server),
		})
	}
	return found
}
