package tool

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const mdmclientPath = "/usr/libexec/mdmclient"

// securityText puts the keys into the frame of the answer.
func securityText(keys string) Reply {
	return out("Daemon response: {\n    SecurityInfo =     {\n" + keys + "    };\n}\nAgent response: (null)\n")
}

const managedADE = `        ManagementStatus =         {
            EnrolledViaDEP = 1;
            IsActivationLockManageable = 1;
            IsUserEnrollment = 0;
            UserApprovedEnrollment = 1;
        };
`

func TestMdmclientSecurityInfo(t *testing.T) {
	const silicon = `        AuthenticatedRootVolumeEnabled = 1;
        BootstrapTokenAllowedForAuthentication = allowed;
        BootstrapTokenRequiredForKernelExtensionApproval = 1;
        BootstrapTokenRequiredForSoftwareUpdate = 1;
        "FDE_Enabled" = 1;
        "FDE_HasInstitutionalRecoveryKey" = 0;
        "FDE_HasPersonalRecoveryKey" = 1;
        IsRecoveryLockEnabled = 0;
` + managedADE + `        SecureBoot =         {
            ExternalBootLevel = allowed;
            SecureBootLevel = full;
        };
        SystemIntegrityProtectionEnabled = 1;
`
	const query = "QuerySecurityInfo"
	testAnswers(t, mdmclientPath, []answerCase{
		{name: "apple silicon", args: query, want: securityText(silicon)},
		{
			name: "escrowed key", args: query, change: func(m *state.Mac) {
				m.FileVault.EscrowProfile, m.FileVault.RecoveryKey.Escrowed = true, 1
			},
			want: securityText(strings.Replace(silicon, "        IsRecovery",
				"        \"FDE_PersonalRecoveryKeyCMS\" = {length = 32, bytes = 0x64d8449c 8e4f5e73 d3aa7031 e4d4df9b ... e5ca95cf 30a80d6a};\n"+
					"        \"FDE_PersonalRecoveryKeyDeviceKey\" = OFFICE01;\n        IsRecovery", 1)),
		},
		{
			name: "key of before the profile", args: query, change: func(m *state.Mac) {
				m.FileVault.EscrowProfile, m.FileVault.RecoveryKey.Escrowed = true, 0
			},
			want: securityText(silicon),
		},
		{
			name: "reduced security by hand", args: query, change: func(m *state.Mac) {
				m.Enrollment.DEP = false
				m.Security = state.Security{Boot: state.ReducedSecurity, MDMAllowed: true, RecoveryLock: "x", SIPDisabled: true}
			},
			want: securityText(strings.NewReplacer(
				"= allowed;\n        Boot", "= disallowed;\n        Boot", "Approval = 1", "Approval = 0", "Update = 1", "Update = 0",
				"LockEnabled = 0", "LockEnabled = 1", "ViaDEP = 1", "ViaDEP = 0",
				"            SecureBootLevel = full", `            ReducedSecurity =             {
                AllowsAnyAppleSignedOS = true;
                AllowsMDM = true;
                AllowsUserKextApproval = false;
            };
            SecureBootLevel = medium`, "ProtectionEnabled = 1", "ProtectionEnabled = 0",
			).Replace(silicon)),
		},
		{
			name: "X13", args: query, change: func(m *state.Mac) { m.Switches.BootstrapAuthBoolean = true },
			want: securityText(strings.Replace(silicon, "Authentication = allowed", "Authentication = 1", 1)),
		},
		{
			name: "no security", args: query, change: func(m *state.Mac) { m.Security.Boot = state.NoSecurity },
			want: securityText(strings.Replace(silicon, "Level = full", "Level = off", 1)),
		},
	})
}

