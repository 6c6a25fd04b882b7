package state

import "testing"

// The first token of 10.13 and 10.14: at a login or any check of a password, for
// the only account with a user ID of 500 or more.
func TestFirstTokenBeforeCatalina(t *testing.T) {
	t.Parallel()
	var cases []ruleCase
	for _, version := range []string{"10.13", "10.13.4", "10.14", "10.14.6"} {
		cases = append(cases, []ruleCase{
			{"login", start(version, person("lea")), []Event{&Login{User: "lea"}}, "lea: token; lea.opens: lea-pw"},
			{"check", start(version, person("lea", admin)), []Event{&Authenticate{User: "lea"}}, "lea: token"},
			{"login over the network", start(version, person("lea")), []Event{&Login{User: "lea", Via: SSH}}, "lea: token"},
			{"wrong password", start(version, person("lea")), []Event{refused{&Login{User: "lea", Password: new("x")}, WrongPassword}}, "lea: none"},
			{"wrong password in a check", start(version, person("lea")), []Event{refused{&Authenticate{User: "lea", Password: new("x")}, WrongPassword}}, "lea: none"},
			{"a set password is no login", start(version), []Event{&Create{User: "lea"}, &ResetPassword{User: "lea", New: "n", By: ByRootDscl}}, "lea: none"},
			{"low user ID", start(version, person("lea", uid(499))), []Event{&Login{User: "lea"}}, "lea: none"},
			{"one with a low ID does not count", start(version, person("mgmt", uid(499), admin), person("lea")), []Event{&Login{User: "lea"}}, "lea: token; mgmt: none"},
			{
				"two accounts, and nobody ever", start(version, person("lea", admin), person("tim")),
				[]Event{&Login{User: "lea"}, &Login{User: "tim"}, &Authenticate{User: "lea"}},
				"lea: none; tim: none",
			},
			{
				"the second one comes too late", start(version, person("lea", admin)),
				[]Event{&Login{User: "lea"}, &Create{User: "tim"}, &Login{User: "tim"}},
				"lea: token; tim: none",
			},
			{"the tag has no meaning yet", start(version, person("lea", tagged)), []Event{&Login{User: "lea"}}, "lea: token; lea.tagged: true"},
			{"HFS+", start(version, hfs, person("lea")), []Event{&Login{User: "lea"}, &Authenticate{User: "lea"}}, "lea: none"},
			{"Setup Assistant", start(version, boxed), []Event{&SetUp{User: "lea"}}, "lea: token"},
		}...)
	}
	testRules(t, numbered(cases))
}

// numbered keeps the names of rows apart that stand in the table of every band.
func numbered(cases []ruleCase) []ruleCase {
	for i := range cases {
		cases[i].name = cases[i].mac.OS.Version + " " + cases[i].name
	}
	return cases
}

// Since 10.14.2 an administrator without a token can begin, where nobody has one.
func TestFirstTokenFromAnAdministratorWithoutOne(t *testing.T) {
	t.Parallel()
	grant := &TokenOn{User: "tim", Granter: "lea"}
	testRules(t, numbered([]ruleCase{
		{"both", start("10.14.2", person("lea", admin), person("tim")), []Event{grant}, "lea: token; tim: token"},
		{"both", start("10.14.6", person("lea", admin), person("tim")), []Event{grant}, "lea: token; tim: token"},
		{"neither", start("10.14.1", person("lea", admin), person("tim")), []Event{refused{grant, GranterNoToken}}, "lea: none; tim: none"},
		{"neither", start("10.13.6", person("lea", admin), person("tim")), []Event{refused{grant, GranterNoToken}}, "lea: none; tim: none"},
		{"no administrator", start("10.14.6", person("lea"), person("tim")), []Event{refused{grant, GranterNotAdmin}}, "lea: none; tim: none"},
		{
			"not once somebody holds one", start("10.14.6", person("lea", admin), person("tim"), person("kim", holder)),
			[]Event{refused{grant, GranterNoToken}},
			"lea: none; tim: none; kim: token",
		},
		{"HFS+", start("10.14.6", hfs, person("lea", admin), person("tim")), []Event{refused{grant, NotPermitted}}, "lea: none; tim: none"},
	}))
}

