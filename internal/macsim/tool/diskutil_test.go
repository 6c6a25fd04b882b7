package tool

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const diskutilPath = "/usr/sbin/diskutil"

func nobodyOnTheVolume(m *state.Mac) {
	onlyTheBoss(m)
	for i := range m.Accounts {
		m.Accounts[i].Token = state.Token{}
	}
}

func onlyTheBoss(m *state.Mac) {
	m.Bootstrap = state.Bootstrap{}
	m.FileVault = state.FileVault{State: state.Off}
}

// catalina is a volume with everything that came to it in a known order.
func catalina(m *state.Mac) {
	version("10.15.6")(m)
	m.Volume = "disk1s5"
	m.Accounts = []state.Account{
		{Name: "a", GUID: "FB756838-0000-0000-0000-40FB5E7D5D3F", Token: state.Token{CryptoUser: true}},
		{Name: "b", GUID: "C22BDCD3-0000-0000-0000-65D3332605C3", Token: state.Token{CryptoUser: true}},
	}
	m.CryptoOrder = []string{
		"FB756838-0000-0000-0000-40FB5E7D5D3F", "EBC6C064-0000-11AA-AA11-00306543ECAC",
		"C22BDCD3-0000-0000-0000-65D3332605C3", "2457711A-523C-4604-B75A-F48A571D5036",
	}
}

const plistHead = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`

func TestDiskutilText(t *testing.T) {
	const threeUsers = `Cryptographic users for disk3s1s1 (3 found)
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
`
	testAnswers(t, diskutilPath, []answerCase{
		{name: "users", args: "apfs|listcryptousers|/", want: out(threeUsers)},
		{name: "other name of the verb", args: "APFS|listUsers|/", want: out(threeUsers)},
		{name: "a third", args: "apfs|listKeys|/dev/disk3s1s1", want: out(threeUsers)},
		{name: "a fourth", args: "apfs|listCryptoKeys|disk3s1s1", want: out(threeUsers)},
		{name: "not as root", args: "apfs|listUsers|/", user: "clerk", want: out(threeUsers)},
		{name: "not the snapshot", args: "apfs|listUsers|/dev/disk3s1", want: out(strings.Replace(threeUsers, "disk3s1s1", "disk3s1", 1))},
		{
			name: "one, before volume owners", args: "apfs|listCryptoUsers|/",
			change: func(m *state.Mac) {
				onlyTheBoss(m)
				m.OS.Version, m.Volume = "10.15.7", "disk1s5"
			},
			want: out("Cryptographic user for disk1s5 (1 found)\n|\n+-- AAAAAAAA-0000-0000-0000-000000000001\n    Type: Local Open Directory User\n"),
		},
		{name: "none", args: "apfs|listcryptousers|/", change: nobodyOnTheVolume, want: out("No cryptographic users for disk3s1s1\n")},
		{name: "in their order", args: "apfs|listusers|/", change: catalina, want: out(`Cryptographic users for disk1s5 (4 found)
|
+-- FB756838-0000-0000-0000-40FB5E7D5D3F
|   Type: Local Open Directory User
|
+-- EBC6C064-0000-11AA-AA11-00306543ECAC
|   Type: Personal Recovery User
|
+-- C22BDCD3-0000-0000-0000-65D3332605C3
|   Type: Local Open Directory User
|
+-- 2457711A-523C-4604-B75A-F48A571D5036
    Type: MDM Bootstrap Token External Key
`)},
		{
			name: "institutional key", args: "apfs|listcryptousers|/",
			change: func(m *state.Mac) {
				nobodyOnTheVolume(m)
				m.FileVault.Institutional = true
				m.OrphanCryptoUsers = []state.CryptoUser{{UUID: "64C0C6EB-0000-11AA-AA11-00306543ECAC", Type: state.ICloud}}
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
		{
			name: "institutional external key and disk", args: "apfs|listcryptousers|/",
			change: func(m *state.Mac) {
				nobodyOnTheVolume(m)
				m.OrphanCryptoUsers = []state.CryptoUser{
					{UUID: "11111111-0000-0000-0000-000000000001", Type: state.InstitutionalRecoveryKey},
					{UUID: "11111111-0000-0000-0000-000000000002", Type: state.Disk},
				}
			},
			want: out(`Cryptographic users for disk3s1s1 (2 found)
