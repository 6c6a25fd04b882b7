package state

import "testing"

// fileVault is a Mac with FileVault off; encrypted turns it on.
func fileVault(version string, options ...with) *Mac {
	return start(version, append([]with{person("boss", admin, holder), person("lea", holder), person("tim")}, options...)...)
}

// escrowing recovery keys.
func keysEscrowed(m *Mac) { enrolled(ADE)(m); m.FileVault.EscrowProfile = true }

// Turning FileVault on and off.
func TestFileVault(t *testing.T) {
	t.Parallel()
	onBy := func(user string) *FileVaultOn { return &FileVaultOn{User: user} }
	testRules(t, []ruleCase{
		{"a holder", fileVault("15.7.1"), []Event{onBy("lea")}, "filevault: on, key 1; lea: token"},
		{"A15: a user without a token", fileVault("15.7.1"), []Event{refused{onBy("tim"), NeedsToken}}, "filevault: off; tim: none"},
		{"whose token drifted", fileVault("15.7.1", person("dee", drifted)), []Event{refused{onBy("dee"), NeedsToken}}, "filevault: off"},
		{"a wrong password", fileVault("15.7.1"), []Event{refused{&FileVaultOn{User: "lea", Password: new("x")}, WrongPassword}}, "filevault: off"},
		{"nobody", fileVault("15.7.1"), []Event{refused{onBy("ghost"), UnknownAccount}}, "filevault: off"},
		{"twice", fileVault("15.7.1"), []Event{onBy("lea"), refused{onBy("boss"), FileVaultIsOn}}, "filevault: on, key 1"},
		{"a T2 is done at once", fileVault("10.15.7", on(T2)), []Event{onBy("lea")}, "filevault: on, key 1"},
		{"an Intel Mac takes its time", fileVault("10.15.7"), []Event{onBy("lea")}, "filevault: encrypting, key 1"},
		{"and ends some day", fileVault("10.15.7"), []Event{onBy("lea"), &Encrypted{Percent: 40}, &Encrypted{}}, "filevault: on, key 1"},
		{"the key goes to the server", fileVault("15.7.1", keysEscrowed), []Event{onBy("lea")}, "filevault: on, key 1, escrowed 1"},
		{"a key from before the profile does not", fileVault("15.7.1", enrolled(ADE)), []Event{onBy("lea"), &EscrowKeys{}}, "filevault: on, key 1"},
		{"with the account in iCloud instead", fileVault("15.7.1"), []Event{&FileVaultOn{User: "lea", ICloud: true}}, "filevault: on, icloud"},
		{"off: tokens stay", fileVault("15.7.1", enrolled(ADE), encrypted, escrowed), []Event{&FileVaultOff{User: "lea"}}, "filevault: off, key 1; lea: token; boss: token; valid: true"},
		{"off, on Intel", fileVault("10.15.7", encrypted), []Event{&FileVaultOff{User: "lea"}, &Encrypted{}}, "filevault: off, key 1; lea: token"},
		{"off, with the key", fileVault("15.7.1", encrypted), []Event{&FileVaultOff{Key: rightKey}}, "filevault: off, key 1"},
		{"off, with a wrong key", fileVault("15.7.1", encrypted), []Event{refused{&FileVaultOff{Key: "AAAA"}, WrongKey}}, "filevault: on, key 1"},
		{"off, with a wrong password", fileVault("15.7.1", encrypted), []Event{refused{&FileVaultOff{User: "lea", Password: new("x")}, WrongPassword}}, "filevault: on, key 1"},
		{"off, by who is not listed", fileVault("15.7.1", encrypted), []Event{refused{&FileVaultOff{User: "tim"}, NotListed}}, "filevault: on, key 1"},
		{"off, when it is", fileVault("15.7.1"), []Event{refused{&FileVaultOff{User: "lea"}, FileVaultIsOff}}, "filevault: off"},
		{"the key of an earlier time is kept", fileVault("15.7.1"), []Event{onBy("lea"), &FileVaultOff{User: "lea"}, onBy("lea")}, "filevault: on, key 1"},
		{"nothing in progress", fileVault("15.7.1"), []Event{senseless{&Encrypted{}, "nothing is being"}}, "filevault: off"},
		{"more than all", fileVault("10.15.7"), []Event{onBy("lea"), senseless{&Encrypted{Percent: 101}, "101"}}, "filevault: encrypting, key 1"},
	})
}

