package redact_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors/redact"
	"github.com/tokenward/tokenward/internal/run"
)

// answered is what a command printed.
type answered struct {
	command run.Command
	out     string
}

func several(t *testing.T, answers ...answered) run.Recording {
	t.Helper()
	var all []run.Transcript
	var whole run.Recording
	for _, a := range answers {
		whole = one(t, a.command, a.out)
		all = append(all, whole.Transcripts()...)
	}
	return whole.WithTranscripts(all)
}

// out is what a command printed according to a recording.
func out(t *testing.T, r run.Recording, c run.Command) string {
	t.Helper()
	for _, found := range r.Transcripts() {
		if slices.Equal(found.Argv, c.Argv()) && found.Stdin == c.Stdin {
			return string(found.Out)
		}
	}
	t.Fatalf("%s is not in the recording", c)
	return ""
}

func question(t *testing.T, typed string) run.Command {
	t.Helper()
	switch typed {
	case "firmwarepasswd -check":
		return run.Command{Tool: run.Firmwarepasswd, Args: []string{"-check"}}
	case "sysadminctl -secureTokenStatus anna":
		return run.Command{Tool: run.Sysadminctl, Args: []string{"-secureTokenStatus", "anna"}}
	}
	return command(t, typed)
}

const gone = "[REDACTED]"

