package redact_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/collectors/redact"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

var taken = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// answers is a runner made of a function.
type answers func(ctx context.Context, c run.Command) (run.Result, error)

func (a answers) Run(ctx context.Context, c run.Command) (run.Result, error) { return a(ctx, c) }

// one is the recording of a command that printed something.
func one(t *testing.T, c run.Command, out string) run.Recording {
	t.Helper()
	recorder := run.NewRecorder(answers(func(context.Context, run.Command) (run.Result, error) {
		return run.Result{Stdout: []byte(out)}, nil
	}), nil, nil)
	if _, err := recorder.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return recorder.Recording(taken)
}

// text is all that a recording consists of.
func text(t *testing.T, r run.Recording) string {
	t.Helper()
	files, err := r.Contents()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range files {
		b.WriteString(f.Name + "\n")
		b.Write(f.Data)
	}
	return b.String()
}

// command returns the command that is typed like this.
func command(t *testing.T, typed string) run.Command {
	t.Helper()
	for _, c := range collectors.All() {
		if c.Command.Tool.Path() != "" && c.Command.String() == typed && (typed != "scutil" || c.Command.Stdin != "") {
			return c.Command
		}
	}
	t.Fatalf("nobody asks %q", typed)
	return run.Command{}
}

// What the collectors ask, redaction knows. What they do not ask is left out, for
// nobody knows what is in it.
func TestEveryQuestionIsKnown(t *testing.T) {
	t.Parallel()
	for _, c := range collectors.All() {
		if c.Command.Tool.Path() == "" {
			continue
		}
		if r := redact.Secrets(one(t, c.Command, "x\n")); len(r.Commands) != 1 {
			t.Errorf("%s is not known", c.Command)
		}
	}
	asked := run.Command{Tool: run.Sysadminctl, Args: []string{"-secureTokenStatus", "anna"}}
	if r := redact.Secrets(one(t, asked, "x\n")); len(r.Commands) != 1 {
		t.Errorf("%s is not known", asked)
	}
	for _, c := range []run.Command{
		{Tool: run.Dscl, Args: []string{".", "-read", "/Users/anna"}},
		{Tool: run.Scutil, Stdin: "show State:/Network\n"},
		{Tool: run.SwVers, Stdin: "hunter2"},
		{Tool: run.Sysadminctl, Args: []string{"-secureTokenOn", "anna"}},
	} {
		if r := redact.Secrets(one(t, c, "x\n")); len(r.Commands) != 0 {
			t.Errorf("%s was kept", c)
		}
	}
}

const usersQuestion = "dscl -plist . -readall /Users UniqueID GeneratedUID RealName RecordName AuthenticationAuthority NFSHomeDirectory UserShell IsHidden OriginalNodeName"

func list(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n<plist version=\"1.0\">\n" + body + "\n</plist>\n"
}

func attribute(name string, values ...string) string {
	return "<key>" + name + "</key><array><string>" + strings.Join(values, "</string><string>") + "</string></array>"
}

const canary = "C4N4RY"

