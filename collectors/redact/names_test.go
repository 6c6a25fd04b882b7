package redact_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors/redact"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/run"
)

const (
	unlockers = "fdesetup list"
	logins    = "last -1000"
	groupList = "dscl -plist . -readall /Groups RecordName GeneratedUID GroupMembership GroupMembers NestedGroups"
	systemOf  = "FFFFEEEE-DDDD-CCCC-BBBB-AAAA0000"
	guid      = "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0102"
)

// account is a record of the directory, with what else it says as key and value.
func account(name, uuid string, more ...string) string {
	record := attribute("dsAttrTypeStandard:RecordName", name) + attribute("dsAttrTypeStandard:GeneratedUID", uuid)
	for i := 0; i < len(more); i += 2 {
		record += attribute(more[i], more[i+1])
	}
	return "<dict>" + record + "</dict>"
}

func accounts(all ...string) string { return list("<array>" + strings.Join(all, "") + "</array>") }

// namesOf is what a command printed once names are replaced.
func namesOf(t *testing.T, typed string, answers ...answered) string {
	t.Helper()
	return out(t, redact.Names(several(t, answers...)), question(t, typed))
}

func ask(t *testing.T, typed, out string) answered {
	t.Helper()
	return answered{question(t, typed), out}
}

// Of the directory's attributes only what is known stays, and of accounts only
// those that the directory says are on every Mac.
func TestRecords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, question, out string
		stays, goes         []string
	}{
		{"a service", usersQuestion, accounts(account("_anna", systemOf+"00FF", "dsAttrTypeStandard:RealName", "A Service")), []string{"_anna", "A Service"}, nil},
		{"an account that looks like a service", usersQuestion, accounts(account("_ladmin", guid, "dsAttrTypeStandard:RealName", "Local Anna")), []string{"_person0001", "Person 0001"}, []string{"_ladmin", "Local", guid}},
		{"one on the list", usersQuestion, accounts(account("_mbsetupuser", guid)), []string{"_mbsetupuser"}, []string{guid}},
		{"a name that looks built in", usersQuestion, accounts(account(`BUILTIN\anna`, guid)), []string{"person0001"}, []string{"anna"}},
		{"a shell", usersQuestion, accounts(account("x", guid, "dsAttrTypeStandard:UserShell", "/opt/anna/sh")), []string{"/bin/REDACTED"}, []string{"anna"}},
		{"a usual shell", usersQuestion, accounts(account("x", guid, "dsAttrTypeStandard:UserShell", "/bin/zsh")), []string{"/bin/zsh"}, nil},
		{"a flag", usersQuestion, accounts(account("x", guid, "dsAttrTypeNative:IsHidden", "anna")), []string{"REDACTED"}, []string{"anna"}},
		{"a number", usersQuestion, accounts(account("x", guid, "dsAttrTypeStandard:UniqueID", "anna")), []string{"word-1"}, []string{"anna"}},
		{"a home", usersQuestion, accounts(account("x", guid, "dsAttrTypeStandard:NFSHomeDirectory", "/Volumes/Annas/x")), []string{"/Volumes/word-1/person0001"}, []string{"Annas"}},
		{"a directory", usersQuestion, accounts(account("x", guid, "dsAttrTypeStandard:OriginalNodeName", "/Active Directory/ANNA/All Domains")), []string{"/Active Directory/host-1.example/All Domains"}, []string{"ANNA"}},
		{"a group", groupList, accounts(account("anna", guid)), []string{"group0001"}, []string{"anna"}},
		{"a group that looks like a service", groupList, accounts(account("_anna", guid)), []string{"group0001"}, []string{"anna"}},
		{"a group of macOS", groupList, accounts(account("com.apple.access_ssh", guid)), []string{"com.apple.access_ssh"}, nil},
		{"a group that looks like one of macOS", groupList, accounts(account("com.apple.anna", guid)), []string{"group0001"}, []string{"anna"}},
		{"a policy", "pwpolicy -getaccountpolicies", list("<dict><key>policyCategoryPasswordContent</key><array><dict><key>policyIdentifier</key><string>com.apple.defaultpasswordpolicy</string></dict>" +
			"<dict><key>policyIdentifier</key><string>com.apple.anna</string></dict></array><key>policyCategoryAnna</key><array/></dict>"), []string{"com.apple.defaultpasswordpolicy", "policyCategoryPasswordContent"}, []string{"anna", "Anna"}},
		{"a kind of key", "diskutil apfs listcryptousers -plist /", list("<dict><key>Users</key><array><dict><key>APFSCryptoUserType</key><string>Anna</string><key>APFSCryptoUserUUID</key><string>" + guid + "</string></dict></array></dict>"), []string{"word-1"}, []string{"Anna", guid}},
		{"a volume", "diskutil info -plist /", list("<dict><key>MountPoint</key><string>/Volumes/Annas Disk</string><key>FilesystemType</key><string>apfs</string></dict>"), []string{"<string>apfs"}, []string{"Anna"}},
		{"the startup volume", "diskutil info -plist /", list("<dict><key>MountPoint</key><string>/</string><key>DeviceIdentifier</key><string>disk3s1s1</string></dict>"), []string{"<string>/<", "disk3s1s1"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := namesOf(t, tc.question, ask(t, tc.question, tc.out))
			for _, word := range tc.stays {
				if !strings.Contains(got, word) {
					t.Errorf("%q is gone:\n%s", word, got)
				}
			}
			for _, word := range tc.goes {
				if strings.Contains(got, word) {
					t.Errorf("%q is there:\n%s", word, got)
				}
			}
		})
	}
}

