package tool

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const (
	officeGroup = "87791DA2-E5C0-45F5-A793-4E1A9A3F060F"

	bputilBanner = "This utility is not meant for normal users or even sysadmins.\n" +
		"It provides unabstracted access to capabilities which are normally handled for the user automatically when changing the security policy through GUIs such as the Startup Security Utility in macOS Recovery (\"recoveryOS\").\n" +
		"It is possible to make your system security much weaker and therefore easier to compromise using this tool.\n" +
		"This tool is not to be used in production environments.\n" +
		"It is possible to render your system unbootable with this tool.\n" +
		"It should only be used to understand how the security of Apple Silicon Macs works.\n" +
		"Use at your own risk!\n"

	// fullSecurity12 is the rest of the answer on macOS 12; what is made up of
	// the Mac's number stands in it as a word.
	fullSecurity12 = "OS environment:\n" +
		"OS Type                                       : macOS\n" +
		"OS Pairing Status                             : Not Paired\n" +
		"Local Policy Nonce Hash                 (lpnh): LPNH\n" +
		"Remote Policy Nonce Hash                (rpnh): RPNH\n" +
		"Recovery OS Policy Nonce Hash           (ronh): RONH\n" +
		"\n" +
		"Local policy:\n" +
		"Pairing Integrity                             : Valid\n" +
		"Signature Type                                : BAA\n" +
		"Unique Chip ID                          (ECID): 0xECID\n" +
		"Board ID                                (BORD): 0x24\n" +
		"Chip ID                                 (CHIP): 0x8103\n" +
		"Certificate Epoch                       (CEPO): 0x1\n" +
		"Security Domain                         (SDOM): 0x1\n" +
		"Production Status                       (CPRO): 1\n" +
		"Security Mode                           (CSEC): 1\n" +
		"OS Version                              (love): 21.1.559.0.0,0\n" +
		"Volume Group UUID                       (vuid): GROUP\n" +
		"KEK Group UUID                          (kuid): KEYS\n" +
		"Local Policy Nonce Hash                 (lpnh): LPNH\n" +
		"Remote Policy Nonce Hash                (rpnh): RPNH\n" +
		"Next Stage Image4 Hash                  (nsih): NSIH\n" +
		"User Authorized Kext List Hash          (auxp): absent\n" +
		"Auxiliary Kernel Cache Image4 Hash      (auxi): absent\n" +
		"Kext Receipt Hash                       (auxr): absent\n" +
		"CustomKC or fuOS Image4 Hash            (coih): absent\n" +
		"Security Mode:               Full       (smb0): absent\n" +
		"3rd Party Kexts Status:      Disabled   (smb2): absent\n" +
		"User-allowed MDM Control:    Disabled   (smb3): absent\n" +
		"DEP-allowed MDM Control:     Disabled   (smb4): absent\n" +
		"SIP Status:                  Enabled    (sip0): absent\n" +
		"Signed System Volume Status: Enabled    (sip1): absent\n" +
		"Kernel CTRR Status:          Enabled    (sip2): absent\n" +
		"Boot Args Filtering Status:  Enabled    (sip3): absent\n"
)

// monterey is the version of which the whole answer was observed.
func monterey(m *state.Mac) {
	version("12.0.1")(m)
	m.OS.Build = "21A559"
}

// madeUp puts what is made up of the office Mac's number into a text.
func madeUp(text string) string {
	m := &state.Mac{HardwareUUID: "11111111-2222-3333-4444-555555555555"}
	return strings.NewReplacer(
		" LPNH\n", " "+madeUpHash(m, "lpnh")+"\n", " RPNH\n", " "+madeUpHash(m, "rpnh")+"\n", " RONH\n", " "+madeUpHash(m, "ronh")+"\n",
		" 0xECID\n", " 0x"+madeUpHash(m, "ECID")[:13]+"\n", " NSIH\n", " "+madeUpHash(m, "nsih")+"\n", " SPIH\n", " "+madeUpHash(m, "spih")+"\n",
		" GROUP", " "+officeGroup, " KEYS\n", " "+madeUpUUID(m, "key group")+"\n",
	).Replace(text)
}

