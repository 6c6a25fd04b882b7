package state

import "testing"

// passwords is a Mac with a token administrator, an administrator and a user
// with tokens, and two without.
func passwords(version string, options ...with) *Mac {
	return start(version, append([]with{
		person("boss", admin, holder), person("lea", holder),
		person("it", admin), person("tim"), person("dee", admin, drifted),
	}, options...)...)
}

const (
	same    = "lea: token; lea.password: lea-pw; lea.opens: lea-pw; lea.keychain: "
	drifts  = "lea: token, drifted; lea.password: new; lea.opens: lea-pw"
	follows = "lea: token; lea.password: new; lea.opens: new"
)

// What a change of the password makes of the token: the drift machine.
func TestPasswordOfAHolder(t *testing.T) {
	t.Parallel()
	var cases []ruleCase
	for _, version := range []string{"10.13.6", "10.14.6", "10.15.7", "11.0", "14.4", "15.7.1", "26.1"} {
		cases = append(cases, []ruleCase{
			{"the user", passwords(version), []Event{&ChangePassword{User: "lea", New: "new"}}, follows + "; lea.keychain: "},
			{"the user, wrongly", passwords(version), []Event{refused{&ChangePassword{User: "lea", Old: new("x"), New: "new"}, WrongPassword}}, same},
			{"nobody", passwords(version), []Event{refused{&ChangePassword{User: "ghost", New: "new"}, UnknownAccount}}, same},
			{"A11: an administrator with a token", passwords(version), []Event{&ResetPassword{User: "lea", New: "new", Granter: "boss"}}, follows + "; lea.keychain: lea-pw"},
			{"an administrator with a token, wrongly", passwords(version), []Event{refused{&ResetPassword{User: "lea", New: "new", Granter: "boss", GranterPassword: new("x")}, GranterPassword}}, same},
			{"A6: an administrator without a token", passwords(version), []Event{refused{&ResetPassword{User: "lea", New: "new", Granter: "it"}, NeedsToken}}, same},
			{"an administrator whose token drifted", passwords(version), []Event{refused{&ResetPassword{User: "lea", New: "new", Granter: "dee"}, NeedsToken}}, same},
			{"a standard user", passwords(version), []Event{refused{&ResetPassword{User: "tim", New: "new", Granter: "lea"}, GranterNotAdmin}}, "tim.password: tim-pw"},
			{"an unknown administrator", passwords(version), []Event{refused{&ResetPassword{User: "lea", New: "new", Granter: "ghost"}, GranterUnknown}}, same},
			{"a hash", passwords(version), []Event{&ResetPassword{User: "lea", New: "new", By: ByHash}}, drifts},
			{"A9, A12: an agent", passwords(version), []Event{&ResetPassword{User: "lea", New: "new", By: ByAgent}}, drifts + "; lea.keychain: lea-pw"},
			{
				"who drifted cannot change it", passwords(version),
				[]Event{refused{&ChangePassword{User: "dee", New: "new"}, NeedsToken}},
				"dee: token, drifted; dee.password: dee-pw",
			},
			{
				"nor grant a token", passwords(version), []Event{refused{&TokenOn{User: "tim", Granter: "dee"}, GranterNoToken}}, "tim: none",
			},
			{
				"preboot does not repair it", passwords(version),
				[]Event{&ResetPassword{User: "lea", New: "new", By: ByHash}, &UpdatePreboot{}, &FileVaultSync{}},
				drifts,
			},
			{
				"A11: an administrator repairs it", passwords(version),
				[]Event{&ResetPassword{User: "lea", New: "x", By: ByHash}, &ResetPassword{User: "lea", New: "new", Granter: "boss"}},
				follows,
			},
			{
				"A14: the former password repairs it", passwords(version),
				[]Event{&ResetPassword{User: "lea", New: "new", By: ByHash}, &Login{User: "lea", Old: new("lea-pw")}},
				follows,
			},
			{
				"A14: and then it can be changed", passwords(version),
				[]Event{&ResetPassword{User: "lea", New: "x", By: ByHash}, &Login{User: "lea", Old: new("lea-pw")}, &ChangePassword{User: "lea", New: "new"}},
				follows,
			},
		}...)
	}
	testRules(t, numbered(cases))
}