// The same account has one pseudonym in whatever order and form the tools name it.
func TestPseudonymsJoinAcrossForms(t *testing.T) {
	t.Parallel()
	const line = "%s console                   Mon Jan 15 08:50 - 11:00  (02:10)\n"
	both := ask(t, usersQuestion, accounts(account("anna.schmidt", guid), account("anna.schulz", strings.Replace(guid, "6A", "6B", 1))))
	for _, tc := range []struct{ name, printed, want string }{
		{"whole", "anna.schmidt", "person0001 "},
		{"cut off", "anna.schm", "person0001 "},
		{"cut off where two begin so", "anna.sch", "person0003 "},
		{"too short to be cut off", "anna", "person0003 "},
	} {
		accounts := both
		if tc.name == "too short to be cut off" {
			accounts.out = strings.ReplaceAll(accounts.out, "anna.schulz", "bob")
		}
		if got := namesOf(t, logins, accounts, ask(t, logins, fmt.Sprintf(line, tc.printed))); !strings.HasPrefix(got, tc.want) {
			t.Errorf("%s: %q", tc.name, got)
		}
	}
	const admins = "dscl -plist . -read /Groups/admin GroupMembership GroupMembers"
	if got := namesOf(t, admins, ask(t, admins, list("<dict>"+attribute("dsAttrTypeStandard:GroupMembership", "zoe")+"</dict>")), both); !strings.Contains(got, "person0003") {
		t.Errorf("the admins come before the accounts: %s", got)
	}
	// The directory's first account is the first person, although others stand before it.
	if got := namesOf(t, unlockers, ask(t, unlockers, "zoe,"+guid+"\n"), both); !strings.HasPrefix(got, "person0003,") {
		t.Errorf("the directory does not come first: %q", got)
	}
	// A home is a person's although the person is met behind it.
	home := ask(t, usersQuestion, accounts(account("x", guid, "dsAttrTypeStandard:NFSHomeDirectory", "/Users/zoe")))
	if got := namesOf(t, usersQuestion, home, ask(t, unlockers, "zoe,"+guid+"\n")); !strings.Contains(got, "/Users/person0002") {
		t.Errorf("the home of somebody else: %s", got)
	}
	lower := namesOf(t, unlockers, ask(t, unlockers, "a,"+guid+"\nb,"+strings.ToLower(guid)+"\nc,abcdefab-0000-4000-8000-00000000000a\n"))
	if want := "person0001,00000000-0000-4000-8000-000000000001\nperson0002,00000000-0000-4000-8000-000000000001\nperson0003,00000000-0000-4000-8000-000000000002\n"; lower != want {
		t.Errorf("UUIDs: %q", lower)
	}
	many := ""
	for i := range 11 {
		many += fmt.Sprintf("u%d,%s\n", i, fmt.Sprintf("6a1c7e0e-8b1d-4b53-9f4e-0d2b2b5a01%02d", i))
	}
	if got := namesOf(t, unlockers, ask(t, unlockers, many)); !strings.Contains(got, "00000000-0000-4000-8000-00000000000a\n") {
		t.Errorf("a UUID in small letters became another: %q", got)
	}
}