func TestMdmclientSecurityInfoOfIntel(t *testing.T) {
	intel := func(chip state.Chip, v string) func(*state.Mac) {
		return func(m *state.Mac) {
			m.Chip, m.Security.Firmware = chip, "x"
			version(v)(m)
			onlyTheBoss(m)
		}
	}
	const keys = `        "FDE_Enabled" = 0;
        "FDE_HasInstitutionalRecoveryKey" = 0;
        "FDE_HasPersonalRecoveryKey" = 0;
        FirmwarePasswordStatus =         {
            ChangePending = 0;
            PasswordExists = 1;
        };
` + managedADE
	testAnswers(t, mdmclientPath, []answerCase{
		{name: "10.14", args: "QuerySecurityInfo", change: intel(state.Intel, "10.14.6"), want: securityText(keys + "        SystemIntegrityProtectionEnabled = 1;\n")},
		{name: "t2 on 12.1", args: "QuerySecurityInfo", change: intel(state.T2, "12.1"), want: securityText(`        AuthenticatedRootVolumeEnabled = 1;
        BootstrapTokenAllowedForAuthentication = "not supported";
        BootstrapTokenRequiredForKernelExtensionApproval = 0;
        BootstrapTokenRequiredForSoftwareUpdate = 0;
` + keys + `        SecureBoot =         {
            ExternalBootLevel = disallowed;
            SecureBootLevel = full;
            WindowsBootLevel = disallowed;
        };
        SystemIntegrityProtectionEnabled = 1;
`)},
		{name: "intel on 10.15", args: "QuerySecurityInfo", change: intel(state.Intel, "10.15.7"), want: securityText(keys + `        SecureBoot =         {
            ExternalBootLevel = "not supported";
            SecureBootLevel = "not supported";
        };
        SystemIntegrityProtectionEnabled = 1;
`)},
	})
}

func TestMdmclientManagementStatus(t *testing.T) {
	const id = `"00000000-0000-0000-A000-`
	testAnswers(t, mdmclientPath, []answerCase{
		{name: "automated enrolment", args: "DumpManagementStatus", user: "clerk", want: out(`Management status: {
    DEPEnrolledMDMs =     (
        ` + id + officeEnrollment + `"
    );
    DeviceIsSupervised = 1;
    EnrolledInDEP = 1;
    MDMs =     {
        ` + id + officeEnrollment + `" =         {
            IsActivationLockManageable = 1;
            IsAnyMDM = 1;
            IsDEP = 1;
            IsSupervised = 1;
            IsUserApproved = 1;
            IsUserEnrollment = 0;
            ServerURL = "https://mdm.example.com/in?a=b";
        };
    };
    ManagedViaMDM = 1;
    UserApprovedMDMs =     (
        ` + id + officeEnrollment + `"
    );
}
`)},
		{name: "not enrolled", args: "DumpManagementStatus", change: func(m *state.Mac) { m.Enrollment = state.Enrollment{MDM: state.NotEnrolled} }, want: errText(125, "macsim: mdmclient DumpManagementStatus is not simulated\n")},
		{name: "before 15", args: "DumpManagementStatus", change: version("14.6"), want: errText(125, "macsim: mdmclient DumpManagementStatus is not simulated\n")},
	})
}

const officeEnrollment = "98D0CCBC2749"

func TestMdmclientWithoutRoot(t *testing.T) {
	testAnswers(t, mdmclientPath, []answerCase{
		{name: "device", args: "QueryDeviceInformation", user: "boss", want: errText(1, "macsim: mdmclient QueryDeviceInformation fails without root, in words that nobody has published\n")},
		{name: "security", args: "QuerySecurityInfo", user: "boss", want: errText(1, "macsim: mdmclient QuerySecurityInfo fails without root, in words that nobody has published\n")},
	})
}

func TestDescribedLists(t *testing.T) {
	t.Parallel()
	got := strings.Join(described(dict{"b": list{"x", "y z"}, "a": data("four")}, "  ", " "), "\n")
	const want = "  a = {length = 4, bytes = 0x666f7572};\n  b =   (\n   x,\n   \"y z\"\n  );"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
