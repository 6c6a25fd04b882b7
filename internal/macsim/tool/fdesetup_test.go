package tool

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const fdesetupPath = "/usr/bin/fdesetup"

// The numbers of the office's users.
const (
	bossID  = "AAAAAAAA-0000-0000-0000-000000000001"
	clerkID = "AAAAAAAA-0000-0000-0000-000000000002"
)

func fileVaultOff(m *state.Mac) { m.FileVault = state.FileVault{State: state.Off} }

func TestFdesetupStatus(t *testing.T) {
	fails := func(verb string) Reply {
		return errText(15, "macsim: fdesetup "+verb+" fails without root, in words that nobody has published\n")
	}
	off := state.FileVault{State: state.Off}
	cases := []answerCase{
		{name: "on", args: "status", user: "clerk", want: out("FileVault is On.\n")},
		{name: "off", args: "status", change: fileVaultOff, want: out("FileVault is Off.\n")},
		{name: "deferred", args: "status", change: fileVault(state.FileVault{State: state.Off, Deferred: true, DeferredUser: "O'Hara"}), want: out("FileVault is Off.\nDeferred enablement appears to be active for user 'O'Hara'.\n")},
		{name: "deferred for anybody", args: "status", change: fileVault(state.FileVault{State: state.Off, Deferred: true}), want: out("FileVault is Off.\nDeferred enablement appears to be active.\n")},
		{name: "encrypting", args: "status", change: fileVault(state.FileVault{State: state.Encrypting, Percent: 7}), want: out("FileVault is On.\nEncryption in progress: Percent completed = 7\n")},
		{name: "decrypting", args: "status", change: fileVault(state.FileVault{State: state.Decrypting, Percent: 99}), want: out("FileVault is On.\nDecryption in progress: Percent completed = 99\n")},
		{name: "institutional", args: "status", change: fileVault(state.FileVault{State: state.On, Institutional: true}), want: out("FileVault is On.\nFileVault master keychain appears to be installed.\n")},
		{name: "active", args: "isactive", user: "clerk", want: out("true\n")},
		{name: "active while encrypting", args: "isactive", change: fileVault(state.FileVault{State: state.Encrypting}), want: out("true\n")},
		{name: "not active", args: "isactive", change: fileVault(off), want: Reply{Exit: 1, Stdout: "false\n"}},
		{name: "authenticated restart", args: "supportsauthrestart", user: "clerk", change: fileVaultOff, want: out("true\n")},
		{name: "using the key", args: "usingrecoverykey", want: errText(34, "This command is not supported on APFS volumes.\n")},
		{name: "using the key on HFS", args: "usingrecoverykey", change: func(m *state.Mac) { m.FileSystem = state.HFS }, want: errText(125, "macsim: fdesetup usingrecoverykey is not simulated\n")},
		{name: "personal key", args: "haspersonalrecoverykey", want: out("true\n")},
		{name: "no personal key", args: "haspersonalrecoverykey", change: fileVaultOff, want: out("false\n")},
		{name: "institutional key", args: "hasinstitutionalrecoverykey", change: fileVault(state.FileVault{State: state.On, Institutional: true}), want: out("true\n")},
		{name: "no institutional key", args: "hasinstitutionalrecoverykey", want: out("false\n")},
	}
	for verb := range strings.FieldsSeq("list haspersonalrecoverykey hasinstitutionalrecoverykey showdeferralinfo validaterecovery add remove sync changerecovery removerecovery enable disable") {
		cases = append(cases, answerCase{name: verb + " as a user", args: verb, user: "boss", want: fails(verb), after: macUnchanged})
	}
	testAnswers(t, fdesetupPath, cases)
}

func TestFdesetupArguments(t *testing.T) {
	var cases []answerCase
	for _, args := range []string{
		"", "frob", "authrestart", "version", "help", "status|-extended", "isactive|-verbose", "list|-verbose", "haspersonalrecoverykey|x", "showdeferralinfo|x", "sync|-verbose", "sync|x",
		"add", "add|-user|boss", "add|-usertoadd", "add|-usertoadd|", "add|-usertoadd|clerk|-inputplist", "add|-verbose|-usertoadd|clerk", "add|-key|/k",
		"remove", "remove|-user", "remove|-user|boss|-uuid|" + bossID, "remove|-user|boss|-user|clerk", "remove|boss",
		"changerecovery", "changerecovery|-institutional", "changerecovery|-user|boss", "changerecovery|-personal|-verbose", "changerecovery|-personal|-uuid|x",
		"removerecovery", "removerecovery|-personal|-outputplist", "enable|-norecoverykey", "enable|-defer", "enable|-defer|/p|-outputplist", "enable|-defer|/p|-usertoadd|clerk",
		"enable|-user|boss|-inputplist", "disable|-personal", "disable|-verbose", "validaterecovery|-personal",
	} {
		shown := strings.TrimSpace("fdesetup " + strings.ReplaceAll(args, "|", " "))
		if strings.HasSuffix(args, "|") {
			shown += " "
		}
		cases = append(cases, answerCase{name: args, args: args, answers: []string{"boss", "boss-pw"}, want: errText(125, "macsim: "+shown+" is not simulated\n"), after: macUnchanged})
	}
	testAnswers(t, fdesetupPath, cases)
}

