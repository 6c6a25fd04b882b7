package tool

import (
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// userList is a property list for fdesetup: names and passwords by turns, those
// of the one who unlocks first.
func userList(values ...string) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>")
	user := func(name, password string) {
		b.WriteString("<key>Username</key><string>" + name + "</string>\n<key>Password</key><string>" + password + "</string>")
	}
	user(values[0], values[1])
	b.WriteString("<key>AdditionalUsers</key><array>")
	for i := 2; i < len(values); i += 2 {
		b.WriteString("<dict>")
		user(values[i], values[i+1])
		b.WriteString("</dict>")
	}
	b.WriteString("</array></dict>\n</plist>\n")
	return b.String()
}

// key is the recovery key of a Mac like the office, of that generation.
func key(t *testing.T, generation int) string {
	t.Helper()
	return officeWith(t, func(m *state.Mac) { m.FileVault.RecoveryKey.Generation = generation }).RecoveryKeyText()
}

var clerkListed = accountIs("clerk", func(a *state.Account) bool { return a.FileVault && a.Usable() })

var clerkNotListed = has("the clerk is not in the list", func(m *state.Mac) bool { a, _ := m.Account("clerk"); return !a.FileVault })

func TestFdesetupAdd(t *testing.T) {
	const add, list = "add|-usertoadd|clerk|-user|boss", "add|-inputplist"
	const notAdded = "Error: user could not be added (-69578).\nError: Unable to add one or more users to FileVault.\n"
	const verbose = "fdesetup: auth info dictionary path = stdin\nfdesetup: device path = /\n"
	fails := func(exit int, command, why string) Reply {
		return errText(exit, "macsim: fdesetup "+command+" fails "+why+", in words that nobody has published\n")
	}
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "typed", args: add, answers: []string{"boss-pw", "clerk-pw"}, want: out(""), after: clerkListed},
		{name: "the name typed too", args: "add|-usertoadd|clerk", answers: []string{"boss", "boss-pw", "clerk-pw"}, want: out(""), after: clerkListed},
		{name: "key typed", args: add, answers: []string{key(t, 1), "clerk-pw"}, want: out(""), after: clerkListed},
		{name: "list", args: list, stdin: userList("boss", "boss-pw", "clerk", "clerk-pw"), want: out(""), after: clerkListed},
		{name: "key in a list", args: list, stdin: userList("", key(t, 1), "clerk", "clerk-pw"), want: out(""), after: clerkListed},
		{name: "any password in a list", args: list, stdin: userList("", "boss-pw", "clerk", "clerk-pw"), want: out(""), after: clerkListed},
		{name: "already there", args: list, change: clerkHolds, stdin: userList("boss", "boss-pw", "clerk", "clerk-pw"), want: out(""), after: clerkListed},
		{name: "verbose", args: list + "|-verbose", stdin: userList("boss", "boss-pw", "clerk", "clerk-pw"), want: errText(0, verbose+"Adding user 'clerk' to existing FileVault\n"), after: clerkListed},
		{name: "wrong password of the first", args: add, answers: []string{"x", "clerk-pw"}, want: errText(17, notAdded), after: clerkNotListed},
		{name: "first one unknown", args: list, stdin: userList("ghost", "x", "clerk", "clerk-pw"), want: errText(17, notAdded), after: clerkNotListed},
		{name: "first one not listed", args: list, stdin: userList("clerk", "clerk-pw", "clerk", "clerk-pw"), want: errText(17, notAdded), after: clerkNotListed},
		{name: "nobody's password", args: list, stdin: userList("", "x", "clerk", "clerk-pw"), want: errText(17, notAdded), after: clerkNotListed},
		{name: "login password of a drifted one", args: add, change: bossDrifted, answers: []string{"boss-pw", "clerk-pw"}, want: errText(17, notAdded), after: clerkNotListed},
		{name: "former password of a drifted one", args: add, change: bossDrifted, answers: []string{"former", "clerk-pw"}, want: out(""), after: clerkListed},
		{
			name: "verbose refusal", args: list + "|-verbose", stdin: userList("admin", "x", "foo", "y"), after: clerkNotListed,
			want: errText(17, verbose+"OD user 'admin' could not be authenticated.\nAdding user 'foo' to existing FileVault\n"+notAdded),
		},
		{name: "wrong password of the second", args: list, stdin: userList("boss", "boss-pw", "clerk", "x"), want: fails(17, "add -inputplist", "here (wrong password)"), after: clerkNotListed},
		{name: "second one unknown", args: list, stdin: userList("boss", "boss-pw", "ghost", "x"), want: fails(30, "add -inputplist", "for a user who has no record")},
		{
			name: "until one fails", args: list, stdin: userList("boss", "boss-pw", "clerk", "clerk-pw", "ghost", "x"), after: clerkListed,
			want: fails(30, "add -inputplist", "for a user who has no record"),
		},
		{
			name: "no token by it", args: list, stdin: userList("boss", "boss-pw", "clerk", "clerk-pw"), after: clerkNotListed,
			change: func(m *state.Mac) { m.Switches.AddingToFileVaultNoToken = true }, want: fails(17, "add -inputplist", "here (needs a token's unlock)"),
		},
		{name: "nobody to add", args: list, stdin: userList("boss", "boss-pw"), want: fails(15, "add -inputplist", "without anybody to add"), after: macUnchanged},
		{name: "off", args: list, change: fileVaultOff, stdin: userList("boss", "boss-pw", "clerk", "clerk-pw"), want: errText(1, "Error: FileVault is Off.\n")},
		{name: "no terminal", args: add, stdin: "boss-pw\nclerk-pw\n", want: fails(15, "add -usertoadd clerk -user boss", "without a terminal"), after: macUnchanged},
		{name: "too long", args: add, answers: []string{strings.Repeat("x", 129)}, want: fails(15, "add -usertoadd clerk -user boss", "with a password that is too long"), after: macUnchanged},
		{name: "hung up", args: add, answers: []string{"boss-pw"}, want: fails(15, "add -usertoadd clerk -user boss", "because nobody answers"), after: macUnchanged},
	})
}

