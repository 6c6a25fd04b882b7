package macsim

import (
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// office is a small Mac that the tests of the tools ask; each changes what it
// is about.
const office = `
os: {version: 26.1, build: 25B78}
chip: apple_silicon
model: Mac16,1
board: J604AP
serial: OFFICE01
hardware_uuid: 11111111-2222-3333-4444-555555555555
enrollment: {dep: true, mdm: user_approved, server: "https://mdm.example.com/in?a=b"}
bootstrap: {supported: true, escrowed: true, local: true, volume_owner: false}
filevault: {state: on, personal_recovery_key: true}
eacs_preflight: success
accounts:
  - {name: boss, real_name: The Boss, uid: 501, guid: AAAAAAAA-0000-0000-0000-000000000001, admin: true, token: true}
  - {name: clerk, real_name: Clara Clerk, uid: 502, guid: AAAAAAAA-0000-0000-0000-000000000002}
console: {user: clerk}
`

func officeWith(t *testing.T, change func(*Mac)) *Mac {
	t.Helper()
	m, err := Decode("office", []byte(office))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&m)
	}
	return &m
}

// answerCase is one start of a tool and all that it must print.
type answerCase struct {
	name   string
	change func(*Mac)
	args   string // separated by "|"
	stdin  string
	want   Reply
}

func testAnswers(t *testing.T, tool run.Tool, cases []answerCase) {
	t.Helper()
	t.Parallel()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := Call{
				Command: run.Command{Tool: tool, Stdin: tc.stdin},
				At:      time.Date(2026, 3, 9, 8, 7, 6, 543e6, time.UTC),
				PID:     77,
			}
			if tc.args != "" {
				c.Args = strings.Split(tc.args, "|")
			}
			got := officeWith(t, tc.change).Answer(c)
			if got != tc.want {
				t.Errorf("%s\n got exit %d\nstdout:\n%s\nstderr:\n%s\nwant exit %d\nstdout:\n%s\nstderr:\n%s",
					c, got.Exit, got.Stdout, got.Stderr, tc.want.Exit, tc.want.Stdout, tc.want.Stderr)
			}
		})
	}
}

func out(text string) Reply { return Reply{Stdout: text} }

func errText(exit int, text string) Reply { return Reply{Exit: exit, Stderr: text} }

func version(v string) func(*Mac) {
	return func(m *Mac) {
		m.OS.Version = v
		m.OS.Product = m.OS.product()
	}
}

func TestSwVers(t *testing.T) {
	testAnswers(t, run.SwVers, []answerCase{
		{name: "all", want: out("ProductName:\t\tmacOS\nProductVersion:\t\t26.1\nBuildVersion:\t\t25B78\n")},
		{name: "one", args: "-productVersion", want: out("26.1\n")},
		{name: "old", change: version("10.15.7"), want: out("ProductName:\tMac OS X\nProductVersion:\t10.15.7\nBuildVersion:\t25B78\n")},
		{
			name:   "rapid security response",
			change: func(m *Mac) { m.OS = OS{"macOS", "13.3.1", "22E772610a", "(a)"} },
			want:   out("ProductName:\t\tmacOS\nProductVersion:\t\t13.3.1\nProductVersionExtra:\t(a)\nBuildVersion:\t\t22E772610a\n"),
		},
		{name: "unknown", args: "-help", want: errText(125, "macsim: sw_vers -help is not simulated\n")},
	})
}

func TestIoreg(t *testing.T) {
	testAnswers(t, run.Ioreg, []answerCase{
		{name: "platform", args: "-rd1|-c|IOPlatformExpertDevice", want: out(
			"+-o J604AP  <class IOPlatformExpertDevice, id 0x100000224, registered, matched, active, busy 0 (37 ms), retain 34>\n" +
				"    {\n" +
				"      \"IOPlatformSerialNumber\" = \"OFFICE01\"\n" +
				"      \"IOPlatformUUID\" = \"11111111-2222-3333-4444-555555555555\"\n" +
				"      \"model\" = <\"Mac16,1\">\n" +
				"    }\n")},
		{name: "unknown", args: "-l", want: errText(125, "macsim: ioreg -l is not simulated\n")},
	})
}

