package tool

import (
	"crypto/sha256"
	"fmt"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// querySecurityInfo prints the answers to the command SecurityInfo.
//
// observed (12.1): the first lines, blanks and not tabs, and no header; inferred:
// the last line, and that it answers the same on a Mac that is not enrolled.
func querySecurityInfo(m *state.Mac) Reply {
	lines := []string{"Daemon response: {", "    SecurityInfo =     {"}
	lines = append(lines, described(securityInfo(m), "        ", "    ")...)
	return printed(append(lines, "    };", "}", "Agent response: (null)")...)
}

// securityInfo holds the answers that the state knows. documented: the names,
// the releases and the chips.
func securityInfo(m *state.Mac) dict {
	d := dict{
		"FDE_Enabled":                      encrypted(m),
		"FDE_HasInstitutionalRecoveryKey":  m.FileVault.Institutional,
		"FDE_HasPersonalRecoveryKey":       m.FileVault.RecoveryKey.Generation > 0,
		"SystemIntegrityProtectionEnabled": !m.Security.SIPDisabled,
		"ManagementStatus": dict{
			"EnrolledViaDEP":             m.Enrollment.DEP,
			"IsActivationLockManageable": m.Supervised(),
			"IsUserEnrollment":           m.Enrollment.BYOD,
			"UserApprovedEnrollment":     m.Enrollment.MDM == state.UserApproved,
		},
	}
	addRecoveryKey(m, d)
	if m.Chip != state.AppleSilicon {
		d["FirmwarePasswordStatus"] = dict{"ChangePending": false, "PasswordExists": m.Security.Firmware != ""}
	}
	if m.OS.AtLeast(10, 15) {
		d["SecureBoot"] = secureBoot(m)
	}
	if m.OS.AtLeast(11) {
		d["AuthenticatedRootVolumeEnabled"] = true
		addBootstrapToken(m, d)
	}
	if m.OS.AtLeast(11, 5) && m.Chip == state.AppleSilicon {
		d["IsRecoveryLockEnabled"] = m.Security.RecoveryLock != ""
	}
	return d
}

// encrypted says whether FileVault counts as on. community: as fdesetup does,
// until it is decrypted.
func encrypted(m *state.Mac) bool { return m.FileVault.State != state.Off }

// addRecoveryKey adds the personal recovery key, encrypted for the server.
// documented: with the escrow profile alone; the device key is the serial number
// unless the profile names another. Its bytes and their number are made up.
func addRecoveryKey(m *state.Mac, d dict) {
	key := m.FileVault.RecoveryKey
	if !m.FileVault.EscrowProfile || key.Generation == 0 || key.Escrowed != key.Generation {
		return
	}
	sum := sha256.Sum256([]byte(m.RecoveryKeyText()))
	d["FDE_PersonalRecoveryKeyCMS"] = append(make(data, 0, 32), sum[:]...)
	d["FDE_PersonalRecoveryKeyDeviceKey"] = m.Serial
}

// secureBoot is the startup security. documented: the words, and that the
// details stand there on Apple silicon with reduced security alone, as texts;
// community: T2 also has a level for Windows; inferred: the level for other disks,
// and what reduced security allows besides what the server may do.
func secureBoot(m *state.Mac) dict {
	if m.Chip == state.Intel {
		return dict{"ExternalBootLevel": "not supported", "SecureBootLevel": "not supported"}
	}
	d := dict{"ExternalBootLevel": "allowed", "SecureBootLevel": "full"}
	switch m.Security.Boot {
	case state.FullSecurity:
	case state.ReducedSecurity:
		d["SecureBootLevel"] = "medium"
	case state.NoSecurity:
		d["SecureBootLevel"] = "off"
	}
	switch {
	case m.Chip == state.T2:
		d["ExternalBootLevel"], d["WindowsBootLevel"] = "disallowed", "disallowed"
	case m.Security.Boot == state.ReducedSecurity:
		d["ReducedSecurity"] = dict{
			"AllowsAnyAppleSignedOS": "true",
			"AllowsMDM":              fmt.Sprint(m.Security.MDMAllowed),
			"AllowsUserKextApproval": "false",
		}
	}
	return d
}

// addBootstrapToken adds what the server may do with the Bootstrap Token. X13:
// one of three texts; observed (12.1): "not supported" with two zeroes;
// documented: an automated enrolment is allowed by itself; inferred: what is
// allowed is also required.
func addBootstrapToken(m *state.Mac, d dict) {
	allowed := m.Enrollment.DEP || m.Enrollment.BootstrapAuthAllowed
	silicon := m.Chip == state.AppleSilicon
	d["BootstrapTokenRequiredForKernelExtensionApproval"] = silicon && allowed
	d["BootstrapTokenRequiredForSoftwareUpdate"] = silicon && allowed
	switch {
	case !silicon:
		d["BootstrapTokenAllowedForAuthentication"] = "not supported"
	case m.Switches.BootstrapAuthBoolean:
		d["BootstrapTokenAllowedForAuthentication"] = allowed
	default:
		d["BootstrapTokenAllowedForAuthentication"] = either(allowed, "allowed", "disallowed")
	}
}