// FileVault that is put off to the login or logout of a holder.
func TestFileVaultDeferred(t *testing.T) {
	t.Parallel()
	testRules(t, []ruleCase{
		{"at a holder's login", fileVault("15.7.1"), []Event{&FileVaultDefer{}, &Login{User: "lea"}}, "filevault: on, key 1"},
		{"at the logout", fileVault("15.7.1"), []Event{&Login{User: "lea"}, &FileVaultDefer{}, &Logout{}}, "filevault: on, key 1; console: "},
		{"not for who has no token", fileVault("15.7.1"), []Event{&FileVaultDefer{}, &Login{User: "tim"}, &Logout{}}, "filevault: off, deferred"},
		{"for who gets one by that login", managedMac("15.7.1"), []Event{&FileVaultDefer{}, &Login{User: "lea"}}, "filevault: on, key 1; lea: token"},
		{"not by SSH", fileVault("15.7.1"), []Event{&FileVaultDefer{}, &Login{User: "lea", Via: SSH}}, "filevault: off, deferred"},
		{"for another one", fileVault("15.7.1"), []Event{&FileVaultDefer{User: "boss"}, &Login{User: "lea"}}, "filevault: off, deferred"},
		{"for that one", fileVault("15.7.1"), []Event{&FileVaultDefer{User: "boss"}, &Login{User: "boss"}}, "filevault: on, key 1"},
		{"not any more", fileVault("15.7.1"), []Event{&FileVaultDefer{}, &FileVaultDefer{Off: true}, &Login{User: "lea"}}, "filevault: off"},
		{"when it is on", fileVault("15.7.1", encrypted), []Event{refused{&FileVaultDefer{}, FileVaultIsOn}}, "filevault: on, key 1"},
		{"for nobody that is known", fileVault("15.7.1"), []Event{refused{&FileVaultDefer{User: "ghost"}, UnknownAccount}}, "filevault: off"},
	})
}

// FileVault in Setup Assistant: for an administrator since 14, for a standard
// user since 14.4.
func TestFileVaultInSetupAssistant(t *testing.T) {
	t.Parallel()
	box := func(version string) *Mac { return start(version, boxed, enrolled(ADE)) }
	administrator := []Event{&Configure{FileVault: true}, &SetUp{User: "lea"}}
	standard := []Event{&Configure{Admin: "ladmin", PrimaryStandard: true, FileVault: true}, &SetUp{User: "lea"}}
	testRules(t, []ruleCase{
		{"13", box("13.6"), administrator, "filevault: off"},
		{"14, administrator", box("14.0"), administrator, "filevault: on, key 1; lea: token"},
		{"14, standard", box("14.3"), standard, "filevault: off; lea: token"},
		{"14.4, standard", box("14.4"), standard, "filevault: on, key 1"},
		{"26, standard", box("26.1"), standard, "filevault: on, key 1"},
		{"not asked for", box("26.1"), []Event{&SetUp{User: "lea"}}, "filevault: off"},
	})
}