func TestFdesetupList(t *testing.T) {
	orphan := func(m *state.Mac) {
		m.OrphanCryptoUsers = []state.CryptoUser{{UUID: "AAAAAAAA-0000-0000-0000-000000000009", Type: state.LocalOpenDirectory}}
	}
	const boss = "boss," + bossID + "\n"
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "one", args: "list", want: out(boss)},
		{name: "two", args: "list", change: clerkHolds, want: out(boss + "clerk," + clerkID + "\n")},
		{name: "holder who is not in it", args: "list", change: together(clerkHolds, withAccount("clerk", func(a *state.Account) { a.FileVault = false })), want: out(boss)},
		{name: "user whose record is gone", args: "list", change: orphan, want: out(boss + ",AAAAAAAA-0000-0000-0000-000000000009\n")},
		{name: "10.13", args: "list", change: version("10.13.6"), want: out(boss + "(null),EBC6C064-0000-11AA-AA11-00306543ECAC\n")},
		{name: "10.14", args: "list", change: version("10.14.6"), want: out(boss)},
		{name: "off", args: "list", change: fileVaultOff, want: errText(1, "Error: FileVault is Off.\n")},
		{name: "off, with holders", args: "list", change: together(fileVaultOff, func(m *state.Mac) { m.Switches.FileVaultListsHoldersOff = true }), want: out(boss)},
		{name: "table while off", args: "list|-extended", change: fileVaultOff, want: errText(1, "Error: FileVault is Off.\n")},
	})
}

func TestFdesetupTable(t *testing.T) {
	const header = "ESCROW  UUID                                                                     TYPE USER\n"
	catalinaUsers := func(m *state.Mac) {
		m.Accounts = []state.Account{
			{Name: "john.appleseedxxx", GUID: "FB756838-0000-4000-8000-40FB5E7D5D3F", Token: state.Token{Tag: true, CryptoUser: true}, FileVault: true},
			{Name: "ttg", GUID: "C22BDCD3-0000-4000-8000-65D3332605C3", Token: state.Token{Tag: true, CryptoUser: true}, FileVault: true},
		}
		m.CryptoOrder = []string{"FB756838-0000-4000-8000-40FB5E7D5D3F", state.PersonalRecoveryUUID, "C22BDCD3-0000-4000-8000-65D3332605C3", m.BootstrapUUID()}
	}
	escrowed := func(m *state.Mac) {
		m.Bootstrap, m.Accounts = state.Bootstrap{}, nil
		m.FileVault.RecoveryKey.Escrowed, m.FileVault.ICloud, m.FileVault.Institutional = 1, true, true
		m.OrphanCryptoUsers = []state.CryptoUser{{UUID: "2D3F7CA5-4ED4-4537-8DA2-98B1E3637954", Type: state.LocalOpenDirectory}, {UUID: "28376DDE-B6E1-48BE-A06F-4212067581D6", Type: state.Disk}}
	}
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "as on 10.15", args: "list|-extended", change: older("10.15.6", catalinaUsers), want: out(header +
			"        FB756838-0000-4000-8000-40FB5E7D5D3F                                  OS User john.appleseedxxx\n" +
			"        EBC6C064-0000-11AA-AA11-00306543ECAC                 Personal Recovery Record\n" +
			"        C22BDCD3-0000-4000-8000-65D3332605C3                                  OS User ttg\n" +
			"        2457711A-523C-4604-B75A-F48A571D5036                          Bootstrap Token\n")},
		{name: "as on 12, and a key that was sent", args: "list|-extended", change: escrowed, want: out(header +
			"        2D3F7CA5-4ED4-4537-8DA2-98B1E3637954                             Unknown User\n" +
			"        28376DDE-B6E1-48BE-A06F-4212067581D6                     Disk Passphrase User\n" +
			"Yes     EBC6C064-0000-11AA-AA11-00306543ECAC                 Personal Recovery Record\n")},
	})
}

func TestFdesetupDeferral(t *testing.T) {
	info := func(m *state.Mac, users string) Reply {
		return out("{\n    Defer = 1;\n    OutputPath = \"/var/db/ConfigurationProfiles/fdesetup.plist\";\n    ProfileUUID = \"" + m.ProfileUUID() +
			"\";\n    ShowRecoveryKey = 1;\n    Usernames =     (\n" + users + "    );\n}\n")
	}
	office := officeWith(t, nil)
	deferred := func(user string) func(*state.Mac) {
		return fileVault(state.FileVault{State: state.Off, Deferred: true, DeferredUser: user})
	}
	is := func(user string) func(*testing.T, *state.Mac) {
		return has("deferred", func(m *state.Mac) bool { return m.FileVault.Deferred && m.FileVault.DeferredUser == user })
	}
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "none", args: "showdeferralinfo", want: Reply{Exit: 20, Stdout: "Not found.\n"}},
		{name: "anybody", args: "showdeferralinfo", change: deferred(""), want: info(office, "")},
		{name: "somebody", args: "showdeferralinfo", change: deferred("clerk"), want: info(office, "        clerk\n")},
		{name: "somebody with a blank", args: "showdeferralinfo", change: deferred("Jane Doe"), want: info(office, "        \"Jane Doe\"\n")},
		{name: "put off", args: "enable|-defer|/p.plist", change: fileVaultOff, want: out(""), after: is("")},
		{name: "put off for somebody", args: "enable|-user|clerk|-defer|/p.plist", change: fileVaultOff, want: out(""), after: is("clerk")},
		{name: "put off while on", args: "enable|-defer|/p.plist", want: errText(24, "macsim: fdesetup enable -defer /p.plist fails while FileVault is on, in words that nobody has published\n")},
	})
}
