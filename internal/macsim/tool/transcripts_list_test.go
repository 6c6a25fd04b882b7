package tool

import (
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// all of several changes, one after the other.
func together(changes ...func(*state.Mac)) func(*state.Mac) {
	return func(m *state.Mac) {
		for _, change := range changes {
			change(m)
		}
	}
}

// renamed makes boss somebody else.
func renamed(name, realName string) func(*state.Mac) {
	return func(m *state.Mac) {
		a, _ := m.Account("boss")
		a.Name, a.RealName = name, realName
	}
}

// only leaves the system's accounts and these.
func only(people ...state.Account) func(*state.Mac) {
	return func(m *state.Mac) {
		kept := m.Accounts[:0:0]
		for _, a := range m.Accounts {
			if a.Kind == state.System {
				kept = append(kept, a)
			}
		}
		for _, p := range people {
			p.Kind = state.Local
			if p.RealName == "" {
				p.RealName = p.Name
			}
			kept = append(kept, p)
		}
		m.Accounts = kept
	}
}

// holding is a person with a token.
func holding(name, guid string) state.Account {
	return state.Account{
		Name: name, UID: 501, GUID: guid, FileVault: true, Password: "pw",
		Token: state.Token{Tag: true, CryptoUser: true, VolumeOwner: true, Password: "pw"},
	}
}

func volume(name string) func(*state.Mac) { return func(m *state.Mac) { m.Volume = name } }

func fileVault(f state.FileVault) func(*state.Mac) { return func(m *state.Mac) { m.FileVault = f } }

func intel(m *state.Mac) { m.Chip = state.Intel }

func unenrolled(m *state.Mac) { m.Enrollment = state.Enrollment{MDM: state.NotEnrolled} }

func noBootstrap(m *state.Mac) { m.Bootstrap = state.Bootstrap{} }

func order(uuids ...string) func(*state.Mac) {
	return func(m *state.Mac) { m.CryptoOrder = uuids }
}

func withJob(j state.Job) func(*state.Mac) {
	return func(m *state.Mac) { m.Jobs = append(m.Jobs, j) }
}

func console(c state.Console) func(*state.Mac) { return func(m *state.Mac) { m.Console = c } }

// member puts jdoe into the groups of administrators, or not.
func jdoe(admin bool) func(*state.Mac) {
	return only(state.Account{Name: "jdoe", UID: 501, GUID: "76057753-404D-4114-A988-EFCF80779BD3", Password: "pw", Admin: state.Admin{Name: admin, GUID: admin}})
}

const (
	keyUUID       = "EBC6C064-0000-11AA-AA11-00306543ECAC"
	bootstrapUUID = "2457711A-523C-4604-B75A-F48A571D5036"
	anyUUID       = "FB756838-0000-0000-0000-40FB5E7D5D3F"
	secondUUID    = "C22BDCD3-0000-0000-0000-65D3332605C3"
)

func reached() []transcript {
	const (
		profiles    = "/usr/bin/profiles"
		sysadminctl = "/usr/sbin/sysadminctl"
		fdesetup    = "/usr/bin/fdesetup"
		diskutil    = "/usr/sbin/diskutil"
		dscl        = "/usr/bin/dscl"
		launchctl   = "/bin/launchctl"
		firmware    = "/usr/sbin/firmwarepasswd"
		token       = "status|-type|bootstraptoken"
		install     = "install|-type|bootstraptoken|-user|boss|-password|"
		validate    = "validate|-type|bootstraptoken|-user|boss|-password|"
		cryptoUsers = "apfs|listcryptousers|/"
	)
	onBoss := "-secureTokenOn|clerk|-password|clerk-pw|-adminUser|boss|-adminPassword|boss-pw"
	catalina := together(version("10.15.6"), intel, volume("disk1s5"),
		fileVault(state.FileVault{State: state.On, RecoveryKey: state.RecoveryKey{Generation: 1}}),
		only(holding("john.appleseedxxx", anyUUID), state.Account{
			Name: "ttg", UID: 502, GUID: secondUUID, FileVault: true, Token: state.Token{Tag: true, CryptoUser: true},
		}), order(anyUUID, keyUUID, secondUUID, bootstrapUUID))
	return []transcript{
		{file: "profiles-status-bootstraptoken/supported-escrowed-yes.txt", tool: profiles, args: token},
		{file: "profiles-status-bootstraptoken/supported-yes-escrowed-no.txt", tool: profiles, args: token, change: noBootstrap},
		{file: "profiles-status-bootstraptoken/supported-no-only-catalina.txt", tool: profiles, args: token, change: func(m *state.Mac) { m.Enrollment.Capability = state.NoCapability }},
		{file: "profiles-status-enrollment/not-enrolled.txt", tool: profiles, args: "status|-type|enrollment", change: unenrolled},
		{file: "profiles-status-enrollment/dep-user-approved-with-server.txt", tool: profiles, args: "status|-type|enrollment", change: func(m *state.Mac) { m.Enrollment.Server = "https://applemdm.example.com/some/path?foo=bar" }},
		{file: "profiles-install-bootstraptoken/created-and-escrowed.txt", tool: profiles, args: install + "boss-pw"},
		{file: "profiles-install-bootstraptoken/fragment-auth-failure.txt", tool: profiles, args: install + "wrong"},
		{file: "profiles-install-bootstraptoken/password-required.txt", tool: profiles, args: install},
		{file: "reference/profiles-install-bootstraptoken/prompts.txt", tool: profiles, args: "install|-type|bootstraptoken", change: renamed("localadmin", ""), answers: []string{"localadmin", "boss-pw"}, how: asQuestions},
		{file: "profiles-validate-bootstraptoken/validated.txt", tool: profiles, args: validate + "boss-pw"},
		{file: "profiles-validate-bootstraptoken/fragment-unable-to-verify-69594.txt", tool: profiles, args: validate + "boss-pw", change: func(m *state.Mac) { m.Server.Token = 0 }},
		{file: "reference/profiles-show-enrollment/must-be-root.txt", tool: profiles, args: "show|-type|enrollment", user: "clerk"},
		{file: "reference/profiles-show-enrollment/not-dep-enabled.txt", tool: profiles, args: "show|-type|enrollment", change: unenrolled},
		{file: "reference/profiles-show-enrollment/cannot-determine-apsd.txt", tool: profiles, args: "show|-type|enrollment", change: func(m *state.Mac) { m.Offline = true }},

		{file: "sysadminctl/status-disabled-fullname-26.6.txt", tool: sysadminctl, args: "-secureTokenStatus|tuist", change: together(renamed("tuist", "Tuist Runner Operator"), func(m *state.Mac) { a, _ := m.Account("tuist"); a.Token = state.Token{} })},
		{file: "sysadminctl/status-enabled-ec2-user-11.txt", tool: sysadminctl, args: "-secureTokenStatus|ec2-user", change: together(version("11.1"), renamed("ec2-user", "ec2-user"))},
		{file: "sysadminctl/status-enabled-highsierra-10.13.0.txt", tool: sysadminctl, args: "-secureTokenStatus|createdviacli", change: together(version("10.13"), renamed("createdviacli", "createdviacli"))},
		{file: "sysadminctl/status-unknown-user-26.6.txt", tool: sysadminctl, args: "-secureTokenStatus|nosuchuser"},
		{file: "sysadminctl/token-on-done-2020.txt", tool: sysadminctl, args: onBoss},
		{file: "sysadminctl/token-on-5101-refused.txt", tool: sysadminctl, args: onBoss, change: func(m *state.Mac) { a, _ := m.Account("boss"); a.Admin = state.Admin{} }},
		{file: "sysadminctl/fragment-resetpassword-not-permitted.txt", tool: sysadminctl, args: "-resetPasswordFor|boss|-newPassword|X", how: fragment},
		{file: "reference/sysadminctl/guest-account-disabled.txt", tool: sysadminctl, args: "-guestAccount|status"},
		{file: "reference/sysadminctl/guest-already-disabled-bigsur.txt", tool: sysadminctl, args: "-guestAccount|off"},
		{file: "reference/sysadminctl/usage-13.2.1.txt", tool: sysadminctl, change: version("13.2.1")},
		{file: "reference/sysadminctl/delete-user-ok.txt", tool: sysadminctl, args: "-deleteUser|testing|-secure", change: func(m *state.Mac) {
			a, _ := m.Account("clerk")
			a.Name, a.Home = "testing", "/Users/testing"
			m.Console = state.Console{}
		}},
		{file: "reference/sysadminctl/add-user-no-cleartext-warning.txt", tool: sysadminctl, args: "-addUser|trainee|-fullName|Trainee|-password|MyPass123|-home|/Users/trainee"},
		{file: "reference/sysadminctl/add-user-home-not-created.txt", tool: sysadminctl, args: "-addUser|moltbot|-fullName|Moltbot Service|-password|x|-home|/Users/moltbot|-shell|/usr/bin/false", how: itsLastLine},

		{file: "fdesetup-status/on.txt", tool: fdesetup, args: "status"},
		{file: "fdesetup-status/off.txt", tool: fdesetup, args: "status", change: fileVault(state.FileVault{State: state.Off})},
		{file: "fdesetup-status/fixture-encryption-in-progress.txt", tool: fdesetup, args: "status", change: fileVault(state.FileVault{State: state.Encrypting, Percent: 42})},
		{file: "fdesetup-status/message-deferred.txt", tool: fdesetup, args: "status", change: fileVault(state.FileVault{State: state.Off, Deferred: true, DeferredUser: "ttg"}), how: itsEnd},
		{file: "reference/fdesetup-status/message-set-restart-variants.txt", tool: fdesetup, args: "status", how: eachIsOne},
		{file: "fdesetup-list/one-user.txt", tool: fdesetup, args: "list", change: only(holding("jappleseed", "9DB1DCA0-9B6A-464F-94A3-32853C5E2987"))},
		{file: "fdesetup-list/highsierra-two-users.txt", tool: fdesetup, args: "list", change: together(version("10.13.6"), fileVault(state.FileVault{State: state.On}), only(holding("owilson", "59ABC2FF-2AB8-4FA0-A7C3-00B8198585F7"), holding("localadmin", "D30AC4BD-9DF1-4A32-BFA7-58CC11C9AC46")))},
		{file: "fdesetup-list/error-filevault-off.txt", tool: fdesetup, args: "list", change: fileVault(state.FileVault{State: state.Off})},
		{file: "reference/fdesetup-list/extended-catalina-bootstrap.txt", tool: fdesetup, args: "list|-extended", change: catalina},
		{file: "reference/fdesetup-list/extended-unknown-user-monterey.txt", tool: fdesetup, args: "list|-extended", change: together(noBootstrap, fileVault(state.FileVault{State: state.On}), only(), func(m *state.Mac) {
			m.OrphanCryptoUsers = []state.CryptoUser{{UUID: "2D3F7CA5-4ED4-4537-8DA2-98B1E3637954", Type: state.LocalOpenDirectory}}
		})},
		{file: "reference/fdesetup-errors/add-verbose-69578-highsierra.txt", tool: fdesetup, args: "add|-inputplist|-verbose", stdin: plistHead + "<dict><key>Username</key><string>admin</string><key>Password</key><string>no</string><key>AdditionalUsers</key><array><dict><key>Username</key><string>foo</string><key>Password</key><string>x</string></dict></array></dict></plist>"},
		{file: "reference/fdesetup-errors/changerecovery-unable-to-unlock.txt", tool: fdesetup, args: "changerecovery|-personal|-user|boss", answers: []string{"wrong"}},
		{file: "reference/fdesetup-errors/changerecovery-unable-136-b.txt", tool: fdesetup, args: "changerecovery|-personal|-inputplist", change: version("10.13.6"), stdin: withKey()},
		{file: "reference/fdesetup-errors/changerecovery-verbose-136-highsierra.txt", tool: fdesetup, args: "changerecovery|-personal|-inputplist|-verbose", change: version("10.13.6"), stdin: withKey()},
		{file: "reference/fdesetup-errors/disable-failed-69594.txt", tool: fdesetup, args: "disable", change: func(m *state.Mac) { a, _ := m.Account("clerk"); a.Name = "kane" }, answers: []string{"kane", "clerk-pw"}, how: asPrompts},
		{file: "reference/fdesetup-misc/supportsauthrestart-true.txt", tool: fdesetup, args: "supportsauthrestart", user: "clerk"},
		{file: "reference/fdesetup-misc/usingrecoverykey-unsupported-apfs.txt", tool: fdesetup, args: "usingrecoverykey"},
		{file: "reference/fdesetup-prompts/add-user-prompts.txt", tool: fdesetup, args: "add|-usertoadd|preboot|-user|admin", change: together(renamed("admin", ""), func(m *state.Mac) { a, _ := m.Account("clerk"); a.Name = "preboot" }), answers: []string{"boss-pw", "clerk-pw"}, how: asPrompts},
		{file: "reference/fdesetup-prompts/validaterecovery-prompt.txt", tool: fdesetup, args: "validaterecovery", answers: []string{"x"}, how: itsPrompt},
		{file: "reference/fdesetup-prompts/enable-26-no-key.txt", tool: fdesetup, args: "enable", change: together(fileVault(state.FileVault{State: state.Off}), renamed("username", "")), answers: []string{"username", "boss-pw"}, how: asPrompts},
		{file: "reference/fdesetup-prompts/enable-15-prints-key.txt", tool: fdesetup, args: "enable", change: together(version("15.1"), fileVault(state.FileVault{State: state.Off}), renamed("username", "")), answers: []string{"username", "boss-pw"}, how: withItsKey},

		{file: "diskutil-apfs-listusers/none-found.txt", tool: diskutil, args: cryptoUsers, change: together(volume("disk1s1"), noBootstrap, fileVault(state.FileVault{State: state.Off}), only())},
		{file: "diskutil-apfs-listusers/macos26-bootstrap-prk-owners.txt", tool: diskutil, args: cryptoUsers, change: together(only(holding("one", "DA145BD0-81C7-41AA-9676-794E0A14B63D")), func(m *state.Mac) { m.Bootstrap.VolumeOwner = true })},
		{file: "diskutil-apfs-listusers/highsierra-6-users.txt", tool: diskutil, args: cryptoUsers, change: together(version("10.13.6"), volume("disk1s1"), noBootstrap,
			fileVault(state.FileVault{State: state.On, ICloud: true, RecoveryKey: state.RecoveryKey{Generation: 1}}),
			only(holding("a", "76057753-404D-4114-A988-EFCF80779BD3"), holding("b", "425D5A4B-8EF2-4EBF-8B57-C9A919D0CDD1"), holding("c", "8C7D6CE5-43C0-46D1-9C95-FA4AC6F08146")))},
		{file: "diskutil-apfs-listusers-plist/bigsur-plus-volumeowner-mdmrecovery.txt", tool: diskutil, args: "apfs|listcryptousers|-plist|/", change: together(version("11.2"), only(holding("a", "3C7DB8EE-5EA4-4C18-A7E4-25C6C0F94667")), order("3C7DB8EE-5EA4-4C18-A7E4-25C6C0F94667", keyUUID, bootstrapUUID))},
		{file: "reference/diskutil-apfs-listusers/stub-one-user-owner.txt", tool: diskutil, args: cryptoUsers, change: together(volume("disk5s1s1"), noBootstrap, fileVault(state.FileVault{State: state.Off}), only(holding("a", "2DB09770-999B-43FB-99AF-2B878E4FE971")))},
		{file: "reference/diskutil-apfs-listusers/catalina-4-users-bootstrap-prk.txt", tool: diskutil, args: cryptoUsers, change: catalina},
		{file: "reference/diskutil-apfs-listusers/notes-lines-icloud-masked.txt", tool: diskutil, args: cryptoUsers, change: together(version("10.15.6"), volume("disk1s5"), noBootstrap, fileVault(state.FileVault{State: state.On, ICloud: true}), only(holding("a", "00000000-A79A-4E2F-A7BB-66917C8F4000"))), how: coveredVolume},
		{file: "reference/diskutil-apfs-updatepreboot/success-tail.txt", tool: diskutil, args: "apfs|updatePreboot|/", how: itsEnd},

		{file: "dscl-errors/record-not-found.txt", tool: dscl, args: ".|-read|/Users/ghost"},
		{file: "dscl-errors/authonly-14090.txt", tool: dscl, args: ".|-authonly|boss|wrong"},
		{file: "reference/dscl-errors/unknown-node-14009.txt", tool: dscl, args: "/NoSuchNode|-list|/Users", how: itsEnd},
		{file: "dscl-read/disabled-tags-only.txt", tool: dscl, args: ".|-read|/Users/clerk|AuthenticationAuthority", change: func(m *state.Mac) { a, _ := m.Account("clerk"); a.Password, a.DisabledTag = state.NoPassword, true }},
		{file: "dscl-read/mobile-ad-account.txt", tool: dscl, args: ".|-read|/Users/alice|AuthenticationAuthority|OriginalNodeName", change: func(m *state.Mac) {
			a, _ := m.Account("clerk")
			a.Name, a.GUID, a.Kind, a.OriginalNode = "alice", "E9F6E0ED-138E-40C9-B9E7-A7F3F661DB14", state.Mobile, "/Active Directory/CORP/corp.example.com"
		}},
		{file: "reference/dscl-read/fixture-root-missing-keys.txt", tool: dscl, args: ".|-read|/Users/root|AuthenticationAuthority|IsHidden|NFSHomeDirectory|RealName|RecordName|UniqueID|UserShell", change: func(m *state.Mac) { a, _ := m.Account("root"); a.OtherNames = nil }, how: mixedStreams},
		{file: "reference/dscl-read/fixture-mbsetupuser-hidden.txt", tool: dscl, args: ".|-read|/Users/_mbsetupuser|IsHidden|NFSHomeDirectory|RecordName|UniqueID"},
		{file: "reference/dscl-read/user-nobody-two-attrs.txt", tool: dscl, args: ".|-read|/Users/nobody|GeneratedUID|PrimaryGroupID"},
		{file: "reference/dscl-read/group-lpoperator.txt", tool: dscl, args: ".|-read|/Groups/_lpoperator"},
		{file: "reference/dscl-list/search-result-generateduid.txt", tool: dscl, args: ".|-search|/Users|GeneratedUID|76057753-404D-4114-A988-EFCF80779BD3", change: jdoe(false)},
		{file: "reference/dscl-plist/readall-users-structure.txt", tool: dscl, args: "-plist|.|-readall|/Users|RecordName|UniqueID", change: together(jdoe(false), func(m *state.Mac) { m.Accounts = m.Accounts[len(m.Accounts)-1:] })},
		{file: "reference/dseditgroup/checkmember-yes.txt", tool: "/usr/sbin/dseditgroup", args: "-o|checkmember|-m|jdoe|admin", change: jdoe(true)},
		{file: "reference/dseditgroup/checkmember-no.txt", tool: "/usr/sbin/dseditgroup", args: "-o|checkmember|-m|jdoe|admin", change: jdoe(false)},
		{file: "reference/dseditgroup/group-not-found.txt", tool: "/usr/sbin/dseditgroup", args: "-o|checkmember|-m|jdoe|nosuchgroup", change: jdoe(false)},
		{file: "reference/dseditgroup/user-record-not-found.txt", tool: "/usr/sbin/dseditgroup", args: "-o|checkmember|-m|nosuchuser|admin"},
		{file: "reference/dseditgroup/edit-needs-credentials.txt", tool: "/usr/sbin/dseditgroup", args: "-o|edit|-a|jdoe|-t|user|admin", change: jdoe(false), user: "jdoe"},
		{file: "reference/dsmemberutil/is-member.txt", tool: "/usr/bin/dsmemberutil", args: "checkmembership|-U|boss|-G|admin"},
		{file: "reference/dsmemberutil/not-member.txt", tool: "/usr/bin/dsmemberutil", args: "checkmembership|-U|clerk|-G|admin"},
		{file: "reference/dsmemberutil/unknown-user.txt", tool: "/usr/bin/dsmemberutil", args: "checkmembership|-U|nosuchuser|-G|admin"},
		{file: "reference/dsmemberutil/id-G-nobody.txt", tool: "/usr/bin/id", args: "-G|nobody", change: func(m *state.Mac) {
			m.Groups = append(m.Groups, state.Group{Name: "com.apple.sharepoint.group.1", GID: 701, GUID: "5904C48C-484C-41DB-8C16-29F39DF3AE6A", Nested: []string{"ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000000C"}})
		}},
		{file: "reference/dsconfigad/show-bound.txt", tool: "/usr/sbin/dsconfigad", args: "-show", change: func(m *state.Mac) {
			m.Directory = state.Directory{Forest: "corp.example.com", Domain: "corp.example.com", Computer: "mac-01$"}
		}},

		{file: "sw_vers/macos-26.6.2.txt", tool: "/usr/bin/sw_vers", change: func(m *state.Mac) { m.OS = state.OS{Product: "macOS", Version: "26.6.2", Build: "25G83"} }},
		{file: "sw_vers/macos-15.7.9.txt", tool: "/usr/bin/sw_vers", change: func(m *state.Mac) { m.OS = state.OS{Product: "macOS", Version: "15.7.9", Build: "24G830"} }},
		{file: "ioreg/platform-expert-fixture.txt", tool: "/usr/sbin/ioreg", args: "-rd1|-c|IOPlatformExpertDevice", change: func(m *state.Mac) {
			m.Board, m.Serial, m.HardwareUUID, m.Model = "J316sAP", "C02XXXXXXX", "4C4C4544-0000-1000-8000-B1C04F4E3332", "MacBookPro18,1"
		}},
		{file: "reference/ioreg/uuid-line.txt", tool: "/usr/sbin/ioreg", args: "-rd1|-c|IOPlatformExpertDevice", change: func(m *state.Mac) { m.HardwareUUID = "1A5A5B7B-1161-506A-A11D-6EB60EA0A83C" }, how: aLine},
		{file: "mdmclient/querydeviceinformation-eacs-line.txt", tool: "/usr/libexec/mdmclient", args: "QueryDeviceInformation", how: aLine},
		{file: "reference/sysctl/kern-boottime.txt", tool: "/usr/sbin/sysctl", args: "-n|kern.boottime", at: time.Date(2026, 9, 23, 9, 0, 0, 0, time.FixedZone("PDT", -7*3600)), change: func(m *state.Mac) {
			m.Booted = time.Unix(1790153387, 566452000)
		}},
		{file: "reference/csrutil/enabled.txt", tool: "/usr/bin/csrutil", args: "status"},
		{file: "reference/csrutil/disabled.txt", tool: "/usr/bin/csrutil", args: "status", change: func(m *state.Mac) { m.Security.SIPDisabled = true }},
		{file: "reference/firmwarepasswd/check-no.txt", tool: firmware, args: "-check", change: intel},
		{file: "reference/firmwarepasswd/check-yes.txt", tool: firmware, args: "-check", change: together(intel, func(m *state.Mac) { m.Security.Firmware = "x" })},
		{file: "reference/firmwarepasswd/mode-none.txt", tool: firmware, args: "-mode", change: intel},
		{file: "reference/firmwarepasswd/mode-command.txt", tool: firmware, args: "-mode", change: together(intel, func(m *state.Mac) { m.Security.Firmware = "x" })},
		{file: "reference/app-sso/platform-not-configured.txt", tool: "/usr/bin/app-sso", args: "platform|-s", at: time.Date(2026, 10, 6, 19, 8, 9, 0, time.UTC)},

		{file: "reference/launchctl/print-missing-service-system.txt", tool: launchctl, args: "print|system/io.redis.redis-server"},
		{file: "reference/launchctl/print-missing-service-gui.txt", tool: launchctl, args: "print|gui/501/com.example.agent", change: console(state.Console{User: "boss"})},
		{file: "reference/launchctl/gui-domain-missing.txt", tool: launchctl, args: "kickstart|gui/501/x", change: console(state.Console{})},
		{file: "reference/launchctl/kickstart-missing-service.txt", tool: launchctl, args: "kickstart|-k|gui/501/octop", change: console(state.Console{User: "boss"})},
		{file: "reference/launchctl/bootstrap-failed-5.txt", tool: launchctl, args: "bootstrap|system|/x.plist", change: withJob(state.Job{Label: "x", Path: "/x.plist"})},
		{file: "reference/launchctl/bootstrap-system-failed-5-root.txt", tool: launchctl, args: "bootstrap|system|/x.plist", change: withJob(state.Job{Label: "x", Path: "/x.plist", Disabled: true, Unloaded: true})},
		{file: "reference/launchctl/bootstrap-gui-failed-5-hint.txt", tool: launchctl, args: "bootstrap|gui/501|/Users/boss/Library/LaunchAgents/x.plist", user: "boss", change: together(console(state.Console{User: "boss"}), withJob(state.Job{Label: "x", Path: "/Users/boss/Library/LaunchAgents/x.plist"}))},
		{file: "reference/launchctl/bootout-no-such-process-3.txt", tool: launchctl, args: "bootout|system/org.nixos.nix-daemon"},
		{file: "reference/launchctl/bootout-failed-5.txt", tool: launchctl, args: "bootout|system|/x.plist", change: withJob(state.Job{Label: "x", Path: "/x.plist", Unloaded: true})},
		{file: "reference/launchctl/bootout-wait-usage-15.txt", tool: launchctl, args: "bootout|--wait|gui/501/com.example.service", change: version("15.7.9")},
		{file: "reference/launchctl/load-failed-5.txt", tool: launchctl, args: "load|/x.plist", change: withJob(state.Job{Label: "x", Path: "/x.plist"})},
		{file: "reference/launchctl/unload-failed-5.txt", tool: launchctl, args: "unload|/x.plist", change: withJob(state.Job{Label: "x", Path: "/x.plist", Unloaded: true})},
		{file: "reference/launchctl/unload-warning-and-failed-5.txt", tool: launchctl, args: "unload|-w|/System/Library/LaunchAgents/x.plist", change: withJob(state.Job{Label: "x", Path: "/System/Library/LaunchAgents/x.plist", Unloaded: true})},
	}
}

// withKey is the input that authorises a change with the recovery key.
func withKey() string {
	m := state.Mac{HardwareUUID: "11111111-2222-3333-4444-555555555555"}
	m.FileVault.RecoveryKey.Generation = 1
	return plistHead + "<dict><key>Password</key><string>" + m.RecoveryKeyText() + "</string></dict></plist>"
}

// notReached says of the other outputs why no state of the simulator leads to
// them.
func notReached() map[string]string {
	const (
		noLayout  = "a beta, or software that was in use before Secure Tokens"
		cutDown   = "cut down or re-indented by those who published it; the form is the simulator's"
		noState   = "tells of what is no part of the state"
		otherTool = "a tool that has nothing to say about accounts and tokens"
	)
	return map[string]string{
		"dscl-read/fixture-token-user.txt":                                       "made for a parser: it leaves out the local Kerberos value that a Mac writes",
		"scutil/consoleuser-two-sessions.txt":                                    "the numbers of sessions are made up; the form is tested in scutil_test.go",
		"reference/bputil/display-policy-m1-full-security.txt":                   "hashes are covered; the form is tested in bputil_test.go",
		"reference/bputil/failed-second-volume.txt":                              "the Mac has one system",
		"reference/bputil/fixture-multiple-volumes.txt":                          "the Mac has one system",
		"reference/bputil/fixture-one-volume.txt":                                cutDown,
		"reference/csrutil/enabled-custom-dtrace-off.txt":                        noState,
		"reference/csrutil/enabled-custom-fs-debug-nvram-off.txt":                noState,
		"reference/csrutil/unknown-custom-bigsur.txt":                            noState,
		"reference/diskutil-apfs-listusers/beta-10.13b4-two-found-no-volume.txt": noLayout,
		"reference/diskutil-errors/resize-69461-vek.txt":                         otherTool,
		"reference/dscl-errors/opendirectoryd-unreachable-eservererror.txt":      "the directory service of the Mac always runs",
		"reference/dscl-list/fixture-uniqueid-padding.txt":                       "two lines of many; the padding is tested in dscl_test.go",
		"reference/dscl-plist/read-user-puppet-fixture.txt":                      "made for a parser: keys out of order, and another group",
		"reference/dscl-read/group-sharepoint-native-attrs-unicode.txt":          noState,
		"reference/dscl-read/local-account-lkdc.txt":                             "covers the realm of the Mac it came from; the form is tested in dscl_test.go",
		"reference/dscl-read/search-node-ad-mobile-two-nodes.txt":                "made for a parser: a certificate's value, and a third node",
		"reference/dscl-readall/groups-eight-records.txt":                        "eight of a hundred groups; the form is tested in dscl_test.go",
		"reference/fdesetup-errors/enable-problem-22.txt":                        noLayout,
		"reference/fdesetup-errors/sandboxed-unknown-volume.txt":                 "the simulated Mac has no sandbox",
		"reference/fdesetup-list/extended-corestorage-after-remove.txt":          noLayout,
		"reference/fdesetup-list/extended-corestorage-disk-passphrase.txt":       noLayout,
		"reference/fdesetup-misc/showdeferralinfo-active-catalina.txt":           "covers the number of the profile; the form is tested in fdesetup_test.go",
		"reference/fdesetup-misc/usingrecoverykey-false-corestorage.txt":         noLayout,
		"reference/fdesetup-prompts/authrestart-prompt.txt":                      "authenticated restarts are not simulated",
		"reference/launchctl/print-user-agent-full.txt":                          noState,
		"reference/log/bootstrap-buddy-syslog-style.txt":                         otherTool,
		"reference/log/managedclient-compact-escrow-prk.txt":                     otherTool,
		"reference/log/managedclient-mdmdaemon-default-style.txt":                otherTool,
		"reference/profiles-show-enrollment/assigned-dep-config.txt":             "what Apple knows of the organisation is no part of the state",
		"reference/profiles-show-enrollment/config-null.txt":                     "nobody knows which Macs print it",
		"reference/profiles-show-enrollment/not-dep-enabled-34000.txt":           "nobody knows which versions print the number",
		"reference/profiles-show-enrollment/request-too-soon.txt":                "questions to Apple are not counted",
		"reference/profiles-show-enrollment/server-unavailable-34006.txt":        "Apple's own servers are never down",
		"reference/sw_vers/macos-13.3-spaces.txt":                                cutDown,
		"reference/sysadminctl/add-user-existing-mojave-error-14135.txt":         "mixes a prompt into it; the lines are tested in sysadminctl_test.go",
		"reference/sysadminctl/add-user-ok-elcapitan.txt":                        noLayout,
		"reference/sysctl/hw-arm64-vm-26.txt":                                    noState,
		"reference/sysctl/hw-intel-vm-15.txt":                                    noState,
		"reference/system_profiler/hw-json-imacpro-intel.txt":                    otherTool,
		"reference/system_profiler/hw-json-m1-air-under-rosetta.txt":             otherTool,
		"reference/system_profiler/hw-json-m1-air.txt":                           otherTool,
		"reference/system_profiler/hw-json-m5max.txt":                            otherTool,
		"reference/system_profiler/hw-json-vm-arm64-26.txt":                      otherTool,
		"reference/system_profiler/hw-json-vm-intel-15.txt":                      otherTool,
		"reference/system_profiler/hw-xml-macbookpro11.txt":                      otherTool,
		"reference/system_profiler/text-hardware-software-10.15.txt":             otherTool,
	}
}