// What a tool prints is passed on where every word of it is known, and the rest of
// the line is replaced.
func TestLines(t *testing.T) {
	t.Parallel()
	const (
		deferral, bound, sso, policy = "fdesetup showdeferralinfo", "dsconfigad -show", "app-sso platform -s", "bputil -e"
		status, info, proxy          = "fdesetup status", "mdmclient QueryDeviceInformation", "scutil --proxy"
		dep, token, kernel           = "profiles status -type enrollment", "sysadminctl -secureTokenStatus anna", "sysctl kern.boottime kern.hv_vmm_present hw.optional.arm64"
		bootstrap, uuid              = "profiles status -type bootstraptoken", "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0102"
		other                        = "00000000-0000-4000-8000-000000000001"
	)
	for _, tc := range []struct{ command, line, want string }{
		{"sw_vers", "ProductName:\t\tmacOS", "ProductName:\t\tmacOS"},
		{"sw_vers", "ProductName:\t\tAnna's", "ProductName:\t\tword-1"},
		{"sw_vers", "ProductVersion: 26.1", "ProductVersion: 26.1"},
		{"sw_vers", "ProductVersion: 26.1 anna", "ProductVersion: word-1"},
		{"sw_vers", "BuildVersion: 25B78", "BuildVersion: 25B78"},
		{"sw_vers", "ProductVersionExtra: (a)", "ProductVersionExtra: (a)"},
		{"sw_vers", "sw_vers: /Users/anna.schmidt/x (Anna Schmidt)", gone},
		{"uname -m", "arm64", "arm64"},
		{"uname -m", "anna", gone},
		{kernel, "kern.hv_vmm_present: 0", "kern.hv_vmm_present: 0"},
		{kernel, "kern.hv_vmm_present: anna", "kern.hv_vmm_present: " + gone},
		{kernel, "kern.boottime: { sec = 1790153387, usec = 5 } Wed Sep 23 08:49:47 2026", "kern.boottime: { sec = 1790153387, usec = 5 } Wed Sep 23 08:49:47 2026"},
		{kernel, "{ sec = 1, usec = 5 } Ann Sep 23 08:49:47 2026", "kern.boottime: " + gone},
		{kernel, "sysctl: unknown oid 'hw.optional.arm64'", "sysctl: unknown oid 'hw.optional.arm64'"},
		{kernel, "sysctl: unknown oid 'anna'", gone},
		{"csrutil status", "System Integrity Protection status: enabled.", "System Integrity Protection status: enabled."},
		{"csrutil status", "System Integrity Protection status: anna.", "System Integrity Protection status: " + gone},
		{"csrutil status", "    Kext Signing: enabled", "    Kext Signing: enabled"},
		{"csrutil status", "    Anna Schmidt: enabled", gone},
		{"csrutil status", "Configuration:", "Configuration:"},
		{"firmwarepasswd -check", "Password Enabled: Yes", "Password Enabled: Yes"},
		{"firmwarepasswd -check", "Password Enabled: anna", "Password Enabled: " + gone},
		{"firmwarepasswd -check", "Mode: none", "Mode: none"},
		{"firmwarepasswd -check", "Hello anna.schmidt at annas-mac", gone},
		{status, "FileVault is On.", "FileVault is On."},
		{status, "FileVault is Off, but will be enabled after the next restart.", "FileVault is Off, but will be enabled after the next restart."},
		{status, "FileVault is On, says anna schmidt.", "FileVault is On," + gone},
		{status, "FileVault is what anna says", "FileVault is  " + gone},
		{status, "Encryption in progress: Percent completed = 7.5", "Encryption in progress: Percent completed = 7.5"},
		{status, "Encryption in progress, says anna", "Encryption in progress " + gone},
		{status, "FileVault master keychain appears to be installed.", "FileVault master keychain appears to be installed."},
		{status, "Deferred enablement appears to be active.", "Deferred enablement appears to be active."},
		{status, "Deferred enablement appears to be active for user 'anna's'.", "Deferred enablement appears to be active for user 'person0001'."},
		{"fdesetup haspersonalrecoverykey", "true", "true"},
		{"fdesetup list", "Error: FileVault is Off.", "Error: FileVault is Off."},
		{"fdesetup list", "anna, b," + uuid, "person0001," + other},
		{"fdesetup list", strings.ToLower(uuid), other},
		{token, "Secure token is ENABLED for user Anna", "Secure token is ENABLED for user Person named 1"},
		{token, "Unknown user anna", "Unknown user person0001"},
		{token, "### Error:-14090 File: /Users/anna", "### Error:-14090 " + gone},
		{token, "2026-03-09 08:07:06.123 sysadminctl[812:4711] Unknown user anna", "2026-03-09 08:07:06.123 sysadminctl[812:4711] Unknown user person0001"},
		{token, "anna[812:4711] x", "tool[812:4711] " + gone},
		{bootstrap, "profiles: Bootstrap Token escrowed to server: YES", "profiles: Bootstrap Token escrowed to server: YES"},
		{bootstrap, "Bootstrap Token is supported on server:  NO", "Bootstrap Token is supported on server:  NO"},
		{bootstrap, "Bootstrap Token of Anna Schmidt: YES", gone},
		{dep, "MDM enrollment: Yes (User Approved)", "MDM enrollment: Yes (User Approved)"},
		{dep, "MDM enrollment: Yes by anna", "MDM enrollment: " + gone},
		{dep, "MDM server: https://mdm.corp.example:8443/x", "MDM server: https://host-1.example:8443/1"},
		{"ioreg -rd1 -c IOPlatformExpertDevice", `    "IOPlatformSerialNumber" = "C02XY"`, `    "IOPlatformSerialNumber" = "SERIAL0001"`},
		{"ioreg -rd1 -c IOPlatformExpertDevice", `    "IOPlatformUUID" = "` + uuid + `"`, `    "IOPlatformUUID" = "` + other + `"`},
		{"ioreg -rd1 -c IOPlatformExpertDevice", `    "model" = <"Mac14,2">`, `    "model" = <"Mac14,2">`},
		{"ioreg -rd1 -c IOPlatformExpertDevice", `    "owner" = "anna"`, `    "owner" = REDACTED`},
		{"ioreg -rd1 -c IOPlatformExpertDevice", "+-o J514sAP  <class IOPlatformExpertDevice, id 0x1, registered>", "+-o J514sAP  <class IOPlatformExpertDevice, id 0x1, registered>"},
		{bound, "Active Directory Domain          = corp.example", "Active Directory Domain          = host-1.example"},
		{bound, "Active Directory Domain          = anna's corp", "Active Directory Domain          = " + gone},
		{bound, "Computer Account                 = annas-mac$", "Computer Account                 = computer-1$"},
		{bound, "     Require confirmation        = Disabled", "     Require confirmation        = Disabled"},
		{bound, "  Preferred Domain controller    = dc.corp.example", "  Preferred Domain controller    = word-1"},
		{bound, "  Allowed admin groups           = 778899", "  Allowed admin groups           = word-1"},
		{bound, "  Password change interval       = 14", "  Password change interval       = 14"},
		{bound, "Anna Schmidt = Enabled", gone},
		{bound, "Advanced Options - Mappings", "Advanced Options - Mappings"},
		{sso, "Anna Schmidt:", gone},
		{sso, "Device Configuration:", "Device Configuration:"},
		{sso, " (null)", " (null)"},
		{sso, "Time: 2026-03-09 08:07:06 +0000", "Time: 2026-03-09 08:07:06 +0000"},
		{sso, `{"anna":1}`, "{\n  \"word1\" : \"REDACTED\"\n}"},
		{sso, `{"version":1,"loginType":2}`, "{\n  \"loginType\" : \"REDACTED\",\n  \"version\" : \"REDACTED\"\n}"},
		{sso, `{"anna schmidt":1}`, "{\n  \"REDACTED\" : \"REDACTED\"\n}"},
		{policy, "Use at your own risk!", "Use at your own risk!"},
		{policy, "Anna Schmidt's Mac HD: x", gone},
		{policy, "Local policy for volume group " + uuid + ":", "Local policy for volume group " + other + ":"},
		{policy, "Local policy for volume group anna:", "Local policy for volume group word-1:"},
		{policy, "Failed to display local policy for volume group " + uuid, "Failed to display local policy for volume group " + other},
		{policy, "Unique Chip ID                          (ECID): 0x12", "Unique Chip ID                          (ECID): REDACTED"},
		{policy, "Board ID                                (BORD): 0x24", "Board ID                                (BORD): 0x24"},
		{policy, "Board ID                                (BORD): anna", "Board ID                                (BORD): REDACTED"},
		{policy, "Volume Group UUID                       (vuid): " + uuid, "Volume Group UUID                       (vuid): " + other},
		{policy, "OS Version                              (love): 21.1.559.0.0,0", "OS Version                              (love): 21.1.559.0.0,0"},
		{policy, "Security Mode:               Full       (smb0): absent", "Security Mode:               Full       (smb0): absent"},
		{policy, "Security Mode:               Full       (anna): anna", "Security Mode:               Full       (redacted): " + gone},
		{policy, "Security Mode:               Anna", "Security Mode: " + gone},
		{info, "EACSPreflight = success;", "EACSPreflight = success;"},
		{info, `EACSPreflight = "Unable to get Bootstrap Token <(null):0> ((null))";`, `EACSPreflight = "Unable to get Bootstrap Token <(null):0> ((null))";`},
		{info, `EACSPreflight = "Unable to get Bootstrap Token of anna";`, `EACSPreflight = "Unable to get Bootstrap Token REDACTED";`},
		{info, `EACSPreflight = "User anna.schmidt (Anna Schmidt) on annas-mac.corp.example.com is no owner";`, `EACSPreflight = "word-1";`},
		{info, "anna.schmidt = 1;", `"word-1" = "word-2";`},
		{info, "Badge = 778899;", `"word-1" = "word-2";`},
		{info, "DeviceName = 778899;", `DeviceName = "word-1";`},
		{info, "ProductName = anna;", `ProductName = "word-1";`},
		{info, `ProductName = "Mac14,2";`, `ProductName = "Mac14,2";`},
		{info, "OSVersion = anna;", `OSVersion = "word-1";`},
		{info, "IsSupervised = 1;", "IsSupervised = 1;"},
		{info, "IsSupervised = anna;", `IsSupervised = "word-1";`},
		{info, "shortName = 778899;", `shortName = "person0001";`},
		{info, "fullName = 778899;", `fullName = "Person named 1";`},
		{info, "GUID = \"" + uuid + "\";", "GUID = \"" + other + "\";"},
		{info, `"SerialNumber" = C02XY;`, `"SerialNumber" = "SERIAL0001";`},
		{info, "Agent response: anna", "Agent response: " + gone},
		{info, "anna", gone},
		{deferral, "Usernames = ( anna );", `Usernames = ( "person0001" );`},
		{deferral, "Not found.", "Not found."},
		{proxy, "  HTTPSUser : 778899", "  HTTPSUser : person0001"},
		{proxy, "  HTTPSPort : 3128", "  HTTPSPort : 3128"},
		{proxy, "  HTTPSProxy : proxy.corp.example", "  HTTPSProxy : host-1.example"},
		{proxy, "  ProxyAutoConfigURLString : http://corp.example/x.pac", "  ProxyAutoConfigURLString : http://host-1.example/1"},
		{proxy, "    0 : *.local", "    0 : *.local"},
		{proxy, "    0 : *.corp.example", "    0 : *.host-1.example"},
		{proxy, "    0 : 778899", "    0 : word-1"},
		{proxy, "  778899 x : 1", "  word-1 : word-2"},
		{"scutil", "  Name : 778899", "  Name : person0001"},
		{"scutil", "  kCGSSessionUserNameKey : TRUE", "  kCGSSessionUserNameKey : person0001"},
		{"scutil", "  kCGSessionLongUserNameKey : 778899", "  kCGSessionLongUserNameKey : Person named 1"},
		{"scutil", "  kCGSSessionOnConsoleKey : TRUE", "  kCGSSessionOnConsoleKey : TRUE"},
		{"scutil", "  UID : 501", "  UID : 501"},
		{"scutil", "anna", gone},
		{"pwpolicy -getaccountpolicies", "Getting global account policies", "Getting global account policies"},
		{"pwpolicy -getaccountpolicies", "Getting anna's account policies", gone},
		{usersQuestion, "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)", "DS Error: -14136 (eDSRecordNotFound)"},
		{usersQuestion, "anna: DS Error: -14136 (eDSRecordNotFound)", "DS Error: -14136 (eDSRecordNotFound)"},
		{"diskutil apfs listcryptousers -plist /", "Error: -69808: anna", "Error: -69808"},
		{"diskutil apfs listcryptousers -plist /", "+-- " + uuid, "+-- " + other},
		{"diskutil apfs listcryptousers -plist /", "+-- anna", "+-- word-1"},
		{"diskutil apfs listcryptousers -plist /", "    Type: anna", "    Type: " + gone},
		{"diskutil apfs listcryptousers -plist /", "    Type: Personal Recovery User", "    Type: Personal Recovery User"},
		{"diskutil apfs listcryptousers -plist /", "    Volume Owner: anna", "    Volume Owner: " + gone},
		{"diskutil apfs listcryptousers -plist /", "No cryptographic users for anna", "No cryptographic users for word-1"},
		{"diskutil apfs listcryptousers -plist /", "No cryptographic users for disk1s1", "No cryptographic users for disk1s1"},
		{"ioreg -rd1 -c IOPlatformExpertDevice", `    "model" = <"anna">`, `    "model" = <"word-1">`},
		{usersQuestion, "No such key: anna", "No such key:"},
		{"last -1000", "anna      console                   Mon Jan 15 08:50 - 11:00  (02:10)", "person0001 console                   Mon Jan 15 08:50 - 11:00  (02:10)"},
		{"last -1000", "wtmp begins Mon Jan 15 08:50:00 UTC 2024", "wtmp begins Mon Jan 15 08:50:00 UTC 2024"},
		{"last -1000", "anna was here", gone},
		{"fdesetup list -extended", "ESCROW  UUID                                                         TYPE USER", "ESCROW  UUID                                                         TYPE USER"},
		{"fdesetup list -extended", "anna", gone},
	} {
		t.Run(tc.command+" "+tc.line, func(t *testing.T) {
			t.Parallel()
			c := question(t, tc.command)
			redacted := redact.Names(several(t, answered{c, tc.line + "\n"}))
			if strings.HasPrefix(tc.command, "sysadminctl") {
				c.Args = []string{"-secureTokenStatus", "person0001"}
			}
			if got := out(t, redacted, c); strings.TrimSuffix(got, "\n") != strings.TrimSuffix(tc.want, "\n") {
				t.Errorf("%q became %q, want %q", tc.line, got, tc.want)
			}
		})
	}
}