// Who may unlock: fdesetup add and remove.
func TestFileVaultUsers(t *testing.T) {
	t.Parallel()
	add := &FileVaultAdd{User: "lea", Unlocker: "boss"}
	out := &FileVaultRemove{User: "lea"}
	testRules(t, []ruleCase{
		{"removed: the token stays", fileVault("15.7.1", encrypted), []Event{out}, "lea: token, not listed"},
		{"removed: cannot start the Mac", fileVault("15.7.1", encrypted), []Event{out, &Restart{}, refused{&Unlock{User: "lea"}, NotListed}}, "phase: locked"},
		{"removed: nor let others in", fileVault("15.7.1", encrypted), []Event{out, refused{&FileVaultAdd{User: "tim", Unlocker: "lea"}, GranterNoToken}}, "tim: none"},
		{"removed by GUID", fileVault("15.7.1", encrypted), []Event{&FileVaultRemove{User: "AAAAAAAA-0000-0000-0000-000000000002"}}, "lea: token, not listed"},
		{"removed on 10.13: still shown", fileVault("10.13.6", encrypted), []Event{out}, "lea: token, not listed, at the window"},
		{"removed on 10.13, until it is updated", fileVault("10.13.6", encrypted), []Event{out, &UpdatePreboot{}}, "lea: token, not listed"},
		{"not the last one", fileVault("15.7.1", encrypted), []Event{out, refused{&FileVaultRemove{User: "boss"}, LastOne}}, "boss: token"},
		{"nobody", fileVault("15.7.1", encrypted), []Event{refused{&FileVaultRemove{User: "tim"}, NotListed}}, "lea: token"},
		{"FileVault off", fileVault("15.7.1"), []Event{refused{out, FileVaultIsOff}}, "lea: token"},
		{"added again", fileVault("15.7.1", encrypted), []Event{out, add}, "lea: token"},
		{"added, a user without a token", fileVault("15.7.1", encrypted), []Event{&FileVaultAdd{User: "tim", Unlocker: "boss"}}, "tim: token; tim.opens: tim-pw"},
		{"added with the key", fileVault("15.7.1", encrypted), []Event{out, &FileVaultAdd{User: "lea", Key: rightKey}}, "lea: token"},
		{"added with a wrong key", fileVault("15.7.1", encrypted), []Event{out, refused{&FileVaultAdd{User: "lea", Key: "AAAA"}, WrongKey}}, "lea: token, not listed"},
		{"added with a wrong password", fileVault("15.7.1", encrypted), []Event{refused{&FileVaultAdd{User: "tim", Password: new("x"), Unlocker: "boss"}, WrongPassword}}, "tim: none"},
		{"added with another's wrong password", fileVault("15.7.1", encrypted), []Event{refused{&FileVaultAdd{User: "tim", Unlocker: "boss", UnlockPassword: new("x")}, GranterPassword}}, "tim: none"},
		{"added by who has no token", fileVault("15.7.1", encrypted, person("it", admin)), []Event{refused{&FileVaultAdd{User: "tim", Unlocker: "it"}, GranterNoToken}}, "tim: none"},
		{"added by nobody", fileVault("15.7.1", encrypted), []Event{refused{&FileVaultAdd{User: "tim"}, GranterUnknown}}, "tim: none"},
		{"added, nobody", fileVault("15.7.1", encrypted), []Event{refused{&FileVaultAdd{User: "ghost", Unlocker: "boss"}, UnknownAccount}}, "ghost: gone"},
		{"added, a network account", fileVault("15.7.1", encrypted, person("ned", network)), []Event{refused{&FileVaultAdd{User: "ned", Unlocker: "boss"}, NeedsToken}}, "ned: none"},
		{"added on HFS+", start("10.13.6", hfs, encrypted, person("tim")), []Event{refused{&FileVaultAdd{User: "tim", Key: rightKey}, NeedsToken}}, "tim: none"},
		{"added, FileVault off", fileVault("15.7.1"), []Event{refused{add, FileVaultIsOff}}, "lea: token"},
		{"with a former password", fileVault("15.7.1", encrypted), []Event{&ResetPassword{User: "boss", New: "n", By: ByHash}, &FileVaultAdd{User: "tim", Unlocker: "boss", UnlockPassword: new("boss-pw")}}, "tim: token; boss: token, drifted"},
		{"updatePreboot needs APFS", start("10.13.6", hfs), []Event{refused{&UpdatePreboot{}, NotPermitted}}, "holders: 0"},
	})
}

// The recovery key: rotated, escrowed, removed.
func TestRecoveryKey(t *testing.T) {
	t.Parallel()
	change := &ChangeKey{User: "lea"}
	testRules(t, []ruleCase{
		{"a new one", fileVault("15.7.1", encrypted), []Event{change}, "filevault: on, key 2"},
		{"a new one for the server", fileVault("15.7.1", encrypted, enrolled(ADE)), []Event{&EscrowKeys{}, change}, "filevault: on, key 2, escrowed 2"},
		{"with the old one", fileVault("15.7.1", encrypted), []Event{&ChangeKey{Key: rightKey}}, "filevault: on, key 2"},
		{"and the server's is stale", fileVault("15.7.1", encrypted, keysEscrowed), []Event{change, &EscrowKeys{Off: true}, change}, "filevault: on, key 3, escrowed 2"},
		{"wrong password", fileVault("15.7.1", encrypted), []Event{refused{&ChangeKey{User: "lea", Password: new("x")}, WrongPassword}}, "filevault: on, key 1"},
		{"without a token", fileVault("15.7.1", encrypted), []Event{refused{&ChangeKey{User: "tim"}, NotListed}}, "filevault: on, key 1"},
		{"FileVault off", fileVault("15.7.1"), []Event{refused{change, FileVaultIsOff}}, "filevault: off"},
		{"10.13.1 loses it", fileVault("10.13.1", encrypted), []Event{refused{&ChangeKey{User: "lea", Password: new("x")}, WrongPassword}}, "filevault: on"},
		{"10.13.2 does not", fileVault("10.13.2", encrypted), []Event{refused{&ChangeKey{User: "lea", Password: new("x")}, WrongPassword}}, "filevault: on, key 1"},
		{"removed", fileVault("15.7.1", encrypted), []Event{&RemoveKey{User: "lea"}, &Restart{}, refused{&Unlock{Key: rightKey}, WrongKey}}, "filevault: on; phase: locked"},
		{"not removed with a wrong key", fileVault("15.7.1", encrypted), []Event{refused{&RemoveKey{Key: "AAAA"}, WrongKey}}, "filevault: on, key 1"},
		{"removed, FileVault off", fileVault("15.7.1"), []Event{refused{&RemoveKey{User: "lea"}, FileVaultIsOff}}, "filevault: off"},
		{"no server to escrow it", fileVault("15.7.1"), []Event{refused{&EscrowKeys{}, NotEnrolledYet}}, "filevault: off"},
	})
	m := fileVault("15.7.1", encrypted)
	former := m.RecoveryKeyText()
	removed := fileVault("15.7.1")
	play(t, removed, &FileVaultOn{User: "lea"}, &RemoveKey{User: "lea"})
	if len(removed.CryptoOrder) != 0 {
		t.Errorf("the volume remembers %v", removed.CryptoOrder)
	}
	play(t, m, change, &Restart{}, refused{&Unlock{Key: former}, WrongKey})
	play(t, m, &Unlock{Key: m.RecoveryKeyText()})
}