func TestSecretsAreTakenOut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("QUJD", 16) + canary
	for _, tc := range []struct{ name, command, out, stays string }{
		{"a recovery key", "fdesetup status", "FileVault is On.\nkey 'C4N4-RYAA-BBBB-CCCC-DDDD-EEEE'\n", "FileVault is On."},
		{"a recovery key in small letters", "fdesetup list", "c4n4-ryaa-bbbb-cccc-dddd-eeee\n", "REDACTED"},
		{"a certificate", "app-sso platform -s", "Device Configuration:\n(null)\n-----BEGIN CERTIFICATE-----\n" + canary + "\nQUJD\n-----END CERTIFICATE-----\nLogin Configuration:\n", "Login Configuration:"},
		{"a certificate that is cut off", "fdesetup status", "-----BEGIN PRIVATE KEY-----\nQUJDREVGR0hJSktM" + canary + "\n", "REDACTED"},
		{"a bearer token", "mdmclient QueryDeviceInformation", "Authorization: Bearer " + canary + "\nBearer " + canary + "12345\n", "REDACTED"},
		{"a web token", "fdesetup status", "eyJhbGciOiJIUzI1NiJ9." + canary + ".sig\nFileVault is Off.\n", "FileVault is Off."},
		{"a long run of letters", "csrutil status", long + "\nSystem Integrity Protection status: enabled.\n", "status: enabled."},
		{"a long run with slashes", "csrutil status", "QUJD/" + strings.Repeat("QU/D", 16) + canary + "\n", "REDACTED"},
		{"a password and a query in an address", "profiles status -type enrollment", "MDM server: https://u:" + canary + "@mdm.example.com/checkin?token=" + canary + "#" + canary + "\n", "https://mdm.example.com/checkin\n"},
		{"a password with a slash", "profiles status -type enrollment", "MDM server: https://u:" + canary + "/x@mdm.example.com/\n", "MDM server: REDACTED\n"},
		{"a token in the path of an address", "profiles status -type enrollment", "MDM server: https://mdm.example.com:8443/" + long + "/in\n", "https://mdm.example.com:8443/REDACTED/in\n"},
		{"a hint", "diskutil apfs listcryptousers -plist /", "+-- X\n    Hint: " + canary + "\n    Volume Owner: Yes\n", "Volume Owner: Yes"},
		{"data", "mdmclient QueryDeviceInformation", "Daemon response: {\n  PushToken = {length = 32, bytes = 0xC4N4RY 172f7bd3 ... 61731ac3};\n  Old = <c4c4c4c4 c4c4>;\n  IsSupervised = 1;\n}\n", "IsSupervised = 1;"},
		{"a sealed recovery key on several lines", "mdmclient QuerySecurityInfo", "{\n  \"FDE_PersonalRecoveryKeyCMS\" = <c4c4\n" + canary + ">;\n  A = 1;\n}\n", "A = 1;"},
		{"single sign-on", "app-sso platform -s", "Device Configuration:\n {\n  \"a\" : { \"b\" : [ \"" + canary + "\" ] }\n}\n\nLogin Configuration:\n", "Login Configuration:"},
		{"broken single sign-on", "app-sso platform -s", "Device Configuration:\n{ \"a\" : \"" + canary + "\n", "Device Configuration:"},
		{"tickets", usersQuestion, list("<array><dict>" +
			attribute("dsAttrTypeStandard:RecordName", "anna") +
			attribute("dsAttrTypeStandard:AuthenticationAuthority", ";ShadowHash;HASHLIST:&lt;"+canary+"&gt;", ";Kerberosv5;;anna@LKDC:SHA1."+canary, ";SecureToken;"+canary, ";"+canary+";x", canary, ";DisabledTags;"+canary+",SecureToken") +
			attribute("dsAttrTypeStandard:AuthenticationHint", canary) + "</dict></array>"), "<string>;SecureToken;</string>"},
		{"a history of passwords", "dscl -plist . -readall /Users RecordName accountPolicyData", list("<array><dict>" +
			attribute("dsAttrTypeStandard:RecordName", "anna") +
			attribute("dsAttrTypeNative:accountPolicyData", "&lt;plist version=\"1.0\"&gt;&lt;dict&gt;&lt;key&gt;passwordHistory&lt;/key&gt;&lt;string&gt;"+canary+
				"&lt;/string&gt;&lt;key&gt;failedLoginCount&lt;/key&gt;&lt;integer&gt;7&lt;/integer&gt;&lt;/dict&gt;&lt;/plist&gt;") + "</dict></array>"), "integer&gt;7"},
		{"a history that cannot be read", "dscl -plist . -readall /Users RecordName accountPolicyData", list("<array><dict>" +
			attribute("dsAttrTypeStandard:RecordName", "anna") + attribute("dsAttrTypeNative:accountPolicyData", canary) + "</dict></array>"), "anna"},
		{"a list that is cut off", usersQuestion, "<?xml version=\"1.0\"?><plist><array><dict><string>" + canary, "REDACTED: "},
		{"a list of something else", usersQuestion, list("<dict><key>" + canary + "</key><true/></dict>"), "REDACTED: "},
		{"a binary list", usersQuestion, "bplist00" + canary, "REDACTED: "},
		{"no text", "sw_vers", canary + "\x00", "REDACTED: "},
		{"a hint among the crypto users", "diskutil apfs listcryptousers -plist /", list("<dict><key>Users</key><array><dict><key>APFSCryptoUserType</key><string>LocalOpenDirectory</string>" +
			"<key>APFSCryptoUserUUID</key><string>6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0102</string><key>Hint</key><string>" + canary + "</string></dict></array></dict>"), "6A1C7E0E"},
		{"what a volume is called", "diskutil info -plist /", list("<dict><key>VolumeName</key><string>" + canary + "</string><key>FilesystemType</key><string>apfs</string></dict>"), "apfs"},
		{"the text of a policy", "pwpolicy -getaccountpolicies", "Getting global account policies\n" + list("<dict><key>policyCategoryAuthentication</key><array><dict><key>policyContent</key><string>"+canary+"</string></dict></array></dict>"), "policyCategoryAuthentication"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			original := one(t, command(t, tc.command), tc.out)
			for level, redacted := range map[string]run.Recording{"secrets": redact.Secrets(original), "names": redact.Names(original)} {
				got := text(t, redacted)
				if strings.Contains(strings.ToUpper(strings.ReplaceAll(got, "-", "")), canary) {
					t.Errorf("%s: it survived:\n%s", level, got)
				}
				if level == "secrets" && !strings.Contains(got, tc.stays) {
					t.Errorf("%q is gone:\n%s", tc.stays, got)
				}
			}
		})
	}
}

