package tool

import (
	"fmt"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const (
	dsclPath = "/usr/bin/dscl"
	hashes   = ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2>"
	realm    = "LKDC:SHA1.97D22F8652571C42AC94D64936BA78D3ABCE1282"
	noSuch   = "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n"
	noNode   = "<dscl_cmd> DS Error: -14009 (eDSUnknownNodeName)\n"
)

// clerkOf is the last account of the office, who is nobody special.
func clerkOf(m *state.Mac) *state.Account { return &m.Accounts[len(m.Accounts)-1] }

func mobileClerk(m *state.Mac) {
	a := clerkOf(m)
	a.Kind, a.OriginalNode = state.Mobile, "/Active Directory/CORP/corp.example.com"
	a.OtherNames = []string{`CORP\clerk`}
}

// boundClerk is a mobile account whose directory answers.
func boundClerk(m *state.Mac) {
	mobileClerk(m)
	m.Directory = state.Directory{Forest: "corp.example.com", Domain: "corp.example.com"}
}

func TestDsclRead(t *testing.T) {
	const users = ".|-read|/Users/"
	testAnswers(t, dsclPath, []answerCase{
		{
			name: "in the record's order", args: users + "clerk|UniqueID|RealName|GeneratedUID",
			want: out("GeneratedUID: AAAAAAAA-0000-0000-0000-000000000002\nRealName:\n Clara Clerk\nUniqueID: 502\n"),
		},
		{name: "without the dash", args: ".|read|Users/clerk/|UniqueID", want: out("UniqueID: 502\n")},
		{
			name: "tokens", args: users + "boss|dsAttrTypeStandard:AuthenticationAuthority",
			want: out("AuthenticationAuthority: " + hashes + " ;Kerberosv5;;boss@" + realm + ";" + realm + "; ;SecureToken;\n"),
		},
		{
			name: "tags", args: users + "clerk|AuthenticationAuthority",
			change: func(m *state.Mac) { clerkOf(m).DisabledTag, clerkOf(m).Disabled = true, true },
			want:   out("AuthenticationAuthority: " + hashes + " ;Kerberosv5;;clerk@" + realm + ";" + realm + "; ;DisabledTags;SecureToken ;DisabledUser;\n"),
		},
		{
			name: "never had a password", args: users + "clerk|AuthenticationAuthority",
			change: func(m *state.Mac) { clerkOf(m).DisabledTag, clerkOf(m).Password = true, state.NoPassword },
			want:   out("AuthenticationAuthority: ;DisabledTags;SecureToken\n"),
		},
		{
			name: "mobile", args: users + `CORP\clerk|AuthenticationAuthority|OriginalNodeName|RecordName`, change: mobileClerk,
			want: out("AuthenticationAuthority:\n" +
				" ;LocalCachedUser;/Active Directory/CORP/corp.example.com:clerk:AAAAAAAA-0000-0000-0000-000000000002\n" +
				" ;Kerberosv5;;clerk@CORP.EXAMPLE.COM;CORP.EXAMPLE.COM;\n " + hashes + "\n" +
				"OriginalNodeName:\n /Active Directory/CORP/corp.example.com\nRecordName: clerk CORP\\clerk\n"),
		},
		{
			name: "missing keys", args: users + "root|AuthenticationAuthority|NFSHomeDirectory|IsHidden|IsHidden",
			want: Reply{Stdout: "NFSHomeDirectory: /var/root /private/var/root\n", Stderr: "No such key: AuthenticationAuthority\nNo such key: IsHidden\n"},
		},
		{
			name: "root", args: users + "root|AuthenticationAuthority|IsHidden|NFSHomeDirectory|RealName|RecordName|UniqueID|UserShell",
			change: func(m *state.Mac) { a, _ := m.Account("root"); a.OtherNames = nil },
			want: Reply{
				Stdout: "NFSHomeDirectory: /var/root /private/var/root\nRealName:\n System Administrator\nRecordName: root\nUniqueID: 0\nUserShell: /bin/sh\n",
				Stderr: "No such key: AuthenticationAuthority\nNo such key: IsHidden\n",
			},
		},
		{
			name: "native attributes first", args: users + "_mbsetupuser|UniqueID|IsHidden|RecordName|NFSHomeDirectory",
			want: out("dsAttrTypeNative:IsHidden: YES\nNFSHomeDirectory: /var/setup\nRecordName: _mbsetupuser\nUniqueID: 248\n"),
		},
		{
			name: "negative", args: ".|read|/Users/nobody",
			want: out("AppleMetaNodeLocation: /Local/Default\nGeneratedUID: FFFFEEEE-DDDD-CCCC-BBBB-AAAAFFFFFFFE\nNFSHomeDirectory: /var/empty\nPassword: *\n" +
				"PrimaryGroupID: -2\nRealName:\n Unprivileged User\nRecordName: nobody\nRecordType: dsRecTypeStandard:Users\nUniqueID: -2\nUserShell: /usr/bin/false\n"),
		},
		{
			name: "two attributes of nobody", args: users + "nobody|GeneratedUID|PrimaryGroupID",
			want: out("GeneratedUID: FFFFEEEE-DDDD-CCCC-BBBB-AAAAFFFFFFFE\nPrimaryGroupID: -2\n"),
		},
		{name: "not there", args: users + "ghost|UniqueID", want: errText(56, noSuch)},
		{name: "backslashes are themselves", args: users + `cl\erk`, want: errText(56, noSuch)},
		{
			name: "network account", args: users + "clerk|UniqueID",
			change: func(m *state.Mac) { boundClerk(m); clerkOf(m).Kind = state.Network },
			want:   errText(56, noSuch),
		},
		{
			name: "admin group", args: "/Local/Default|-read|/Groups/admin|GroupMembership|GroupMembers|RecordName",
			want: out("GroupMembers: FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000 AAAAAAAA-0000-0000-0000-000000000001\nGroupMembership: root boss\nRecordName: admin BUILTIN\\Administrators\n"),
		},
		{
			name: "group of the system", args: ".|-read|/Groups/_lpoperator",
			change: func(m *state.Mac) { g, _ := m.Group("_lpoperator"); g.RealName = "Print Operator" },
			want: out("AppleMetaNodeLocation: /Local/Default\nGeneratedUID: ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000064\n" +
				"NestedGroups: ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000003D ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000062\nPassword: *\nPrimaryGroupID: 100\n" +
				"RealName:\n Print Operator\nRecordName: _lpoperator\nRecordType: dsRecTypeStandard:Groups\n"),
		},
		{name: "no such group", args: ".|-read|/Groups/ghosts", want: errText(56, noSuch)},
		{
			name: "no such node", args: "/NoSuchNode|-list|/Users",
			want: Reply{Exit: 185, Stdout: "list: Invalid Path\n", Stderr: noNode},
		},
		{name: "node of the directory", args: "/Active Directory/CORP|-read|/Users/boss", change: boundClerk, want: errText(125, "macsim: dscl /Active Directory/CORP -read /Users/boss is not simulated\n")},
		{name: "host", args: "localhost|-read|/Users/boss", want: errText(125, "macsim: dscl localhost -read /Users/boss is not simulated\n")},
		{name: "name of the file", args: users + "boss|uid", want: errText(125, "macsim: dscl . -read /Users/boss uid is not simulated\n")},
		{name: "other type", args: ".|-read|/Computers/localhost", want: errText(125, "macsim: dscl . -read /Computers/localhost is not simulated\n")},
		{name: "unknown verb", args: ".|-diff|/Users/boss|/Users/clerk", want: errText(125, "macsim: dscl . -diff /Users/boss /Users/clerk is not simulated\n")},
		{name: "unknown option", args: "-url|.|-read|/Users/boss", want: errText(125, "macsim: dscl -url . -read /Users/boss is not simulated\n")},
		{name: "nothing to read", args: ".|-read", want: errText(64, "macsim: dscl . -read fails for want of arguments, in words that nobody has published\n")},
		{name: "no command", args: ".", want: errText(125, "macsim: dscl . is not simulated\n")},
	})
}

func TestDsclSearchNode(t *testing.T) {
	const clerk = "/Search|-read|/Users/clerk|AuthenticationAuthority|OriginalNodeName"
	const local = "AuthenticationAuthority:\n" +
		" ;LocalCachedUser;/Active Directory/CORP/corp.example.com:clerk:AAAAAAAA-0000-0000-0000-000000000002\n" +
		" ;Kerberosv5;;clerk@CORP.EXAMPLE.COM;CORP.EXAMPLE.COM;\n " + hashes + "\n" +
		"OriginalNodeName:\n /Active Directory/CORP/corp.example.com\n"
	const network = "AuthenticationAuthority: ;Kerberosv5;;clerk@CORP.EXAMPLE.COM;CORP.EXAMPLE.COM; ;NetLogon;clerk;CORP\n"
	testAnswers(t, dsclPath, []answerCase{
		{
			name: "local user", args: "/Search|-read|/Users/boss|AuthenticationAuthority|OriginalNodeName",
			want: Reply{
				Stdout: "AuthenticationAuthority: " + hashes + " ;Kerberosv5;;boss@" + realm + ";" + realm + "; ;SecureToken;\n",
				Stderr: "No such key: OriginalNodeName\n",
			},
		},
		{name: "both nodes", args: clerk, change: boundClerk, want: Reply{Stdout: local + network, Stderr: "No such key: OriginalNodeName\n"}},
		{name: "no network", args: clerk, change: func(m *state.Mac) { boundClerk(m); m.Offline = true }, want: out(local)},
		{name: "directory down", args: clerk, change: func(m *state.Mac) { boundClerk(m); m.Directory.Down = true }, want: out(local)},
		{name: "gone from the directory", args: clerk, change: func(m *state.Mac) { boundClerk(m); clerkOf(m).OffNode = true }, want: out(local)},
		{
			name: "not cached", args: clerk, change: func(m *state.Mac) { boundClerk(m); clerkOf(m).Kind = state.Network },
			want: Reply{Stdout: network, Stderr: "No such key: OriginalNodeName\n"},
		},
		{
			name: "property lists one after the other", args: "-plist|/Search|-read|/Users/clerk|AppleMetaNodeLocation", change: boundClerk,
			want: out(plistHead + "<dict>\n\t<key>dsAttrTypeStandard:AppleMetaNodeLocation</key>\n\t<array>\n\t\t<string>/Local/Default</string>\n\t</array>\n</dict>\n</plist>\n" +
				plistHead + "<dict>\n\t<key>dsAttrTypeStandard:AppleMetaNodeLocation</key>\n\t<array>\n\t\t<string>/Active Directory/CORP/corp.example.com</string>\n\t</array>\n</dict>\n</plist>\n"),
		},
		{name: "nobody", args: "/Search|-read|/Users/ghost", want: errText(56, noSuch)},
		{name: "group", args: "/Search|-read|/Groups/admin|PrimaryGroupID", want: out("PrimaryGroupID: 80\n")},
		{name: "list", args: "/Search|-list|/Users|NFSHomeDirectory", change: boundClerk, want: errText(125, "macsim: dscl /Search -list /Users NFSHomeDirectory is not simulated\n")},
		{name: "edit", args: "/Search|-delete|/Users/clerk", want: errText(125, "macsim: dscl /Search -delete /Users/clerk is not simulated\n")},
	})
}

func TestDsclAll(t *testing.T) {
	people := func(m *state.Mac) { m.Accounts = m.Accounts[4:] } // root and the office
	testAnswers(t, dsclPath, []answerCase{
		{
			name: "readall", args: ".|-readall|/Users|IsHidden|UniqueID",
			want: out("RecordName: Guest\nUniqueID: 201\n-\ndsAttrTypeNative:IsHidden: YES\nRecordName: _mbsetupuser\nUniqueID: 248\n-\n" +
				"RecordName: boss\nUniqueID: 501\n-\nRecordName: clerk\nUniqueID: 502\n-\nRecordName: daemon\nUniqueID: 1\n-\nRecordName: nobody\nUniqueID: -2\n-\n" +
				"RecordName:\n root\n BUILTIN\\Local System\nUniqueID: 0\n"),
		},
		{
			name: "readall of groups", args: ".|-readall|/Groups|GeneratedUID|GroupMembers|GroupMembership|NestedGroups|PrimaryGroupID|RecordName",
			change: eightGroups, want: out(eightGroupsText),
		},
		{name: "list", args: ".|-list|/Users", want: out("_mbsetupuser\nboss\nclerk\ndaemon\nGuest\nnobody\nroot\n")},
		{
			name: "list of groups", args: ".|list|/Groups",
			want: out("_lpadmin\n_lpoperator\nadmin\neveryone\nlocalaccounts\nstaff\n"),
		},
		{
			name: "list with a key", args: ".|-list|/Users|UniqueID",
			change: func(m *state.Mac) {
				m.Accounts = []state.Account{
					{Name: "nobody", UID: -2},
					{Name: "_amavisd", UID: 83},
					{Name: "_reportmemoryexception", UID: 269},
					{Name: ".hidden", UID: 700},
				}
			},
			want: out("_amavisd                 83\n_reportmemoryexception   269\nnobody                   -2\n"),
		},
		{
			name: "list leaves out who has none", args: ".|-list|/Users|NFSHomeDirectory",
			change: func(m *state.Mac) { people(m); clerkOf(m).Home = "/Users/клерк 2" },
			want:   out("boss    /Users/boss\nclerk   /Users/клерк 2\nroot    /var/root /private/var/root\n"),
		},
		{name: "list without anybody", args: ".|-list|/Users|OriginalNodeName", want: out("")},
		{
			name: "no network account", args: ".|-list|/Users", change: func(m *state.Mac) { people(m); boundClerk(m); clerkOf(m).Kind = state.Network },
			want: out("boss\nroot\n"),
		},
		{name: "search", args: ".|-search|/Users|GeneratedUID|AAAAAAAA-0000-0000-0000-000000000002", want: out("clerk\t\tGeneratedUID = (\n    \"AAAAAAAA-0000-0000-0000-000000000002\"\n)\n")},
		{
			name: "search in lists", args: ".|-search|/Groups|GroupMembership|boss",
			want: out("admin\t\tGroupMembership = (\n    root,\n    boss\n)\n"),
		},
		{name: "search for native", args: ".|-search|/Users|IsHidden|YES", want: out("_mbsetupuser\t\tdsAttrTypeNative:IsHidden = (\n    YES\n)\n")},
		{name: "search for nothing", args: ".|-search|/Users|RealName|Nobody Here", want: out("")},
		{name: "too few", args: ".|-search|/Users|RealName", want: errText(64, "macsim: dscl . -search /Users RealName fails for want of arguments, in words that nobody has published\n")},
		{name: "list of one", args: ".|-list|/Users/boss", want: errText(125, "macsim: dscl . -list /Users/boss is not simulated\n")},
		{name: "match type", args: ".|-search|/Users|RealName|x|y", want: errText(125, "macsim: dscl . -search /Users RealName x y is not simulated\n")},
	})
}

// eightGroups are those of a real Mac.
func eightGroups(m *state.Mac) {
	m.Accounts = m.Accounts[4:5] // root
	m.Groups[0].Names, m.Groups[0].GUIDs = []string{"localadmin", "_mbsetupuser"}, []string{"5791DEAD-CAF0-4DEA-9C8B-187F9DFFF610", "FFFFEEEE-DDDD-CCCC-BBBB-AAAA000000F8"}
	m.Groups = append(m.Groups,
		state.Group{
			Name: "_keytabusers", GID: 30, GUID: "ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000001E",
			Names: []string{"_calendar", "_jabber", "_postfix"},
			GUIDs: []string{
				"FFFFEEEE-DDDD-CCCC-BBBB-AAAA0000005D", "FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000054", "FFFFEEEE-DDDD-CCCC-BBBB-AAAA0000001B",
			},
			Nested: []string{"ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000006"},
		},
		state.Group{
			Name: "com.apple.sharepoint.group.1", GID: 701, GUID: "5904C48C-484C-41DB-8C16-29F39DF3AE6A",
			Nested: []string{"ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000000C"},
		})
}

const eightGroupsText = `GeneratedUID: ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000001E
GroupMembers: FFFFEEEE-DDDD-CCCC-BBBB-AAAA0000005D FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000054 FFFFEEEE-DDDD-CCCC-BBBB-AAAA0000001B
GroupMembership: _calendar _jabber _postfix
NestedGroups: ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000006
PrimaryGroupID: 30
RecordName: _keytabusers
-
GeneratedUID: ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000062
NestedGroups: ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050
PrimaryGroupID: 98
RecordName:
 _lpadmin
 lpadmin
 BUILTIN\Print Operators
-
GeneratedUID: ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000064
NestedGroups: ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000003D ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000062
PrimaryGroupID: 100
RecordName: _lpoperator
-
GeneratedUID: ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050
GroupMembers: FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000 5791DEAD-CAF0-4DEA-9C8B-187F9DFFF610 FFFFEEEE-DDDD-CCCC-BBBB-AAAA000000F8
GroupMembership: root localadmin _mbsetupuser
PrimaryGroupID: 80
RecordName: admin BUILTIN\Administrators
-
GeneratedUID: 5904C48C-484C-41DB-8C16-29F39DF3AE6A
NestedGroups: ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000000C
PrimaryGroupID: 701
RecordName: com.apple.sharepoint.group.1
-
GeneratedUID: ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000000C
PrimaryGroupID: 12
RecordName: everyone BUILTIN\Everyone
-
GeneratedUID: ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000003D
PrimaryGroupID: 61
RecordName: localaccounts
-
GeneratedUID: ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000014
GroupMembers: FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000
GroupMembership: root
PrimaryGroupID: 20
RecordName: staff BUILTIN\Users
`

func TestDsclPlist(t *testing.T) {
	testAnswers(t, dsclPath, []answerCase{
		{
			name: "read", args: "-plist|.|-read|/Users/clerk|UniqueID|RealName|IsHidden",
			change: func(m *state.Mac) { clerkOf(m).RealName, clerkOf(m).Hidden = "R&D <Clerk> “née” \"X\"", true },
			want: out(plistHead + `<dict>
	<key>dsAttrTypeNative:IsHidden</key>
	<array>
		<string>1</string>
	</array>
	<key>dsAttrTypeStandard:RealName</key>
	<array>
		<string>R&amp;D &lt;Clerk&gt; “née” "X"</string>
	</array>
	<key>dsAttrTypeStandard:UniqueID</key>
	<array>
		<string>502</string>
	</array>
</dict>
</plist>
`),
		},
		{
			name: "nothing of what was asked", args: "-plist|.|-read|/Users/clerk|OriginalNodeName",
			want: out(plistHead + "<dict/>\n</plist>\n"),
		},
		{
			name: "all users", args: "-plist|.|-readall|/Users|RecordName|UniqueID",
			change: func(m *state.Mac) { m.Accounts = m.Accounts[4:6] }, // root and boss
			want: out(plistHead + `<array>
	<dict>
		<key>dsAttrTypeStandard:RecordName</key>
		<array>
			<string>boss</string>
		</array>
		<key>dsAttrTypeStandard:UniqueID</key>
		<array>
			<string>501</string>
		</array>
	</dict>
	<dict>
		<key>dsAttrTypeStandard:RecordName</key>
		<array>
			<string>root</string>
			<string>BUILTIN\Local System</string>
		</array>
		<key>dsAttrTypeStandard:UniqueID</key>
		<array>
			<string>0</string>
		</array>
	</dict>
</array>
</plist>
`),
		},
		{name: "not there", args: "-plist|.|-read|/Users/ghost", want: errText(56, noSuch)},
	})
}

func TestDsclPolicyData(t *testing.T) {
	at := time.Date(2021, 10, 21, 10, 22, 6, 562029e3, time.UTC)
	const head = "dsAttrTypeNative:accountPolicyData:\n " + plistHead + "<dict>\n\t<key>creationTime</key>\n\t<real>1634811726.5620289</real>\n"
	const clerk = ".|-read|/Users/clerk|accountPolicyData"
	testAnswers(t, dsclPath, []answerCase{
		{name: "nothing known", args: clerk, want: errText(0, "No such key: accountPolicyData\n")},
		{
			name: "no password yet", args: clerk, change: func(m *state.Mac) { clerkOf(m).Set.Created = at },
			want: out(head + "</dict>\n</plist>\n\n"),
		},
		{
			name: "nothing failed", args: clerk,
			change: func(m *state.Mac) {
				clerkOf(m).Set = state.Times{Created: at, Password: at.Add(2163604065536 * time.Microsecond)}
			},
			want: out(head + "\t<key>failedLoginCount</key>\n\t<integer>0</integer>\n\t<key>failedLoginTimestamp</key>\n\t<integer>0</integer>\n" +
				"\t<key>passwordLastSetTime</key>\n\t<real>1636975330.6275649</real>\n</dict>\n</plist>\n\n"),
		},
		{
			name: "failures", args: clerk,
			change: func(m *state.Mac) {
				clerkOf(m).Set = state.Times{Created: at, Password: at, LastFailure: time.Unix(1709000000, 0)}
				clerkOf(m).Failed = 2
			},
			want: out(head + "\t<key>failedLoginCount</key>\n\t<integer>2</integer>\n\t<key>failedLoginTimestamp</key>\n\t<real>1709000000</real>\n" +
				"\t<key>passwordLastSetTime</key>\n\t<real>1634811726.5620289</real>\n</dict>\n</plist>\n\n"),
		},
	})
}

// BenchmarkDscl lists accounts: the work grows with them, not with their square.
func BenchmarkDscl(b *testing.B) {
	for _, people := range []int{20, 200, 2000} {
		m := officeWith(b, nil)
		for i := range people {
			m.Accounts = append(m.Accounts, state.Account{Name: fmt.Sprintf("user%04d", i), UID: 1000 + i, GUID: fmt.Sprintf("BBBBBBBB-0000-0000-0000-%012d", i), Kind: state.Local})
		}
		for _, args := range []string{"-plist|.|-readall|/Users", ".|-list|/Users|UniqueID"} {
			b.Run(fmt.Sprintf("%d %s", people, args), func(b *testing.B) {
				for b.Loop() {
					Answer(m, answerCase{args: args}.call(dsclPath))
				}
			})
		}
	}
}