// A name that stands where none should is found at the end.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	who := ask(t, usersQuestion, accounts(account("zsh.anna", guid, "dsAttrTypeStandard:RealName", "Anna O'Neill"), account("_own", systemOf+"00AA", "dsAttrTypeStandard:RealName", "of ZSH.Anna and Anna O'Neill, not of Annabel")))
	got := namesOf(t, usersQuestion, who)
	if !strings.Contains(got, "of [REDACTED] and [REDACTED], not of Annabel") {
		t.Errorf("%s", got)
	}
}

// Whoever is called like a word of a tool, or all of them are: no word of a tool is
// taken for a name.
func TestNoWordOfAToolIsALeftover(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`[\pL_][\pL\pN_]{3,}`)
	madeUp := regexp.MustCompile(`person\d+|word-?\d+|host-\d+|group\d+|SERIAL\d+|[0-9A-Fa-f]+(?:-[0-9A-Fa-f]+){4}`)
	for _, scenario := range macsim.Scenarios() {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			mac, err := macsim.Load(scenario)
			if err != nil {
				t.Fatal(err)
			}
			plain := redact.Names(record(t, mac)).Transcripts()
			var names strings.Builder
			seen := map[string]bool{}
			for _, c := range plain {
				for _, w := range word.FindAllString(madeUp.ReplaceAllString(string(c.Out)+string(c.Err), ""), -1) {
					if w = strings.ToLower(w); !seen[w] {
						seen[w] = true
						names.WriteString(w + "," + guid + "\n")
					}
				}
			}
			original := record(t, mac)
			all := original.Transcripts()
			at := slices.IndexFunc(all, func(c run.Transcript) bool { return strings.Join(c.Argv, " ") == "/usr/bin/fdesetup list" })
			all[at].Out = []byte(names.String())
			for i, c := range redact.Names(original.WithTranscripts(all)).Transcripts() {
				if i != at && strings.Count(string(c.Out)+string(c.Err), gone) != strings.Count(string(plain[i].Out)+string(plain[i].Err), gone) {
					t.Errorf("%s:\n%s%s", strings.Join(c.Argv, " "), c.Out, c.Err)
				}
			}
		})
	}
}

// What a parser refuses is refused once it is shorter, too.
func TestUnreadableStaysUnreadable(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("A", 65<<10)
	for _, tc := range []struct{ name, question, out string }{
		{"an endless line", "fdesetup status", "FileVault is On.\n" + long + "\n"},
		{"an endless line that ends in CR", "fdesetup status", "FileVault is On.\r" + long + "\r"},
		{"an endless line at the end", "fdesetup status", "FileVault is On.\n" + long},
		{"an endless line behind a list", "pwpolicy -getaccountpolicies", "Getting global account policies\n" + list("<dict/>") + long},
		{"a dictionary without end", "mdmclient QueryDeviceInformation", "{\n" + strings.Repeat("A = "+strings.Repeat("B", 1000)+";\n", 1100) + "}\n"},
		{"no UTF-8", "mdmclient QueryDeviceInformation", "{\n DeviceName = \"\xff\";\n}\n"},
		{"an endless address", "profiles status -type enrollment", "MDM enrollment: Yes\nMDM server: https://x.example/?" + strings.Repeat("a b", 2000) + "\n"},
	} {
		for level, redacted := range map[string]run.Recording{"secrets": redact.Secrets(several(t, ask(t, tc.question, tc.out))), "names": redact.Names(several(t, ask(t, tc.question, tc.out)))} {
			if got := out(t, redacted, question(t, tc.question)); (level == "secrets" && !strings.HasPrefix(got, "REDACTED: ")) || (level == "names" && got != gone+"\n") || strings.Count(got, "\n") != 1 {
				t.Errorf("%s, %s: %.200q", tc.name, level, got)
			}
		}
	}
	noisy := out(t, redact.Secrets(several(t, ask(t, usersQuestion, long+"\n"+accounts(account("x", guid))))), question(t, usersQuestion))
	if !strings.HasPrefix(noisy, "REDACTED: ") || !strings.Contains(noisy, "<string>x</string>") {
		t.Errorf("a list behind an endless line: %.200q", noisy)
	}
	short := strings.Repeat("A b ", 1000)
	if got := out(t, redact.Secrets(several(t, ask(t, "fdesetup status", short))), question(t, "fdesetup status")); got != short {
		t.Errorf("a long line: %.200q", got)
	}
}