// The first token of 10.15: at a login or a check, for an administrator or a
// mobile account.
func TestFirstTokenInCatalina(t *testing.T) {
	t.Parallel()
	var cases []ruleCase
	for _, version := range []string{"10.15", "10.15.3", "10.15.4", "10.15.7"} {
		cases = append(cases, []ruleCase{
			{"login", start(version, person("lea", admin)), []Event{&Login{User: "lea"}}, "lea: token"},
			{"check", start(version, person("lea", admin)), []Event{&Authenticate{User: "lea"}}, "lea: token"},
			{"any user ID", start(version, person("lea", admin, uid(450))), []Event{&Login{User: "lea"}}, "lea: token"},
			{"others beside", start(version, person("tim"), person("lea", admin)), []Event{&Login{User: "lea"}}, "lea: token; tim: none"},
			{"a standard user waits", start(version, person("tim"), person("lea", admin)), []Event{&Login{User: "tim"}}, "tim: none"},
			{"until an administrator comes", start(version, person("tim"), person("lea", admin)), []Event{&Login{User: "tim"}, &Login{User: "lea"}, &Login{User: "tim"}}, "tim: none; lea: token"},
			{"a set password is no login", start(version), []Event{&Create{User: "lea", Admin: true}, &ResetPassword{User: "lea", New: "n", By: ByRootDscl}}, "lea: none"},
			{"mobile account", start(version, bound), []Event{&CreateMobile{User: "mo"}}, "mo: token"},
			{"mobile account that was there", start(version, person("mo", mobile)), []Event{&Login{User: "mo"}}, "mo: token"},
			{"the second mobile account", start(version, bound), []Event{&CreateMobile{User: "mo"}, &CreateMobile{User: "may", Bypass: true}}, "mo: token; may: none"},
			{"network account", start(version, bound), []Event{&CreateMobile{User: "ned", NotCached: true, Admin: true}, &Login{User: "ned"}}, "ned: none"},
			{"FileVault, by an administrator", start(version, person("lea", admin)), []Event{&FileVaultOn{User: "lea"}}, "lea: token"},
			{"FileVault, by a mobile account", start(version, person("mo", mobile)), []Event{&FileVaultOn{User: "mo"}}, "mo: token"},
			{"FileVault, by a standard user", start(version, person("tim")), []Event{refused{&FileVaultOn{User: "tim"}, NeedsToken}}, "tim: none; filevault: off"},
			{"FileVault, by a network account", start(version, person("ned", network, admin)), []Event{refused{&FileVaultOn{User: "ned"}, NeedsToken}}, "ned: none; filevault: off"},
			{"FileVault, on HFS+", start(version, hfs, person("lea", admin)), []Event{refused{&FileVaultOn{User: "lea"}, NeedsToken}}, "lea: none; filevault: off"},
			{"the tag has no meaning yet", start(version, person("lea", admin, tagged)), []Event{&Login{User: "lea"}}, "lea: token"},
			{"HFS+", start(version, hfs, person("lea", admin)), []Event{&Login{User: "lea"}}, "lea: none"},
			{"a key is no password", start(version, person("lea", admin)), []Event{&Login{User: "lea", Via: SSHKey}}, "lea: none"},
		}...)
	}
	testRules(t, numbered(cases))
}