func TestFdesetupPrompts(t *testing.T) {
	t.Parallel()
	const bosses, clerks, guests = "Enter the password for user 'boss':", "Enter the password for the added user 'clerk':", "Enter the password for the added user 'guest':"
	for _, tc := range []struct{ args, answers, want []string }{
		{[]string{"add", "-usertoadd", "clerk", "-user", "boss", "-usertoadd", "guest"}, []string{"1", "2", "3"}, []string{bosses, clerks, guests}},
		{[]string{"disable"}, []string{"boss", "x"}, []string{"Enter the user name:", bosses}},
		{[]string{"changerecovery", "-personal"}, []string{"boss", "x"}, []string{"Enter the user name:", bosses}},
		{[]string{"removerecovery", "-personal", "-user", "boss"}, []string{"x"}, []string{bosses}},
		{[]string{"enable"}, []string{"boss"}, []string{"Enter the user name:", bosses}},
		{[]string{"validaterecovery"}, []string{"x"}, []string{"Enter the current recovery key: "}},
		{[]string{"remove", "-user", "boss"}, nil, nil},
	} {
		if got := asks(t, fdesetupPath, tc.args, tc.answers, nil); !slices.Equal(got, tc.want) {
			t.Errorf("%q: asked %q, want %q", tc.args, got, tc.want)
		}
	}
}