// marked is a Mac on which everything that somebody chose has a mark in it.
func marked(t *testing.T) state.Mac {
	t.Helper()
	mac, err := macsim.Load("directory-user-with-odd-names")
	if err != nil {
		t.Fatal(err)
	}
	mac.Serial, mac.HardwareUUID = canary+"SERIAL", "C4C4C4C4-6C2C-5D0E-9D5C-3E9C6B1F0A10"
	mac.Enrollment.Server = "https://" + canary + ".example.com/" + canary
	mac.Directory = state.Directory{Forest: canary + ".forest.example", Domain: canary + ".corp.example", Computer: canary + "$"}
	for i, a := range mac.Accounts {
		if a.Kind == state.System || a.Kind == state.Role {
			continue
		}
		name := canary + a.Name
		for j, s := range mac.Sessions {
			if s.User == a.Name {
				mac.Sessions[j].User, mac.Sessions[j].From = name, canary
			}
		}
		if mac.Console.User == a.Name {
			mac.Console.User = name
		}
		mac.Accounts[i].Name, mac.Accounts[i].RealName, mac.Accounts[i].Home = name, canary+" "+a.RealName+"\nsecond line of "+canary, "/Users/"+canary+"home"
		mac.Accounts[i].OtherNames = []string{canary + "@example.com", strings.ToLower(name)}
		if a.OriginalNode != "" {
			mac.Accounts[i].OriginalNode = "/Active Directory/" + canary + "/" + canary + ".example"
		}
	}
	return mac
}

// record asks the Mac everything.
func record(t *testing.T, mac state.Mac) run.Recording {
	t.Helper()
	runner := macsim.NewRunner(mac)
	recorder := run.NewRecorder(runner, runner, runner)
	whole := collectors.Mac{Run: recorder, Files: recorder, Net: recorder, Privileged: true, Free: true}
	collectors.Take(t.Context(), whole, taken, collectors.All())
	return recorder.Recording(taken)
}

func TestNamesAreReplaced(t *testing.T) {
	t.Parallel()
	mac := marked(t)
	original := record(t, mac)
	original.Files = append(original.Files, run.RecordedFile{Path: "/Users/" + canary + "/x", State: run.FileMissing})
	before := text(t, original)
	if n := strings.Count(before, canary); n < 30 {
		t.Fatalf("only %d marks in the original", n)
	}
	redacted := redact.Names(original)
	got := text(t, redacted)
	if i := strings.Index(strings.ToUpper(got), canary); i >= 0 {
		t.Errorf("a name survived: …%s…", got[max(0, i-200):min(len(got), i+100)])
	}
	for _, a := range mac.Accounts {
		if a.Kind != state.System && a.Kind != state.Role && strings.Contains(got, a.GUID) {
			t.Errorf("the GUID of %s survived", a.Name)
		}
	}
	if strings.Contains(got, "C4C4C4C4") {
		t.Error("the UUID of the machine survived")
	}
	for _, stays := range []string{"FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000", "2457711A-523C-4604-B75A-F48A571D5036", "System Administrator", "_mbsetupuser", "BUILTIN"} {
		if !strings.Contains(got, stays) {
			t.Errorf("%s is gone, which is the same on every Mac", stays)
		}
	}
}