|
+-- 11111111-0000-0000-0000-000000000001
|   Type: Institutional Recovery External Key
|   Volume Owner: No
|
+-- 11111111-0000-0000-0000-000000000002
    Type: Disk User
    Volume Owner: No
`),
		},
	})
}

func TestDiskutilICloud(t *testing.T) {
	iCloud := func(v string) func(*state.Mac) {
		return func(m *state.Mac) {
			onlyTheBoss(m)
			version(v)(m)
			m.Volume, m.FileVault.ICloud = "disk1s1", true
		}
	}
	const found = "Cryptographic users for disk1s1 (3 found)\n|\n+-- AAAAAAAA-0000-0000-0000-000000000001\n|   Type: Local Open Directory User\n|\n"
	testAnswers(t, diskutilPath, []answerCase{
		{name: "without notes", args: "apfs|listUsers|/", change: iCloud("10.14.6"), want: out(found + `+-- EC1C2AD9-B618-4ED6-BD8D-50F361C27507
|   Type: iCloud Recovery User
|
+-- 64C0C6EB-0000-11AA-AA11-00306543ECAC
    Type: iCloud Recovery External Key
`)},
		{name: "with notes", args: "apfs|listcryptousers|/dev/disk1s1", change: iCloud("10.15.7"), want: out(found + `+-- EC1C2AD9-B618-4ED6-BD8D-50F361C27507
|   Type: iCloud Recovery User
|   Note: Unlock with iCloud account data + iCloud Recovery External Key data
|
+-- 64C0C6EB-0000-11AA-AA11-00306543ECAC
    Type: iCloud Recovery External Key
    Note: Stores partial credentials for the iCloud Recovery User
`)},
	})
}

func TestDiskutilRefuses(t *testing.T) {
	hfs := func(m *state.Mac) { m.FileSystem = state.HFS }
	unknown := func(args, why string) Reply {
		return errText(1, "macsim: diskutil "+args+" fails "+why+", in words that nobody has published\n")
	}
	testAnswers(t, diskutilPath, []answerCase{
		{name: "other volume", args: "apfs|listUsers|disk9s9", want: unknown("apfs listUsers disk9s9", "for a volume that is not there")},
		{name: "no volume", args: "apfs|listUsers|/dev/", change: func(m *state.Mac) { m.Volume = "disk1s5" }, want: unknown("apfs listUsers /dev/", "for a volume that is not there")},
		{name: "not apfs", args: "apfs|listUsers|/", change: hfs, want: unknown("apfs listUsers /", "on a volume that is not APFS")},
		{name: "preboot, not apfs", args: "apfs|updatePreboot|/", change: hfs, want: unknown("apfs updatePreboot /", "on a volume that is not APFS")},
		{name: "preboot, not root", args: "apfs|updatePreboot|/", user: "boss", want: unknown("apfs updatePreboot /", "without root")},
		{name: "preboot as a list", args: "apfs|updatePreboot|-plist|/", want: errText(125, "macsim: diskutil apfs updatePreboot -plist / is not simulated\n")},
		{name: "unknown flag", args: "apfs|listUsers|-all", want: errText(125, "macsim: diskutil apfs listUsers -all is not simulated\n")},
		{name: "two volumes", args: "apfs|listUsers|/|/", want: errText(125, "macsim: diskutil apfs listUsers / / is not simulated\n")},
		{name: "other verb of apfs", args: "apfs|list|/", want: errText(125, "macsim: diskutil apfs list / is not simulated\n")},
		{name: "other verb", args: "list|/", want: errText(125, "macsim: diskutil list / is not simulated\n")},
		{name: "nothing", args: "apfs", want: errText(125, "macsim: diskutil apfs is not simulated\n")},
	})
}

func TestDiskutilPlist(t *testing.T) {
	const owner = plistHead + `<dict>
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
	testAnswers(t, diskutilPath, []answerCase{
		{name: "one", args: "apfs|listcryptousers|-plist|/", change: onlyTheBoss, want: out(owner)},
		{name: "other order", args: "apfs|listcryptousers|/|-plist", change: onlyTheBoss, want: out(owner)},
		{name: "bootstrap token", args: "apfs|listUsers|-plist|/", want: out(strings.Replace(owner, "\t</array>", `		<dict>
			<key>APFSCryptoUserType</key>
			<string>MDMRecovery</string>
			<key>APFSCryptoUserUUID</key>
			<string>2457711A-523C-4604-B75A-F48A571D5036</string>
			<key>VolumeOwner</key>
			<false/>
		</dict>
		<dict>
			<key>APFSCryptoUserType</key>
			<string>PersonalRecovery</string>
			<key>APFSCryptoUserUUID</key>
			<string>EBC6C064-0000-11AA-AA11-00306543ECAC</string>
			<key>VolumeOwner</key>
			<true/>
		</dict>
	</array>`, 1))},
		{
			name: "none", args: "apfs|listcryptousers|-plist|/", change: nobodyOnTheVolume,
			want: out(plistHead + "<dict>\n\t<key>Users</key>\n\t<array/>\n</dict>\n</plist>\n"),
		},
		{
			name: "before volume owners", args: "apfs|listcryptousers|-plist|/",
			change: func(m *state.Mac) {
				onlyTheBoss(m)
				m.OS.Version = "10.15.7"
			},
			want: out(strings.Replace(owner, "\t\t\t<key>VolumeOwner</key>\n\t\t\t<true/>\n", "", 1)),
		},
	})
}