func TestBputil(t *testing.T) {
	recent := strings.NewReplacer(
		"(CSEC): 1\n", "(CSEC): 1\nLocal Boot                              (lobo): 1\n",
		"21.1.559.0.0,0", "25.2.78.0.0,0",
		"(nsih): NSIH\n", "(nsih): NSIH\nCryptex1 Image4 Hash                    (spih): SPIH\nCryptex1 Generation                     (stng): 23\n",
	).Replace(fullSecurity12)
	const head12 = "\n" + bputilBanner + "\nLocal policy for volume group GROUP:\n"
	testAnswers(t, "/usr/bin/bputil", []answerCase{
		{name: "as observed on 12", args: "-d", change: monterey, want: out(madeUp(head12 + fullSecurity12))},
		{name: "long", args: "--display-policy", change: monterey, want: out(madeUp(head12 + fullSecurity12))},
		{name: "recent", args: "-d", want: out(madeUp("\n" + bputilBanner + "\nCurrent local policy:\n" + recent))},
		{name: "all systems", args: "-e", change: monterey, want: out(madeUp(bputilBanner + "\n\nLocal policy for volume group GROUP:\n" + fullSecurity12))},
		{name: "all systems, long", args: "--display-all-policies", want: out(madeUp(bputilBanner + "\n\nLocal policy for volume group GROUP:\n" + recent))},
		{name: "one system", args: "-d|-v|" + strings.ToLower(officeGroup), change: monterey, want: out(madeUp("Operating on Volume Group UUID GROUP\n" + head12 + fullSecurity12))},
		{name: "another system", args: "-d|-v|X", want: errText(1, "macsim: bputil -d -v X fails for a volume group that is not there, in words that nobody has published\n")},
		{name: "intel", args: "-d", change: func(m *state.Mac) { m.Chip = state.T2 }, want: errText(1, "bputil is not yet supported on this platform\n")},
		{name: "not root", args: "-d", user: "boss", want: errText(1, "macsim: bputil -d fails for everybody but root, in words that nobody has published\n")},
		{name: "before 11", args: "-d", change: version("10.15.7"), want: errText(125, "macsim: bputil -d is not simulated\n")},
		{name: "changing", args: "-n", want: errText(125, "macsim: bputil -n is not simulated\n")},
		{name: "json", args: "-j|-d", want: errText(125, "macsim: bputil -j -d is not simulated\n")},
	})
}

func TestSecurityLines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*state.Mac)
		want   []string
	}{
		{"reduced", func(m *state.Mac) { m.Security.Boot = state.ReducedSecurity }, []string{"Security Mode:               Reduced    (smb0): 1"}},
		{"permissive", func(m *state.Mac) { m.Security.Boot = state.NoSecurity }, []string{"Security Mode:               Permissive (smb0 && smb1): 1"}},
		{"managed by DEP", func(m *state.Mac) { m.Security.MDMAllowed = true }, []string{
			"User-allowed MDM Control:    Disabled   (smb3): absent", "DEP-allowed MDM Control:     Enabled    (smb4): 1",
		}},
		{"managed by a user", func(m *state.Mac) { m.Security.MDMAllowed, m.Enrollment.DEP = true, false }, []string{
			"User-allowed MDM Control:    Enabled    (smb3): 1", "DEP-allowed MDM Control:     Disabled   (smb4): absent",
		}},
		{"no protection", func(m *state.Mac) { m.Security.SIPDisabled = true }, []string{
			"SIP Status:                  Customized (sip0): 7f", //nolint:misspell // Apple's word
			"Boot Args Filtering Status:  Disabled   (sip3): 1",
		}},
	} {
		text := joined(securityLines(officeWith(t, tc.change)))
		for _, line := range tc.want {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("%s: no line %q in\n%s", tc.name, line, text)
			}
		}
	}
}

func TestLongVersion(t *testing.T) {
	t.Parallel()
	for build, want := range map[string]string{"21A559": "21.1.559.0.0,0", "23D56": "23.4.56.0.0,0", "22E772610a": "22.5.772610.0.0,0"} {
		if got := longVersion(build); got != want {
			t.Errorf("longVersion(%q) = %q, want %q", build, got, want)
		}
	}
}
