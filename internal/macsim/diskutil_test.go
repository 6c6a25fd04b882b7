package macsim

import (
	"testing"

	"github.com/tokenward/tokenward/internal/run"
)

func nobodyOnTheVolume(m *Mac) {
	m.Bootstrap.Local = false
	m.FileVault = FileVault{State: Off}
	for i := range m.Accounts {
		m.Accounts[i].Token = Token{}
	}
}

func onlyTheBoss(m *Mac) {
	m.Bootstrap.Local = false
	m.FileVault = FileVault{State: Off}
}

const plistHead = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`

func TestDiskutilText(t *testing.T) {
	threeUsers := out(`Cryptographic users for disk3s1s1 (3 found)
|
+-- AAAAAAAA-0000-0000-0000-000000000001
|   Type: Local Open Directory User
|   Volume Owner: Yes
|
+-- 2457711A-523C-4604-B75A-F48A571D5036
|   Type: MDM Bootstrap Token External Key
|   Volume Owner: No
|
+-- EBC6C064-0000-11AA-AA11-00306543ECAC
    Type: Personal Recovery User
    Volume Owner: Yes
`)
	testAnswers(t, run.Diskutil, []answerCase{
		{name: "users", args: "apfs|listcryptousers|/", want: threeUsers},
		{name: "other name of the verb", args: "apfs|listUsers|/", want: threeUsers},
		{
			name: "one, before volume owners", args: "apfs|listCryptoUsers|/",
			change: func(m *Mac) {
				onlyTheBoss(m)
				m.OS.Version, m.Volume = "10.15.7", "disk1s5"
			},
			want: out("Cryptographic user for disk1s5 (1 found)\n|\n+-- AAAAAAAA-0000-0000-0000-000000000001\n    Type: Local Open Directory User\n"),
		},
		{name: "none", args: "apfs|listcryptousers|/", change: nobodyOnTheVolume, want: out("No cryptographic users for disk3s1s1\n")},
		{
			name: "recovery keys", args: "apfs|listcryptousers|/",
			change: func(m *Mac) {
				nobodyOnTheVolume(m)
				m.FileVault.Institutional = true
				m.OrphanCryptoUsers = []CryptoUser{{UUID: "64C0C6EB-0000-11AA-AA11-00306543ECAC", Type: ICloud}}
			},
			want: out(`Cryptographic users for disk3s1s1 (2 found)
|
+-- 64C0C6EB-0000-11AA-AA11-00306543ECAC
|   Type: iCloud Recovery External Key
|   Volume Owner: No
|
+-- C064EBC6-0000-11AA-AA11-00306543ECAC
    Type: Institutional Recovery User
    Volume Owner: Yes
`),
		},
		{name: "other volume", args: "apfs|listcryptousers|disk9", want: errText(125, "macsim: diskutil apfs listcryptousers disk9 is not simulated\n")},
		{name: "changing verb", args: "apfs|updatePreboot|/", want: errText(125, "macsim: diskutil apfs updatePreboot / is not simulated\n")},
	})
}

func TestDiskutilPlist(t *testing.T) {
	owner := plistHead + `<dict>
	<key>Users</key>
	<array>
		<dict>
			<key>APFSCryptoUserType</key>
			<string>LocalOpenDirectory</string>
			<key>APFSCryptoUserUUID</key>
			<string>AAAAAAAA-0000-0000-0000-000000000001</string>
			<key>VolumeOwner</key>
			<true/>
		</dict>
	</array>
</dict>
</plist>
`
	testAnswers(t, run.Diskutil, []answerCase{
		{name: "one", args: "apfs|listcryptousers|-plist|/", change: onlyTheBoss, want: out(owner)},
		{name: "other order", args: "apfs|listcryptousers|/|-plist", change: onlyTheBoss, want: out(owner)},
		{
			name: "none", args: "apfs|listcryptousers|-plist|/", change: nobodyOnTheVolume,
			want: out(plistHead + "<dict>\n\t<key>Users</key>\n\t<array/>\n</dict>\n</plist>\n"),
		},
		{
			name: "before volume owners", args: "apfs|listcryptousers|-plist|/",
			change: func(m *Mac) {
				onlyTheBoss(m)
				m.OS.Version = "10.15.7"
			},
			want: out(plistHead + `<dict>
	<key>Users</key>
	<array>
		<dict>
			<key>APFSCryptoUserType</key>
			<string>LocalOpenDirectory</string>
			<key>APFSCryptoUserUUID</key>
			<string>AAAAAAAA-0000-0000-0000-000000000001</string>
		</dict>
	</array>
</dict>
</plist>
`),
		},
	})
}