// The first token since 11: when a password is set in clear text.
func TestFirstTokenSinceBigSur(t *testing.T) {
	t.Parallel()
	record := &Create{User: "svc", With: DirectoryTools, Password: new(NoPassword)}
	var cases []ruleCase
	for _, version := range []string{"11.0", "11.2", "12.0.1", "13.2", "13.3", "14.3", "14.4", "15.7.1", "26.1"} {
		cases = append(cases, []ruleCase{
			{"administrator", start(version), []Event{&Create{User: "lea", Admin: true}}, "lea: token; lea.opens: lea-pw"},
			{"standard user", start(version), []Event{&Create{User: "lea"}}, "lea: token"},
			{"any user ID", start(version), []Event{&Create{User: "lea", UID: 450}}, "lea: token"},
			{"blank", start(version), []Event{&Create{User: "lea", Password: new("")}}, "lea: token; lea.opens: "},
			{"the second one", start(version), []Event{&Create{User: "lea"}, &Create{User: "tim", Admin: true}}, "lea: token; tim: none"},
			{"Setup Assistant", start(version, boxed), []Event{&SetUp{User: "lea"}}, "lea: token"},
			{"HFS+", start(version, hfs), []Event{&Create{User: "lea"}, &Login{User: "lea"}}, "lea: none"},
			{"a record without a password", start(version), []Event{record}, "svc: none"},
			{"its password, with dscl", start(version), []Event{record, &ResetPassword{User: "svc", New: "n", By: ByRootDscl}}, "svc: token; svc.opens: n"},
			{"its password, with passwd", start(version), []Event{record, &ResetPassword{User: "svc", New: "n", By: ByRootPasswd}}, "svc: token; svc.opens: n"},
			{"its password, with sysadminctl", start(version), []Event{record, &ResetPassword{User: "svc", New: "n", By: ByRoot}}, "svc: token; svc.opens: n"},
			{"its hash", start(version), []Event{record, &ResetPassword{User: "svc", New: "n", By: ByHash}}, "svc: none; svc.password: n"},
			{"the tag before the password", start(version), []Event{record, &Tag{User: "svc"}, &ResetPassword{User: "svc", New: "n", By: ByRootDscl}}, "svc: none"},
			{"and the next one instead", start(version), []Event{&Create{User: "svc", With: DirectoryTools, Tag: true}, &Create{User: "lea"}}, "svc: none; lea: token"},
			{"the tag after the password", start(version), []Event{&Create{User: "lea"}, &Tag{User: "lea"}}, "lea: token; lea.tagged: true"},
			{"no tag before sysadminctl's password", start(version), []Event{senseless{&Create{User: "lea", Tag: true}, "tag"}}, "lea: gone"},
			{"sharing account", start(version), []Event{&Create{User: "files", Kind: Sharing}}, "files: none; files.tagged: true"},
			{"network account", start(version, bound), []Event{&CreateMobile{User: "ned", NotCached: true}}, "ned: none"},
		}...)
	}
	testRules(t, numbered(cases))
}

// Whose password the Mac knows by a hash alone gets the first token at a login,
// if still nobody has one.
func TestFirstTokenOfAHashedAccount(t *testing.T) {
	t.Parallel()
	pkg := &Create{User: "svc", With: InstallPackage, Admin: true}
	var cases []ruleCase
	for _, version := range []string{"11.0", "14.3", "15.7.1", "26.1"} {
		cases = append(cases, []ruleCase{
			{"not when it is made", start(version), []Event{pkg}, "svc: none"},
			{"at its login", start(version), []Event{pkg, &Login{User: "svc"}}, "svc: token; svc.opens: svc-pw"},
			{"at a check", start(version), []Event{pkg, &Authenticate{User: "svc"}}, "svc: token"},
			{"over the network with the password", start(version, person("ladmin", managed)), []Event{&Login{User: "ladmin", Via: SSH}}, "ladmin: token"},
			{"over the network with a key", start(version, person("ladmin", managed)), []Event{&Login{User: "ladmin", Via: SSHKey}}, "ladmin: none"},
			{"with a wrong password", start(version, person("ladmin", managed)), []Event{refused{&Login{User: "ladmin", Password: new("x"), Via: SSH}, WrongPassword}}, "ladmin: none"},
			{"not once somebody holds one", start(version, person("lea", holder)), []Event{pkg, &Login{User: "svc"}}, "svc: none; lea: token"},
			{"nor once a password was set", start(version), []Event{pkg, &Create{User: "lea"}, &Login{User: "svc"}}, "svc: none; lea: token"},
			{"HFS+", start(version, hfs), []Event{pkg, &Login{User: "svc"}}, "svc: none"},
		}...)
	}
	testRules(t, numbered(cases))
}