func TestFdesetupInput(t *testing.T) {
	const add = "add|-inputplist"
	bad := func(why string) Reply {
		return errText(15, "macsim: fdesetup add -inputplist fails with such a property list ("+why+"), in words that nobody has published\n")
	}
	plist := func(inside string) string { return "<plist version=\"1.0\">" + inside + "</plist>" }
	clerk := "<key>AdditionalUsers</key><array><dict><key>Username</key><string>clerk</string></dict></array>"
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "nothing", args: add, want: bad("nothing on standard input")},
		{name: "no XML", args: add, stdin: "boss", want: bad("nothing on standard input")},
		{name: "cut off", args: add, stdin: "<plist><dict>", want: bad("XML syntax error on line 1: unexpected EOF")},
		{name: "other root", args: add, stdin: "<dict/>", want: bad("not a property list")},
		{name: "list", args: add, stdin: plist("<array/>"), want: bad("not a dictionary")},
		{name: "two", args: add, stdin: plist("<dict/><dict/>"), want: bad("not a property list")},
		{name: "value missing", args: add, stdin: plist("<dict><key>Username</key></dict>"), want: bad("not a dictionary")},
		{name: "key missing", args: add, stdin: plist("<dict><string>Username</string><string>boss</string></dict>"), want: bad("not a dictionary")},
		{name: "number", args: add, stdin: plist("<dict><key>Password</key><integer>1</integer></dict>"), want: bad("Password is not a text")},
		{name: "other key", args: add, stdin: plist("<dict><key>KeychainPath</key><string>/k</string></dict>"), want: bad("key KeychainPath")},
		{name: "other key of a user", args: add, stdin: plist("<dict><key>AdditionalUsers</key><array><dict><key>AdditionalUsers</key><string>x</string></dict></array></dict>"), want: bad("key AdditionalUsers")},
		{name: "users that are texts", args: add, stdin: plist("<dict><key>AdditionalUsers</key><array><string>clerk</string></array></dict>"), want: bad("not a dictionary")},
		{name: "user without a name", args: add, stdin: plist("<dict><key>AdditionalUsers</key><array><dict/></array></dict>"), want: bad("a user to add without a name")},
		{name: "escaped", args: add, stdin: strings.Replace(userList("boss", "a&lt;b&amp;c", "clerk", "clerk-pw"), "UTF-8", "utf-8", 1), change: withAccount("boss", func(a *state.Account) { a.Password, a.Token.Password = "a<b&c", "a<b&c" }), want: out(""), after: clerkListed},
		{name: "passwords asked for", args: add, stdin: plist("<dict><key>Username</key><string>boss</string>" + clerk + "</dict>"), answers: []string{"boss-pw", "clerk-pw"}, want: out(""), after: clerkListed},
		{name: "everything asked for", args: add, stdin: plist("<dict>" + clerk + "</dict>"), answers: []string{"boss", "boss-pw", "clerk-pw"}, want: out(""), after: clerkListed},
		{
			name: "nobody to ask", args: add, stdin: plist("<dict>" + clerk + "</dict>"), after: macUnchanged,
			want: errText(15, "macsim: fdesetup add -inputplist fails without a terminal, in words that nobody has published\n"),
		},
	})
}

func TestFdesetupRemove(t *testing.T) {
	gone := accountIs("clerk", func(a *state.Account) bool { return !a.FileVault && a.Holds() })
	fails := func(command, why string) Reply {
		return errText(25, "macsim: fdesetup "+command+" fails "+why+", in words that nobody has published\n")
	}
	orphan := func(m *state.Mac) {
		m.OrphanCryptoUsers = []state.CryptoUser{{UUID: "AAAAAAAA-0000-0000-0000-000000000009", Type: state.LocalOpenDirectory}}
	}
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "by name", args: "remove|-user|clerk", change: clerkHolds, want: out(""), after: gone},
		{name: "by number", args: "remove|-uuid|" + clerkID, change: clerkHolds, want: out(""), after: gone},
		{name: "last one", args: "remove|-user|boss", want: fails("remove -user boss", "for the last user"), after: accountIs("boss", func(a *state.Account) bool { return a.FileVault })},
		{name: "not listed", args: "remove|-user|clerk", want: fails("remove -user clerk", "for a user who is not in the list")},
		{name: "unknown", args: "remove|-user|ghost", want: fails("remove -user ghost", "for a user who is not in the list")},
		{name: "off", args: "remove|-user|boss", change: fileVaultOff, want: errText(1, "Error: FileVault is Off.\n")},
		{name: "sync", args: "sync", change: orphan, want: out(""), after: has("no orphan", func(m *state.Mac) bool { return len(m.OrphanCryptoUsers) == 0 })},
	})
}