// Root without credentials: refused on a token holder since 10.14, a drift
// before; and no obstacle where there is no token.
func TestPasswordByRoot(t *testing.T) {
	t.Parallel()
	var cases []ruleCase
	for _, by := range []Resetter{ByRoot, ByRootDscl, ByRootPasswd} {
		holderEvent := &ResetPassword{User: "lea", New: "new", By: by}
		other := &ResetPassword{User: "tim", New: "new", By: by}
		for _, version := range []string{"10.14", "10.14.6", "10.15.7", "11.0", "15.7.1", "26.1"} {
			cases = append(cases,
				ruleCase{string(by) + ": holder", passwords(version), []Event{refused{holderEvent, NeedsToken}}, same},
				ruleCase{string(by) + ": nobody's token", passwords(version), []Event{other}, "tim: none; tim.password: new; tim.keychain: tim-pw"},
			)
		}
		cases = append(cases,
			ruleCase{string(by) + ": holder", passwords("10.13.6"), []Event{holderEvent}, drifts},
			ruleCase{string(by) + ": nobody's token", passwords("10.13.6"), []Event{other}, "tim: none; tim.password: new"},
			ruleCase{string(by) + ": the only holder", start("26.1", person("lea", holder)), []Event{refused{holderEvent, NeedsToken}}, same},
		)
	}
	testRules(t, numbered(cases))
}

// Lilies1 and Roses2: FileVault wants the old password until the token has
// learnt the new one.
func TestDriftAtFileVault(t *testing.T) {
	t.Parallel()
	reset := func(by Resetter) *ResetPassword {
		return &ResetPassword{User: "lea", New: "Roses2", By: by}
	}
	lilies := func(a *Account) { a.Password = "Lilies1"; holder(a) }
	mac := func(options ...with) *Mac {
		return start("15.7.1", append([]with{enrolled(ADE), encrypted, person("lea", lilies), person("boss", admin, holder)}, options...)...)
	}
	testRules(t, []ruleCase{
		{
			"A9: the new one opens nothing", mac(),
			[]Event{reset(ByAgent), &Restart{}, refused{&Unlock{User: "lea", Password: new("Roses2")}, WrongPassword}},
			"phase: locked; lea: token, drifted",
		},
		{
			"A9: the old one opens the volume, not the session", mac(),
			[]Event{reset(ByAgent), &Restart{}, &Unlock{User: "lea", Password: new("Lilies1")}, refused{&Login{User: "lea", Password: new("Lilies1")}, WrongPassword}},
			"phase: running; console: ; lea: token, drifted",
		},
		{
			"A12: a login before any restart repairs it", mac(escrowed),
			[]Event{reset(ByAgent), &Login{User: "lea", Password: new("Roses2")}, &Restart{}, &Unlock{User: "lea", Password: new("Roses2")}},
			"phase: running; console: lea; lea: token; lea.opens: Roses2; lea.keychain: Lilies1",
		},
		{
			"A12: not without a valid Bootstrap Token", mac(escrowed, server(unlucky)),
			[]Event{reset(ByAgent), &Login{User: "lea", Password: new("Roses2")}, &Restart{}, refused{&Unlock{User: "lea", Password: new("Roses2")}, WrongPassword}},
			"phase: locked; lea: token, drifted; lea.opens: Lilies1",
		},
		{
			"A12: nor by SSH", mac(escrowed),
			[]Event{reset(ByAgent), &Login{User: "lea", Via: SSH}},
			"lea: token, drifted",
		},
		{
			"A10, A15: another holder unlocks, and resets it properly", mac(),
			[]Event{reset(ByAgent), &Restart{}, &Unlock{User: "boss"}, &ResetPassword{User: "lea", New: "Tulips3", Granter: "boss"}, &Restart{}, &Unlock{User: "lea", Password: new("Tulips3")}},
			"phase: running; console: lea; lea: token",
		},
		{
			"A10: a shared password that is changed later", mac(),
			[]Event{&Restart{}, &Unlock{User: "boss"}, &ChangePassword{User: "boss", New: "n"}, &Restart{}, refused{&Unlock{User: "boss", Password: new("boss-pw")}, WrongPassword}, &Unlock{User: "boss", Password: new("n")}},
			"phase: running; boss: token",
		},
		{"the recovery key opens it too", mac(), []Event{reset(ByAgent), &Restart{}, &Unlock{Key: rightKey}}, "phase: running; console: ; lea: token, drifted"},
		{"a wrong recovery key does not", mac(), []Event{&Restart{}, refused{&Unlock{Key: "AAAA"}, WrongKey}}, "phase: locked"},
	})
}