func TestUname(t *testing.T) {
	testAnswers(t, run.Uname, []answerCase{
		{name: "apple silicon", args: "-m", want: out("arm64\n")},
		{name: "t2", args: "-m", change: func(m *Mac) { m.Chip = T2 }, want: out("x86_64\n")},
		{name: "intel", args: "-m", change: func(m *Mac) { m.Chip = Intel }, want: out("x86_64\n")},
		{name: "unknown", want: errText(125, "macsim: uname is not simulated\n")},
	})
}

func TestProfiles(t *testing.T) {
	const token, enrollment = "status|-type|bootstraptoken", "status|-type|enrollment"
	testAnswers(t, run.Profiles, []answerCase{
		{name: "escrowed", args: token, want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n")},
		{
			name: "not escrowed", args: token, change: func(m *Mac) { m.Bootstrap.Escrowed = false },
			want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: NO\n"),
		},
		{
			name: "not supported is one line", args: token, change: func(m *Mac) { m.Bootstrap.Supported = false },
			want: out("profiles: Bootstrap Token supported on server: NO\n"),
		},
		{
			name: "not enrolled", args: token, change: func(m *Mac) { m.Enrollment = Enrollment{MDM: NotEnrolled} },
			want: errText(1, "macsim: profiles status -type bootstraptoken fails on a Mac that is not enrolled, in words that nobody has published\n"),
		},
		{name: "before 10.15", args: token, change: version("10.14.6"), want: errText(1, "Error: The profile type option was not recognized.\n")},
		{name: "enrolled", args: enrollment, want: out("Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\nMDM server: https://mdm.example.com/in?a=b\n")},
		{
			name: "unapproved", args: enrollment, change: func(m *Mac) { m.Enrollment.DEP, m.Enrollment.MDM = false, Unapproved },
			want: out("Enrolled via DEP: No\nMDM enrollment: Yes\nMDM server: https://mdm.example.com/in?a=b\n"),
		},
		{name: "no server line before 10.15", args: enrollment, change: version("10.14.6"), want: out("Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\n")},
		{
			name: "unenrolled", args: enrollment, change: func(m *Mac) { m.Enrollment = Enrollment{MDM: NotEnrolled} },
			want: out("Enrolled via DEP: No\nMDM enrollment: No\n"),
		},
		{name: "changing verb", args: "remove|-type|bootstraptoken", want: errText(125, "macsim: profiles remove -type bootstraptoken is not simulated\n")},
	})
}

func TestSysadminctl(t *testing.T) {
	const stamp = "2026-03-09 08:07:06.543 sysadminctl[77:777] "
	testAnswers(t, run.Sysadminctl, []answerCase{
		{name: "enabled, by full name", args: "-secureTokenStatus|boss", want: errText(0, stamp+"Secure token is ENABLED for user The Boss\n")},
		{name: "disabled", args: "-secureTokenStatus|clerk", want: errText(0, stamp+"Secure token is DISABLED for user Clara Clerk\n")},
		{name: "short name before 11", args: "-secureTokenStatus|boss", change: version("10.15.7"), want: errText(0, stamp+"Secure token is ENABLED for user boss\n")},
		{
			name: "status of its own", args: "-secureTokenStatus|boss",
			change: func(m *Mac) { m.Accounts[len(m.Accounts)-2].Token.Status = Disabled },
			want:   errText(0, stamp+"Secure token is DISABLED for user The Boss\n"),
		},
		{name: "unknown user", args: "-secureTokenStatus|nobody.here", want: errText(0, stamp+"Unknown user nobody.here\n")},
		{name: "changing verb", args: "-secureTokenOff|boss", want: errText(125, "macsim: sysadminctl -secureTokenOff boss is not simulated\n")},
	})
}

func TestFdesetup(t *testing.T) {
	fileVault := func(f FileVault) func(*Mac) { return func(m *Mac) { m.FileVault = f } }
	const key = "AAAAAAAA-0000-0000-0000-00000000000"
	testAnswers(t, run.Fdesetup, []answerCase{
		{name: "on", args: "status", want: out("FileVault is On.\n")},
		{name: "off", args: "status", change: fileVault(FileVault{State: Off}), want: out("FileVault is Off.\n")},
		{
			name: "deferred", args: "status", change: fileVault(FileVault{State: Off, DeferredUser: "clerk"}),
			want: out("FileVault is Off.\nDeferred enablement appears to be active for user 'clerk'.\n"),
		},
		{
			name: "encrypting", args: "status", change: fileVault(FileVault{State: Encrypting, Percent: 7}),
			want: out("FileVault is On.\nEncryption in progress: Percent completed = 7\n"),
		},
		{
			name: "decrypting", args: "status", change: fileVault(FileVault{State: Decrypting, Percent: 99}),
			want: out("FileVault is On.\nDecryption in progress: Percent completed = 99\n"),
		},
		{name: "list", args: "list", want: out("boss," + key + "1\n")},
		{
			name: "list with a user whose record is gone", args: "list",
			change: func(m *Mac) { m.OrphanCryptoUsers = []CryptoUser{{UUID: key + "9", Type: LocalOpenDirectory}} },
			want:   out("boss," + key + "1\n," + key + "9\n"),
		},
		{name: "list on 10.13", args: "list", change: version("10.13.6"), want: out("boss," + key + "1\n(null),EBC6C064-0000-11AA-AA11-00306543ECAC\n")},
		{name: "list while off", args: "list", change: fileVault(FileVault{State: Off}), want: errText(1, "Error: FileVault is Off.\n")},
		{name: "personal key", args: "haspersonalrecoverykey", want: out("true\n")},
		{name: "institutional key", args: "hasinstitutionalrecoverykey", want: out("false\n")},
		{name: "changing verb", args: "disable", want: errText(125, "macsim: fdesetup disable is not simulated\n")},
	})
}

func TestMdmclient(t *testing.T) {
	const head = "=== CPF_GetInstalledProfiles === (<Device>)\nNumber of <Device> profiles found: "
	testAnswers(t, run.Mdmclient, []answerCase{
		{name: "enrolled", args: "QueryDeviceInformation", want: out(head + "1 (Filtered: 0)\n" +
			"Daemon response: {\n\tQueryResponses =\t {\n" +
			"\t\tAwaitingConfiguration = 0;\n\t\tBuildVersion = 25B78;\n\t\tEACSPreflight = success;\n" +
			"\t\tIsAppleSilicon = 1;\n\t\tIsSupervised = 1;\n" +
			"\t\tMDMOptions =\t\t {\n\t\t\tBootstrapTokenAllowed = 1;\n\t\t};\n" +
			"\t\tModel = \"Mac16,1\";\n\t\tOSVersion = \"26.1\";\n\t\tProductName = \"Mac16,1\";\n" +
			"\t\tSerialNumber = OFFICE01;\n\t\tUDID = \"11111111-2222-3333-4444-555555555555\";\n" +
			"\t};\n}\nAgent response: (null)\n")},
		{
			name: "not enrolled, before EACSPreflight", args: "QueryDeviceInformation",
			change: func(m *Mac) {
				m.OS.Version = "13.2"
				m.Enrollment = Enrollment{MDM: NotEnrolled}
			},
			want: out(head + "0 (Filtered: 0)\n" +
				"Daemon response: {\n\tQueryResponses =\t {\n" +
				"\t\tAwaitingConfiguration = 0;\n\t\tBuildVersion = 25B78;\n\t\tIsAppleSilicon = 1;\n\t\tIsSupervised = 0;\n" +
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

func TestNoTool(t *testing.T) {
	t.Parallel()
	if got, want := officeWith(t, nil).Answer(Call{}), errText(125, "macsim: there is no such tool\n"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
