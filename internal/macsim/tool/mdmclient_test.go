package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestMdmclient(t *testing.T) {
	const head = "=== CPF_GetInstalledProfiles === (<Device>)\nNumber of <Device> profiles found: "
	testAnswers(t, "/usr/libexec/mdmclient", []answerCase{
		{name: "enrolled", args: "QueryDeviceInformation", want: out(head + "1 (Filtered: 0)\n" +
			"Daemon response: {\n\tQueryResponses =\t {\n" +
			"\t\tAwaitingConfiguration = 0;\n\t\tBuildVersion = 25B78;\n\t\tEACSPreflight = success;\n" +
			"\t\tIsActivationLockEnabled = 0;\n\t\tIsAppleSilicon = 1;\n\t\tIsSupervised = 1;\n" +
			"\t\tMDMOptions =\t\t {\n\t\t\tBootstrapTokenAllowed = 1;\n\t\t};\n" +
			"\t\tModel = \"Mac16,1\";\n\t\tOSVersion = \"26.1\";\n\t\tProductName = \"Mac16,1\";\n" +
			"\t\tSerialNumber = OFFICE01;\n\t\tUDID = \"11111111-2222-3333-4444-555555555555\";\n" +
			"\t};\n}\nAgent response: (null)\n")},
		{
			name: "not enrolled, before EACSPreflight", args: "QueryDeviceInformation",
			change: func(m *state.Mac) {
				m.OS.Version = "13.2"
				m.Enrollment = state.Enrollment{MDM: state.NotEnrolled}
			},
			want: out(head + "0 (Filtered: 0)\n" +
				"Daemon response: {\n\tQueryResponses =\t {\n" +
				"\t\tAwaitingConfiguration = 0;\n\t\tBuildVersion = 25B78;\n\t\tIsActivationLockEnabled = 0;\n\t\tIsAppleSilicon = 1;\n\t\tIsSupervised = 0;\n" +
				"\t\tModel = \"Mac16,1\";\n\t\tOSVersion = \"13.2\";\n\t\tProductName = \"Mac16,1\";\n" +
				"\t\tSerialNumber = OFFICE01;\n\t\tUDID = \"11111111-2222-3333-4444-555555555555\";\n" +
				"\t};\n}\nAgent response: (null)\n"),
		},
		{
			name: "managed administrator, locked to an account", args: "QueryDeviceInformation",
			change: func(m *state.Mac) {
				m.OS.Version, m.Security.ActivationLock = "13.2", true
				m.Enrollment = state.Enrollment{MDM: state.NotEnrolled}
				boss, _ := m.Account("boss")
				boss.Managed = true
			},
			want: out(head + "0 (Filtered: 0)\n" +
				"Daemon response: {\n\tQueryResponses =\t {\n" +
				"\t\tAutoSetupAdminAccounts =\t\t (\n\t\t\t\t\t\t{\n" +
				"\t\t\t\tGUID = \"AAAAAAAA-0000-0000-0000-000000000001\";\n\t\t\t\tshortName = boss;\n\t\t\t}\n\t\t);\n" +
				"\t\tAwaitingConfiguration = 0;\n\t\tBuildVersion = 25B78;\n\t\tIsActivationLockEnabled = 1;\n" +
				"\t\tIsAppleSilicon = 1;\n\t\tIsSupervised = 0;\n" +
				"\t\tModel = \"Mac16,1\";\n\t\tOSVersion = \"13.2\";\n\t\tProductName = \"Mac16,1\";\n" +
				"\t\tSerialNumber = OFFICE01;\n\t\tUDID = \"11111111-2222-3333-4444-555555555555\";\n" +
				"\t};\n}\nAgent response: (null)\n"),
		},
		{name: "unknown", args: "QueryCertificates", want: errText(125, "macsim: mdmclient QueryCertificates is not simulated\n")},
	})
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"success":                     "success",
		"unknown failure":             `"unknown failure"`,
		`say "no" \ yes`:              `"say \"no\" \\ yes"`,
		"System isn’t sealed":         `"System isn\U2019t sealed"`,
		"":                            `""`,
		"beyond the plane \U0001F512": `"beyond the plane \Ud83d\Udd12"`,
	} {
		if got := quoted(in); got != want {
			t.Errorf("quoted(%q) = %s, want %s", in, got, want)
		}
	}
}