// SetAutoAdminPassword: of the managed administrator, after an automated
// enrolment; a hash, so that a token drifts.
func TestPasswordByServer(t *testing.T) {
	t.Parallel()
	rotate := &ResetPassword{User: "ladmin", New: "new", By: ByMDMHash}
	mac := func(way Enrolment, options ...with) *Mac {
		return start("15.7.1", append([]with{enrolled(way), person("ladmin", managed), person("lea", holder)}, options...)...)
	}
	testRules(t, []ruleCase{
		{"without a token", mac(ADE), []Event{rotate}, "ladmin: none; ladmin.password: new"},
		{"with one", mac(ADE, escrowed), []Event{&Login{User: "ladmin"}, rotate}, "ladmin: token, drifted; ladmin.opens: ladmin-pw"},
		{"enrolled by hand", mac(ApprovedByUser), []Event{refused{rotate, NotEnrolledYet}}, "ladmin.password: ladmin-pw"},
		{"offline", mac(ADE, offline), []Event{refused{rotate, ServerUnreachable}}, "ladmin.password: ladmin-pw"},
		{"another account", mac(ADE), []Event{refused{&ResetPassword{User: "lea", New: "new", By: ByMDMHash}, NotPermitted}}, same},
		{"an unknown way", mac(ADE), []Event{senseless{&ResetPassword{User: "lea", New: "new", By: "magic"}, "by:"}}, same},
	})
}

// A password that was changed in the directory: the Mac learns of it at the next
// login with the network, the token later.
func TestPasswordOfTheDirectory(t *testing.T) {
	t.Parallel()
	mac := func(options ...with) *Mac {
		return start("15.7.1", append([]with{person("mo", mobile, holder), person("ned", network), person("lea")}, options...)...)
	}
	changed := &DirectoryPassword{User: "mo", New: "new"}
	testRules(t, []ruleCase{
		{"nothing yet", mac(), []Event{changed}, "mo: token; mo.password: mo-pw"},
		{"the next login", mac(), []Event{changed, &Login{User: "mo"}}, "mo: token, drifted; mo.password: new; mo.opens: mo-pw; mo.keychain: mo-pw"},
		{"the old one is refused", mac(), []Event{changed, refused{&Login{User: "mo", Password: new("mo-pw")}, WrongPassword}}, "mo.password: mo-pw"},
		{"unless there is no network", mac(offline), []Event{changed, &Login{User: "mo", Password: new("mo-pw")}}, "mo: token; mo.password: mo-pw"},
		{"or the directory is down", mac(func(m *Mac) { m.Directory.Down = true }), []Event{changed, &Login{User: "mo", Password: new("mo-pw")}}, "mo.password: mo-pw"},
		{"or its record has vanished", mac(person("may", mobile, holder, func(a *Account) { a.OffNode = true })), []Event{&DirectoryPassword{User: "may", New: "new"}, &Login{User: "may", Password: new("may-pw")}}, "may: token"},
		{"the old one is typed as well", mac(), []Event{changed, &Login{User: "mo", Old: new("mo-pw")}}, "mo: token; mo.opens: new"},
		{"a valid Bootstrap Token", mac(enrolled(ADE), escrowed), []Event{changed, &Login{User: "mo"}}, "mo: token; mo.opens: new"},
		{
			"FileVault wants the old one until then", mac(encrypted),
			[]Event{changed, &Restart{}, &Unlock{User: "mo", Password: new("mo-pw")}},
			"phase: running; console: ; mo: token",
		},
		{"a network account needs the network", mac(offline), []Event{refused{&Login{User: "ned"}, NoNetwork}}, "ned: none"},
		{"not of a local account", mac(), []Event{senseless{&DirectoryPassword{User: "lea", New: "n"}, "directory"}}, "lea.password: lea-pw"},
	})
}

