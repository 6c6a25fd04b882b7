package collectors

import (
	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// enrollment asks for the status, never for "show": that asks Apple's servers,
// which limit how often (macOS 12.3 and later).
func enrollment() Collector {
	c := run.Command{Tool: run.Profiles, Args: words("status -type enrollment")}
	return ask("enrollment", c, reader[parse.Enrollment]{
		parse: parse.ProfilesStatusEnrollment,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.Enrollment) {
			s.EnrolledDEP, s.EnrolledMDM = evidence.IsPointer(m, v.DEP), evidence.IsPointer(m, v.MDM)
			s.UserApproved, s.MDMServer = evidence.IsPointer(m, v.UserApproved), evidence.IsPointer(m, v.Server)
		},
	})
}

// bootstrapStatus asks for the Mac's own belief. It does not ask the server: a
// server that lost the token leaves this answer at YES.
func bootstrapStatus() Collector {
	c := run.Command{Tool: run.Profiles, Args: words("status -type bootstraptoken")}
	return ask("bootstrap-token", c, reader[parse.BootstrapStatus]{
		parse: parse.ProfilesStatusBootstrapToken, needsRoot: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.BootstrapStatus) {
			s.BootstrapSupported, s.BootstrapEscrowed = evidence.IsPointer(m, v.Supported), evidence.IsPointer(m, v.Escrowed)
		},
	})
}

// deviceInformation makes the Mac fetch its Bootstrap Token, which proves it on
// Apple silicon with macOS 13.3 or later. It took 11 s in a user's log.
func deviceInformation() Collector {
	c := run.Command{Tool: run.Mdmclient, Args: words("QueryDeviceInformation")}
	return ask("device-information", c, reader[parse.MDMInformation]{
		parse: parse.MdmclientQueryDeviceInformation, needsRoot: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.MDMInformation) {
			s.EACSPreflight = evidence.IsPointer(m, v.EACSPreflight)
			s.Managed = evidence.Managed{
				Supervised: evidence.IsPointer(m, v.Supervised), AwaitingConfiguration: evidence.IsPointer(m, v.Awaiting),
				BootstrapOption: evidence.IsPointer(m, v.BootstrapOption), ActivationLock: evidence.IsPointer(m, v.ActivationLock),
				Admins: evidence.IsPointer(m, v.Admins),
			}
		},
	})
}

// securityInfo is what the Mac would tell its server. The recovery key in it is
// dropped by package run as soon as the tool has ended.
func securityInfo() Collector {
	c := run.Command{Tool: run.Mdmclient, Args: words("QuerySecurityInfo")}
	return ask("security-info", c, reader[parse.SecurityInfo]{
		parse: parse.MdmclientQuerySecurityInfo, needsRoot: true,
		set: func(s *evidence.Snapshot, m evidence.Meta, v parse.SecurityInfo) {
			s.Security = evidence.Security{
				SecureBoot: evidence.IsPointer(m, v.SecureBoot), MDMControl: evidence.IsPointer(m, v.MDMControl),
				BootstrapForAuth: evidence.IsPointer(m, v.BootstrapForAuth), BootstrapForUpdate: evidence.IsPointer(m, v.BootstrapForUpdate),
				BootstrapForKexts: evidence.IsPointer(m, v.BootstrapForKexts),
				RecoveryLock:      evidence.IsPointer(m, v.RecoveryLock), FirmwarePassword: evidence.IsPointer(m, v.FirmwarePassword),
				DEP: evidence.IsPointer(m, v.DEP), UserApproved: evidence.IsPointer(m, v.UserApproved), UserEnrollment: evidence.IsPointer(m, v.UserEnrollment),
				RecoveryKey: evidence.IsPointer(m, v.RecoveryKey), InstitutionalKey: evidence.IsPointer(m, v.InstitutionalKey),
				KeySealed: evidence.IsPointer(m, v.KeySealed),
			}
		},
	})
}