func TestDiskutilUpdatePreboot(t *testing.T) {
	testAnswers(t, diskutilPath, []answerCase{{
		name: "the list at the window", args: "apfs|updatePreboot|/",
		change: func(m *state.Mac) {
			boss, _ := m.Account("boss")
			boss.Preboot = false
		},
		want: out(`Started APFS operation
UpdatePreboot: Obtained list of 3 APFS Crypto User(s) on Target Volume
UpdatePreboot: Considering APFS Crypto User AAAAAAAA-0000-0000-0000-000000000001
UpdatePreboot: Correlated APFS Volume Crypto User with Open Directory User AAAAAAAA-0000-0000-0000-000000000001 aka "boss"
UpdatePreboot: Successfully added a macOS OD User to the building dictionary
UpdatePreboot: Processed APFS Volume Crypto User AAAAAAAA-0000-0000-0000-000000000001
UpdatePreboot: Error for this processed user was 0
UpdatePreboot: Considering APFS Crypto User 2457711A-523C-4604-B75A-F48A571D5036
UpdatePreboot: Considering APFS Crypto User EBC6C064-0000-11AA-AA11-00306543ECAC
UpdatePreboot: Exiting Update Preboot operation with overall error=(ZeroMeansSuccess)=0
Finished APFS operation
`),
		after: func(t *testing.T, m *state.Mac) {
			if boss, _ := m.Account("boss"); !boss.Preboot || m.Revision != 1 {
				t.Errorf("shown at the window: %t at revision %d", boss.Preboot, m.Revision)
			}
		},
	}})
}

func TestDiskutilInfo(t *testing.T) {
	info := func(name, kind, seen, fileVault string) Reply {
		return out(plistHead + `<dict>
	<key>DeviceIdentifier</key>
	<string>disk3s1s1</string>
	<key>DeviceNode</key>
	<string>/dev/disk3s1s1</string>
` + fileVault + `	<key>FilesystemName</key>
	<string>` + name + `</string>
	<key>FilesystemType</key>
	<string>` + kind + `</string>
	<key>FilesystemUserVisibleName</key>
	<string>` + seen + `</string>
	<key>MountPoint</key>
	<string>/</string>
	<key>VolumeName</key>
	<string>Macintosh HD</string>
</dict>
</plist>
`)
	}
	const fileVault = "\t<key>FileVault</key>\n\t"
	testAnswers(t, diskutilPath, []answerCase{
		{name: "apfs", args: "info|-plist|/", want: info("APFS", "apfs", "APFS", fileVault+"<true/>\n")},
		{name: "decrypted", args: "info|-plist|disk3s1s1", change: onlyTheBoss, want: info("APFS", "apfs", "APFS", fileVault+"<false/>\n")},
		{
			name: "hfs", args: "info|-plist|/", change: func(m *state.Mac) { m.FileSystem = state.HFS },
			want: info("Journaled HFS+", "hfs", "Mac OS Extended (Journaled)", ""),
		},
		{name: "not there", args: "info|disk9", want: errText(1, "Could not find disk: disk9\n")},
		{name: "not there, as a list", args: "info|-plist|disk9", want: errText(125, "macsim: diskutil info -plist disk9 is not simulated\n")},
		{name: "for people", args: "info|/", want: errText(125, "macsim: diskutil info / is not simulated\n")},
		{name: "not the snapshot", args: "info|-plist|disk3s1", want: errText(125, "macsim: diskutil info -plist disk3s1 is not simulated\n")},
	})
}