// recoveryOS: a new password, and a token that opens with it.
func TestPasswordInRecovery(t *testing.T) {
	t.Parallel()
	reset := &RecoveryReset{User: "lea", New: "new"}
	lock := func(m *Mac) { m.Security.RecoveryLock = "secret" }
	testRules(t, []ruleCase{
		{"A7: FileVault off", passwords("15.7.1"), []Event{reset}, follows + "; lea.keychain: lea-pw"},
		{"A7: a user without a token", passwords("15.7.1"), []Event{&RecoveryReset{User: "tim", New: "new"}}, "tim: token; tim.opens: new"},
		{"A7: on a Mac without any holder", start("10.14.6", person("a"), person("b")), []Event{&RecoveryReset{User: "a", New: "new"}}, "a: token; b: none"},
		{"A7: FileVault on, with the key", passwords("15.7.1", encrypted), []Event{&RecoveryReset{User: "lea", New: "new", Key: rightKey}}, follows + "; phase: locked"},
		{"A7: FileVault on, another user", passwords("15.7.1", encrypted), []Event{&RecoveryReset{User: "lea", New: "new", Unlocker: "boss"}}, follows},
		{"A7: FileVault on, key unknown", passwords("15.7.1", encrypted), []Event{refused{&RecoveryReset{User: "lea", New: "new", Key: "AAAA"}, WrongKey}}, same},
		{"FileVault on, with nothing", passwords("15.7.1", encrypted), []Event{refused{reset, UnknownAccount}}, same},
		{"FileVault on, another user's wrong password", passwords("15.7.1", encrypted), []Event{refused{&RecoveryReset{User: "lea", New: "new", Unlocker: "boss", UnlockPassword: new("x")}, WrongPassword}}, same},
		{"FileVault on, another user without a token", passwords("15.7.1", encrypted), []Event{refused{&RecoveryReset{User: "lea", New: "new", Unlocker: "tim"}, NotListed}}, same},
		{"recovery lock", passwords("15.7.1", lock), []Event{refused{reset, NotPermitted}}, same},
		{"recovery lock, and its password", passwords("15.7.1", lock), []Event{&RecoveryReset{User: "lea", New: "new", RecoveryLock: "secret"}}, follows},
		{"from the window of FileVault", passwords("15.7.1", encrypted), []Event{&Restart{}, &RecoveryReset{User: "lea", New: "new", Key: rightKey}, &Unlock{User: "lea", Password: new("new")}}, follows + "; console: lea"},
		{"HFS+", start("10.13.6", hfs, person("lea")), []Event{reset}, "lea: none; lea.password: new"},
		{"network account", passwords("15.7.1", person("ned", network)), []Event{&RecoveryReset{User: "ned", New: "new"}}, "ned: none"},
		{"nobody", passwords("15.7.1"), []Event{refused{&RecoveryReset{User: "ghost", New: "new"}, UnknownAccount}}, same},
		{"in Setup Assistant", start("15.7.1", boxed), []Event{senseless{reset, "not running"}}, "phase: setup_assistant"},
	})
}

// The account policy, and the account that is shut.
func TestPasswordPolicy(t *testing.T) {
	t.Parallel()
	long := func(m *Mac) { m.Policy.MinLength = 8 }
	strict := func(m *Mac) { m.Policy.MaxFailures = 2 }
	wrong := refused{&Login{User: "lea", Password: new("x")}, WrongPassword}
	testRules(t, []ruleCase{
		{"change", passwords("15.7.1", long), []Event{refused{&ChangePassword{User: "lea", New: "short"}, PasswordPolicy}}, same},
		{"letters are counted, not bytes", passwords("15.7.1", long), []Event{refused{&ChangePassword{User: "lea", New: "äöüß"}, PasswordPolicy}}, same},
		{"long enough", passwords("15.7.1", long), []Event{&ChangePassword{User: "lea", New: "long enough"}}, "lea.opens: long enough"},
		{"reset", passwords("15.7.1", long), []Event{refused{&ResetPassword{User: "lea", New: "short", Granter: "boss"}, PasswordPolicy}}, same},
		{"root", passwords("15.7.1", long), []Event{refused{&ResetPassword{User: "tim", New: "short", By: ByRoot}, PasswordPolicy}}, "tim.password: tim-pw"},
		{"new account", passwords("15.7.1", long), []Event{refused{&Create{User: "new", Password: new("short")}, PasswordPolicy}}, "new: gone"},
		{"too many failures", passwords("15.7.1", strict), []Event{wrong, wrong, refused{&Login{User: "lea"}, AccountDisabled}}, "lea.logins: 0"},
		{"a right one in between", passwords("15.7.1", strict), []Event{wrong, &Login{User: "lea"}, wrong, &Login{User: "lea"}}, "lea.logins: 2"},
		{"shut", passwords("15.7.1"), []Event{&Disable{User: "lea"}, refused{&Login{User: "lea"}, AccountDisabled}}, same},
		{"open again", passwords("15.7.1"), []Event{&Disable{User: "lea"}, &Disable{User: "lea", Off: true}, &Login{User: "lea"}}, same},
	})
}