// Starting a Mac: at the FileVault window or not, and who gets further.
func TestStart(t *testing.T) {
	t.Parallel()
	testRules(t, []ruleCase{
		{"FileVault off", fileVault("15.7.1"), []Event{&Login{User: "lea"}, &Restart{}}, "phase: running; console: "},
		{"FileVault on", fileVault("15.7.1", encrypted), []Event{&Login{User: "lea"}, &Restart{}}, "phase: locked; console: "},
		{"encrypting", fileVault("10.15.7"), []Event{&FileVaultOn{User: "lea"}, &Restart{}}, "phase: locked"},
		{"decrypting", fileVault("10.15.7", encrypted), []Event{&FileVaultOff{User: "lea"}, &Restart{}}, "phase: running"},
		{"nothing logs in at that window", fileVault("15.7.1", encrypted), []Event{&Restart{}, senseless{&Login{User: "lea"}, "the Mac is locked"}}, "phase: locked"},
		{"A4: who unlocks is logged in", fileVault("15.7.1", encrypted), []Event{&Restart{}, &Unlock{User: "lea"}}, "phase: running; console: lea; lea.logins: 1"},
		{"A8: who has no token is refused there", fileVault("15.7.1", encrypted), []Event{&Restart{}, refused{&Unlock{User: "tim"}, NotListed}}, "phase: locked"},
		{"the recovery key logs nobody in", fileVault("15.7.1", encrypted), []Event{&Restart{}, &Unlock{User: "lea", Key: rightKey}}, "phase: running; console: "},
		{"nobody", fileVault("15.7.1", encrypted), []Event{&Restart{}, refused{&Unlock{User: "ghost"}, UnknownAccount}}, "phase: locked"},
		{"a wrong password", fileVault("15.7.1", encrypted), []Event{&Restart{}, refused{&Unlock{User: "lea", Password: new("x")}, WrongPassword}}, "phase: locked"},
		{"nothing is locked", fileVault("15.7.1"), []Event{senseless{&Unlock{User: "lea"}, "FileVault window"}}, "phase: running"},
		{"26: by SSH, without a session", fileVault("26.0", encrypted), []Event{&Restart{}, &Unlock{User: "lea", SSH: true}}, "phase: running; console: ; lea.logins: 0"},
		{"26: by SSH, with the token's password", fileVault("26.0", encrypted), []Event{&ResetPassword{User: "lea", New: "n", By: ByHash}, &Restart{}, refused{&Unlock{User: "lea", SSH: true, Password: new("n")}, WrongPassword}, &Unlock{User: "lea", SSH: true, Password: new("lea-pw")}}, "phase: running"},
		{"15: nothing answers SSH", fileVault("15.7.1", encrypted), []Event{&Restart{}, refused{&Unlock{User: "lea", SSH: true}, ServerUnreachable}}, "phase: locked"},
		{
			"a shut account opens the volume, and gets no session", fileVault("15.7.1", encrypted),
			[]Event{&Disable{User: "lea"}, &Restart{}, &Unlock{User: "lea"}},
			"phase: running; console: ",
		},
		{
			"the Bootstrap Token is escrowed on the way", escrowing("15.7.1", ADE, encrypted),
			[]Event{&Restart{}, &Unlock{User: "boss"}},
			valid,
		},
		{"nobody to log out", fileVault("15.7.1"), []Event{senseless{&Logout{}, "nobody"}}, "console: "},
		{"one behind the other", fileVault("15.7.1"), []Event{&Login{User: "lea"}, &Login{User: "tim"}, &Logout{}, &Login{User: "lea"}}, "console: lea"},
		{"an unknown way", fileVault("15.7.1"), []Event{senseless{&Login{User: "lea", Via: "dream"}, "via:"}}, "console: "},
		{"an unknown user", fileVault("15.7.1"), []Event{refused{&Login{User: "ghost"}, UnknownAccount}}, "console: "},
		{"a key wants no password", fileVault("15.7.1"), []Event{&Login{User: "lea", Via: SSHKey, Password: new("x")}}, "lea: token"},
	})
}