func TestFdesetupChangeRecovery(t *testing.T) {
	const change, list = "changerecovery|-personal|-user|boss", "changerecovery|-personal|-inputplist"
	const cannotUnlock = "Error: Unable to unlock FileVault.\n"
	told := "fdesetup: auth info dictionary path = stdin\nfdesetup: use personal recovery key\nfdesetup: device path = /\n"
	first, second := key(t, 1), key(t, 2)
	changed := has("a new key", func(m *state.Mac) bool { return m.RecoveryKeyText() == second })
	kept := has("the old key", func(m *state.Mac) bool { return m.RecoveryKeyText() == first })
	newKey := out("New personal recovery key = '" + second + "'\n")
	fails := func(exit int, command, why string) Reply {
		return errText(exit, "macsim: fdesetup "+command+" fails "+why+", in words that nobody has published\n")
	}
	hfs := func(m *state.Mac) { m.FileSystem = state.HFS }
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "typed", args: change, answers: []string{"boss-pw"}, want: newKey, after: changed},
		{name: "list", args: list, stdin: userList("boss", "boss-pw"), want: newKey, after: changed},
		{name: "list without a name", args: list, stdin: userList("", "boss-pw"), want: newKey, after: changed},
		{name: "verbose", args: list + "|-verbose", stdin: userList("boss", "boss-pw"), want: Reply{Stdout: newKey.Stdout, Stderr: told}, after: changed},
		{name: "as a document", args: list + "|-outputplist", stdin: userList("boss", "boss-pw"), after: changed, want: out(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>EnabledDate</key>
	<string>2026-03-09 08:07:06 +0000</string>
	<key>HardwareUUID</key>
	<string>11111111-2222-3333-4444-555555555555</string>
	<key>RecoveryKey</key>
	<string>` + second + `</string>
	<key>SerialNumber</key>
	<string>OFFICE01</string>
</dict>
</plist>
`)},
		{name: "wrong password", args: change, answers: []string{"x"}, want: errText(11, cannotUnlock), after: kept},
		{name: "nobody's password", args: list, stdin: userList("", "x"), want: errText(11, cannotUnlock), after: kept},
		{name: "blank password", args: list, stdin: userList("", ""), want: errText(11, cannotUnlock), after: kept},
		{name: "unknown user", args: list, stdin: userList("ghost", "x"), want: errText(11, cannotUnlock), after: kept},
		{name: "not listed", args: list, stdin: userList("clerk", "clerk-pw"), want: fails(11, "changerecovery -personal -inputplist", "for a user who is not in the list"), after: kept},
		{name: "with the key", args: list, stdin: userList("", first), want: fails(26, "changerecovery -personal -inputplist", "with the recovery key"), after: kept},
		{name: "with the key on 10.13", args: list, stdin: userList("boss", first), change: version("10.13.6"), want: errText(136, "Error: Unable to change key.\n"), after: kept},
		{name: "with the key on 10.13, verbose", args: list + "|-verbose", stdin: userList("", first), change: version("10.13.6"), want: errText(136, told+"Error: Unable to change key\n"), after: kept},
		{name: "with the key on HFS", args: list, stdin: userList("", first), change: older("10.13.6", hfs), want: newKey, after: changed},
		{
			name: "wrong password on 10.13.1", args: change, answers: []string{"x"}, change: version("10.13.1"), after: has("no key", func(m *state.Mac) bool { return m.RecoveryKeyText() == "" }),
			want: fails(26, "changerecovery -personal -user boss", "and deletes the recovery key"),
		},
		{name: "right password on 10.13.1", args: change, answers: []string{"boss-pw"}, change: version("10.13.1"), want: newKey, after: changed},
		{name: "off", args: change, answers: []string{"boss-pw"}, change: fileVaultOff, want: errText(1, "Error: FileVault is Off.\n")},
	})
}

func TestFdesetupRecoveryKey(t *testing.T) {
	const remove, list = "removerecovery|-personal|-user|boss", "validaterecovery|-inputplist"
	kept := has("the key", func(m *state.Mac) bool { return m.RecoveryKeyText() != "" })
	gone := has("no key", func(m *state.Mac) bool { return m.RecoveryKeyText() == "" })
	password := func(text string) string {
		return "<plist><dict><key>Password</key><string>" + text + "</string></dict></plist>"
	}
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "removed", args: remove, answers: []string{"boss-pw"}, want: out(""), after: gone},
		{name: "removed by itself", args: "removerecovery|-personal|-inputplist", stdin: userList("", key(t, 1)), want: out(""), after: gone},
		{name: "wrong password", args: remove, answers: []string{"x"}, want: errText(11, "Error: Unable to unlock FileVault.\n"), after: kept},
		{
			name: "none to remove", args: remove, answers: []string{"boss-pw"}, change: fileVault(state.FileVault{State: state.On}),
			want: errText(27, "macsim: fdesetup removerecovery -personal -user boss fails without a recovery key, in words that nobody has published\n"),
		},
		{name: "off", args: remove, answers: []string{"boss-pw"}, change: fileVaultOff, want: errText(1, "Error: FileVault is Off.\n")},
		{name: "right", args: "validaterecovery", answers: []string{key(t, 1)}, want: out("true\n"), after: macUnchanged},
		{name: "wrong", args: "validaterecovery", answers: []string{key(t, 2)}, want: out("false\n")},
		{name: "nothing typed", args: "validaterecovery", answers: []string{""}, change: fileVaultOff, want: out("false\n")},
		{name: "right in a list", args: list, stdin: password(key(t, 1)), want: out("true\n")},
		{name: "wrong in a list", args: list, stdin: password("boss-pw"), want: out("false\n")},
		{name: "no terminal", args: "validaterecovery", want: errText(15, "macsim: fdesetup validaterecovery fails without a terminal, in words that nobody has published\n")},
		{name: "bad list", args: list, stdin: "<plist/>", want: errText(15, "macsim: fdesetup validaterecovery -inputplist fails with such a property list (not a property list), in words that nobody has published\n")},
	})
}

func TestFdesetupEnable(t *testing.T) {
	const enable, list = "enable|-user|boss", "enable|-inputplist"
	on := has("on, with a key", func(m *state.Mac) bool { return m.FileVault.State == state.On && m.RecoveryKeyText() != "" })
	stillOff := has("off", func(m *state.Mac) bool { return m.FileVault.State == state.Off })
	shown := out("Recovery key = '" + key(t, 1) + "'\n")
	keyKept := fileVault(state.FileVault{State: state.Off, RecoveryKey: state.RecoveryKey{Generation: 4, Last: 4}})
	document := func(key string) Reply {
		return out(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>EnabledDate</key>
	<string>2026-03-09 08:07:06 +0000</string>
	<key>EnabledUser</key>
	<string>boss</string>
	<key>HardwareUUID</key>
	<string>11111111-2222-3333-4444-555555555555</string>
` + key + `	<key>SerialNumber</key>
	<string>OFFICE01</string>
</dict>
</plist>
`)
	}
	fails := func(exit int, command, why string) Reply {
		return errText(exit, "macsim: fdesetup "+command+" fails "+why+", in words that nobody has published\n")
	}
	blank := withAccount("boss", func(a *state.Account) { a.Password, a.Token.Password = "", "" })
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "on 15", args: enable, answers: []string{"boss-pw"}, change: older("15.7", fileVaultOff), want: shown, after: on},
		{name: "on 26", args: enable, answers: []string{"boss-pw"}, change: fileVaultOff, want: out(""), after: on},
		{name: "as a document", args: enable + "|-outputplist", answers: []string{"boss-pw"}, change: fileVaultOff, want: document("\t<key>RecoveryKey</key>\n\t<string>" + key(t, 1) + "</string>\n"), after: on},
		{name: "with a key from before", args: enable, answers: []string{"boss-pw"}, change: older("15.7", keyKept), want: out(""), after: on},
		{name: "document with a key from before", args: enable + "|-outputplist", answers: []string{"boss-pw"}, change: keyKept, want: document(""), after: on},
		{name: "list", args: list, stdin: userList("boss", "boss-pw"), change: older("15.7", fileVaultOff), want: shown, after: on},
		{name: "with another user", args: list, stdin: userList("boss", "boss-pw", "clerk", "clerk-pw"), change: older("15.7", fileVaultOff), want: shown, after: clerkListed},
		{name: "with another user, typed", args: enable + "|-usertoadd|clerk", answers: []string{"boss-pw", "clerk-pw"}, change: fileVaultOff, want: out(""), after: clerkListed},
		{name: "with a user of the wrong password", args: enable + "|-usertoadd|clerk", answers: []string{"boss-pw", "x"}, change: fileVaultOff, want: fails(17, "enable -user boss -usertoadd clerk", "here (wrong password)"), after: on},
		{name: "Intel", args: enable, answers: []string{"boss-pw"}, change: together(fileVaultOff, intel), want: out(""), after: has("encrypting", func(m *state.Mac) bool { return m.FileVault.State == state.Encrypting })},
		{name: "wrong password", args: enable, answers: []string{"x"}, change: fileVaultOff, want: errText(11, "Error: User authentication failed.\n"), after: stillOff},
		{name: "unknown user", args: list, stdin: userList("ghost", "x"), change: fileVaultOff, want: errText(11, "Error: User authentication failed.\n"), after: stillOff},
		{name: "without a token", args: list, stdin: userList("clerk", "clerk-pw"), change: fileVaultOff, want: fails(23, "enable -inputplist", "for a user without a Secure Token"), after: stillOff},
		{name: "drifted", args: enable, answers: []string{"boss-pw"}, change: together(fileVaultOff, bossDrifted), want: fails(23, "enable -user boss", "for a user without a Secure Token"), after: stillOff},
		{name: "blank", args: enable, answers: []string{""}, change: together(fileVaultOff, blank), want: fails(37, "enable -user boss", "with a blank password"), after: stillOff},
		{name: "nobody", args: list, stdin: userList("", "boss-pw"), change: fileVaultOff, want: fails(15, "enable -inputplist", "without a user"), after: stillOff},
		{name: "on already", args: enable, answers: []string{"boss-pw"}, want: fails(24, "enable -user boss", "while FileVault is on")},
	})
}