// The same name has the same pseudonym in the mouth of every tool, and the same
// recording becomes the same.
func TestPseudonymsJoin(t *testing.T) {
	t.Parallel()
	mac, err := macsim.Load("healthy")
	if err != nil {
		t.Fatal(err)
	}
	original := record(t, mac)
	redacted := redact.Names(original)
	if text(t, redacted) != text(t, redact.Names(original)) || text(t, redact.Names(redacted)) == "" {
		t.Error("a second time gave something else")
	}
	outputs := map[string]string{}
	for _, c := range redacted.Transcripts() {
		outputs[strings.Join(c.Argv, " ")] = string(c.Out) + string(c.Err)
	}
	pair := regexp.MustCompile(`(?m)^(person\d+),(\S+)$`).FindStringSubmatch(outputs["/usr/bin/fdesetup list"])
	if pair == nil {
		t.Fatalf("nobody unlocks FileVault:\n%s", outputs["/usr/bin/fdesetup list"])
	}
	number := strings.TrimPrefix(pair[1], "person")
	for name, want := range map[string]string{
		"/usr/" + "bin/" + usersQuestion:                      "<string>Person " + number + "</string>",
		"/usr/sbin/diskutil apfs listcryptousers -plist /":    "<string>" + pair[2] + "</string>",
		"/usr/bin/fdesetup list -extended":                    "OS User " + pair[1],
		"/usr/sbin/sysadminctl -secureTokenStatus " + pair[1]: "ENABLED for user Person " + number,
		"/usr/bin/last -1000":                                 pair[1] + " console",
	} {
		if !strings.Contains(outputs[name], want) {
			t.Errorf("%s lacks %q:\n%s", name, want, outputs[name])
		}
	}
}

// A user who is called like a word of a tool changes no word of the tool.
func TestWordsOfToolsStay(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"admin", "on", "user", "true", "console", "staff", "FileVault", "1"} {
		mac, err := macsim.Load("healthy")
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range mac.Accounts {
			if a.Name != mac.Console.User {
				continue
			}
			for j := range mac.Sessions {
				if mac.Sessions[j].User == a.Name {
					mac.Sessions[j].User = name
				}
			}
			mac.Accounts[i].Name, mac.Accounts[i].RealName = name, name
		}
		mac.Console.User = name
		for _, c := range redact.Names(record(t, mac)).Transcripts() {
			got := string(c.Out)
			switch strings.Join(c.Argv[:min(2, len(c.Argv))], " ") {
			case "/usr/bin/fdesetup status":
				if got != "FileVault is On.\n" {
					t.Errorf("%s: %q", name, got)
				}
			case "/usr/bin/last -1000":
				if !strings.Contains(got, " console  ") || strings.HasPrefix(got, name+" ") {
					t.Errorf("%s:\n%s", name, got)
				}
			case "/usr/sbin/diskutil info":
				if !bytes.Contains(c.Out, []byte("<true/>")) {
					t.Errorf("%s:\n%s", name, got)
				}
			}
		}
	}
}

// Whatever it is given, redaction ends, and says nothing that it cannot read.
func FuzzRedact(f *testing.F) {
	f.Add("Daemon response: {\n a = \"\\U00e4\";\n l = ( x, { b = 1; } );\n}\n")
	f.Add("<dictionary> {\n  Name : x\n}\n")
	f.Add("x console  Mon Jan  1 10:00   still logged in\n")
	f.Add(list("<array><dict><key>dsAttrTypeStandard:RecordName</key><array><string>a</string></array></dict></array>"))
	f.Fuzz(func(t *testing.T, out string) {
		for _, c := range collectors.All() {
			if c.Command.Tool.Path() == "" {
				continue
			}
			original := one(t, c.Command, out)
			names := redact.Names(original)
			if again := redact.Names(original); text(t, names) != text(t, again) {
				t.Errorf("%s: two times gave two results", c.Command)
			}
		}
	})
}
