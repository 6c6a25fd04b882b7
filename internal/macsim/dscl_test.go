package macsim

import (
	"testing"

	"github.com/tokenward/tokenward/internal/run"
)

const (
	hashes = ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2,SRP-RFC5054-4096-SHA512-PBKDF2>"
	realm  = "LKDC:SHA1.97D22F8652571C42AC94D64936BA78D3ABCE1282"
)

func last(m *Mac) *Account { return &m.Accounts[len(m.Accounts)-1] }

func mobileClerk(m *Mac) {
	a := last(m)
	a.Kind, a.OriginalNode = Mobile, "/Active Directory/CORP/corp.example.com"
	a.OtherNames = []string{`CORP\clerk`}
}

func TestDsclText(t *testing.T) {
	const users = ".|-read|/Users/"
	testAnswers(t, run.Dscl, []answerCase{
		{
			name: "in the record's order", args: users + "clerk|UniqueID|RealName|GeneratedUID",
			want: out("GeneratedUID: AAAAAAAA-0000-0000-0000-000000000002\nRealName:\n Clara Clerk\nUniqueID: 502\n"),
		},
		{
			name: "tokens", args: users + "boss|dsAttrTypeStandard:AuthenticationAuthority",
			want: out("AuthenticationAuthority: " + hashes + " ;Kerberosv5;;boss@" + realm + ";" + realm + "; ;SecureToken;\n"),
		},
		{
			name: "tags", args: users + "clerk|AuthenticationAuthority",
			change: func(m *Mac) { last(m).DisabledTag, last(m).Disabled = true, true },
			want:   out("AuthenticationAuthority: " + hashes + " ;Kerberosv5;;clerk@" + realm + ";" + realm + "; ;DisabledTags;SecureToken ;DisabledUser;\n"),
		},
		{
			name: "mobile", args: users + `CORP\clerk|AuthenticationAuthority|OriginalNodeName|RecordName`, change: mobileClerk,
			want: out("AuthenticationAuthority:\n" +
				" ;LocalCachedUser;/Active Directory/CORP/corp.example.com:clerk:AAAAAAAA-0000-0000-0000-000000000002\n" +
				" ;Kerberosv5;;clerk@CORP.EXAMPLE.COM;CORP.EXAMPLE.COM;\n " + hashes + "\n" +
				"OriginalNodeName:\n /Active Directory/CORP/corp.example.com\nRecordName: clerk CORP\\clerk\n"),
		},
		{
			name: "missing keys", args: users + "root|AuthenticationAuthority|NFSHomeDirectory|IsHidden",
			want: Reply{Stdout: "NFSHomeDirectory: /var/root /private/var/root\n", Stderr: "No such key: AuthenticationAuthority\nNo such key: IsHidden\n"},
		},
		{
			name: "native attributes first", args: users + "_mbsetupuser|UniqueID|IsHidden",
			want: out("dsAttrTypeNative:IsHidden: YES\nUniqueID: 248\n"),
		},
		{
			name: "service account", args: users + "clerk|IsHidden|NFSHomeDirectory",
			change: func(m *Mac) {
				*last(m) = Account{Name: "clerk", Kind: Service}
				m.complete()
			},
			want: out("dsAttrTypeNative:IsHidden: 1\nNFSHomeDirectory: /private/var/clerk\n"),
		},
		{
			name: "negative", args: ".|read|/Users/nobody",
			want: out("AppleMetaNodeLocation: /Local/Default\nGeneratedUID: FFFFEEEE-DDDD-CCCC-BBBB-AAAAFFFFFFFE\nNFSHomeDirectory: /var/empty\n" +
				"PrimaryGroupID: -2\nRealName:\n Unprivileged User\nRecordName: nobody\nRecordType: dsRecTypeStandard:Users\nUniqueID: -2\nUserShell: /usr/bin/false\n"),
		},
		{name: "not there", args: users + "ghost|UniqueID", want: errText(56, "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n")},
		{
			name: "admin group", args: "/Local/Default|-read|/Groups/admin|GroupMembership|GroupMembers|RecordName",
			want: out("GroupMembers: FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000 AAAAAAAA-0000-0000-0000-000000000001\nGroupMembership: root boss\nRecordName: admin BUILTIN\\Administrators\n"),
		},
		{
			name: "all users", args: ".|-readall|/Users|IsHidden|UniqueID",
			want: out("UniqueID: 201\n-\ndsAttrTypeNative:IsHidden: YES\nUniqueID: 248\n-\nUniqueID: 501\n-\nUniqueID: 502\n-\nUniqueID: 1\n-\nUniqueID: -2\n-\nUniqueID: 0\n"),
		},
		{name: "other group", args: ".|-read|/Groups/staff", want: errText(125, "macsim: dscl . -read /Groups/staff is not simulated\n")},
		{name: "other node", args: "/Search|-read|/Users/boss", want: errText(125, "macsim: dscl /Search -read /Users/boss is not simulated\n")},
		{name: "changing verb", args: ".|-delete|/Users/boss", want: errText(125, "macsim: dscl . -delete /Users/boss is not simulated\n")},
	})
}

func TestDsclPlist(t *testing.T) {
	testAnswers(t, run.Dscl, []answerCase{
		{
			name: "read", args: "-plist|.|-read|/Users/clerk|UniqueID|RealName|IsHidden",
			change: func(m *Mac) { last(m).RealName, last(m).Hidden = "R&D <Clerk> “née” \"X\"", true },
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
			name: "all users", args: "-plist|.|-readall|/Users|RecordName",
			change: func(m *Mac) { m.Accounts = m.Accounts[4:6] }, // root and boss
			want: out(plistHead + `<array>
	<dict>
		<key>dsAttrTypeStandard:RecordName</key>
		<array>
			<string>boss</string>
		</array>
	</dict>
	<dict>
		<key>dsAttrTypeStandard:RecordName</key>
		<array>
			<string>root</string>
			<string>BUILTIN\Local System</string>
		</array>
	</dict>
</array>
</plist>
`),
		},
		{name: "not there", args: "-plist|.|-read|/Users/ghost", want: errText(56, "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n")},
	})
}