func TestFdesetupDisable(t *testing.T) {
	const disable, list = "disable|-user|boss", "disable|-inputplist"
	off := has("off, the token stays", func(m *state.Mac) bool {
		a, _ := m.Account("boss")
		return m.FileVault.State == state.Off && a.Usable()
	})
	stillOn := has("on", func(m *state.Mac) bool { return m.FileVault.State == state.On })
	done := out("FileVault has been disabled.\n")
	notAuthenticated := errText(11, "Error: User authentication failed.\n")
	testAnswers(t, fdesetupPath, []answerCase{
		{name: "typed", args: disable, answers: []string{"boss-pw"}, want: done, after: off},
		{name: "with the key", args: disable, answers: []string{key(t, 1)}, want: done, after: off},
		{name: "list", args: list, stdin: userList("boss", "boss-pw"), want: done, after: off},
		{name: "key in a list", args: list, stdin: userList("", key(t, 1)), want: done, after: off},
		{name: "Intel", args: disable, answers: []string{"boss-pw"}, change: intel, want: done, after: has("decrypting", func(m *state.Mac) bool { return m.FileVault.State == state.Decrypting })},
		{name: "wrong password", args: disable, answers: []string{"x"}, want: notAuthenticated, after: stillOn},
		{name: "unknown user", args: list, stdin: userList("ghost", "x"), want: notAuthenticated, after: stillOn},
		{name: "nobody's password", args: list, stdin: userList("", "x"), want: notAuthenticated, after: stillOn},
		{name: "not listed", args: "disable", answers: []string{"clerk", "clerk-pw"}, want: errText(35, "FileVault was not disabled (-69594).\n"), after: stillOn},
		{name: "login password of a drifted one", args: disable, answers: []string{"boss-pw"}, change: bossDrifted, want: errText(35, "FileVault was not disabled (-69594).\n"), after: stillOn},
		{name: "former password of a drifted one", args: disable, answers: []string{"former"}, change: bossDrifted, want: done},
		{name: "off already", args: disable, answers: []string{"boss-pw"}, change: fileVaultOff, want: errText(1, "Error: FileVault is Off.\n")},
	})
}