// Two accounts remain two, although nothing of their names does.
func TestAccountsThatLookLikeSecretsStayApart(t *testing.T) {
	t.Parallel()
	one, two := strings.Repeat("a", 70), strings.Repeat("b", 70)
	asked := func(name string) answered {
		return answered{run.Command{Tool: run.Sysadminctl, Args: []string{"-secureTokenStatus", name}}, "Secure token is ENABLED for user " + name + "\n"}
	}
	original := several(t, ask(t, usersQuestion, accounts(account(one, guid), account(two, guid))), asked(one), asked(two), ask(t, unlockers, "x"+one+","+guid+"\n"+two+","+guid+"\n"))
	redacted := redact.Secrets(original)
	if len(redacted.Commands) != 4 || redact.Unknown(original) != 0 {
		t.Fatalf("%d commands, %d unknown", len(redacted.Commands), redact.Unknown(original))
	}
	users := out(t, redacted, question(t, usersQuestion))
	for _, name := range []string{"REDACTED-1", "REDACTED-2"} {
		if got := out(t, redacted, asked(name).command); got != "Secure token is ENABLED for user "+name+"\n" || !strings.Contains(users, "<string>"+name+"</string>") {
			t.Errorf("%s: %q\n%s", name, got, users)
		}
	}
	if got := out(t, redacted, question(t, unlockers)); got != "REDACTED,"+guid+"\nREDACTED-2,"+guid+"\n" {
		t.Errorf("%q", got)
	}
	if whole := text(t, redact.Names(original)); strings.Contains(whole, one) || strings.Contains(whole, two) {
		t.Error("a name survived")
	}
	unknown := several(t, answered{run.Command{Tool: run.Dscl, Args: []string{".", "-list", "/Users"}}, "x\n"}, ask(t, unlockers, "x\n"))
	if n := redact.Unknown(unknown); n != 1 {
		t.Errorf("%d commands are unknown, want 1", n)
	}
}

// Secrets that have no line of their own.
func TestSecretsInText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"x LKDC:SHA1.0123456789abcdef y": "x REDACTED y",
		"x ;Kerberosv5;;anna@REALM; y":   "x ;Kerberosv5; y",
		"x ;ShadowHash;HASHLIST:<A> y":   "x ;ShadowHash; y",
		"x ;SecureToken; y":              "x ;SecureToken; y",
	} {
		if got := out(t, redact.Secrets(several(t, ask(t, "fdesetup status", in+"\n"))), question(t, "fdesetup status")); got != want+"\n" {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// Files and probes are passed on where each word of them is the program's.
func TestFilesAndProbes(t *testing.T) {
	t.Parallel()
	original := several(t, ask(t, unlockers, "anna.schmidt,"+guid+"\n"))
	secret := "/Library/" + strings.Repeat("a", 70)
	original.Files = []run.RecordedFile{
		{Path: "/Library/x", Mode: "-rw-r--r--"},
		{Path: "/Library/x2", Mode: "by anna"},
		{Path: secret},
		{Path: "/Users/anna.schmidt/x"},
		{Path: "/Library/anna.schmidt/x"},
	}
	original.Probes = []run.RecordedProbe{{Name: "mdm", Value: "reached"}, {Name: "mdm", Value: "by Anna"}, {Name: "by Anna", Value: "reached"}}
	for level, redacted := range map[string]run.Recording{"secrets": redact.Secrets(original), "names": redact.Names(original)} {
		var paths []string
		for _, f := range redacted.Files {
			paths = append(paths, f.Path)
		}
		want := []string{"/Library/x", "/Library/anna.schmidt/x"}
		if level == "names" {
			want[1] = "/Library/person0001/x"
		}
		if !slices.Equal(paths, want) {
			t.Errorf("%s: files %q", level, paths)
		}
		if len(redacted.Probes) != 1 || redacted.Probes[0].Value != "reached" {
			t.Errorf("%s: probes %+v", level, redacted.Probes)
		}
	}
	if again := redact.Secrets(redact.Names(original)); !slices.Equal(again.Provenance.Redacted, []string{"secrets", "names"}) {
		t.Errorf("what was done before is forgotten: %q", again.Provenance.Redacted)
	}
}
