package state

import "testing"

// Setup Assistant, and what the server has configured for it.
func TestSetUp(t *testing.T) {
	t.Parallel()
	box := func(version string) *Mac { return start(version, boxed, enrolled(ADE)) }
	testRules(t, []ruleCase{
		{"logged in at once", start("26.1", boxed), []Event{&SetUp{User: "lea"}}, "lea: token; lea.admin: true; lea.logins: 1; console: lea; phase: running"},
		{"the managed administrator has no token", box("26.1"), []Event{&Configure{Admin: "ladmin", Hidden: true}}, "ladmin: none; ladmin.admin: true; phase: setup_assistant"},
		{"nobody is logged in where it is skipped", box("26.1"), []Event{&Configure{Admin: "ladmin", SkipPrimary: true}, &SetUp{}}, "console: ; holders: 0; phase: running"},
		{"10.14: two accounts, and nobody gets a token", box("10.14.6"), []Event{&Configure{Admin: "ladmin"}, &SetUp{User: "lea"}, &Login{User: "ladmin"}}, "holders: 0"},
		{"not enrolled: nothing is configured", start("26.1", boxed), []Event{senseless{&Configure{Admin: "ladmin"}, "not held"}}, "ladmin: gone"},
		{"by hand: nothing is configured", start("26.1", boxed, enrolled(ApprovedByUser)), []Event{senseless{&Configure{Admin: "ladmin"}, "not held"}}, "ladmin: gone"},
		{"too late to configure", box("26.1"), []Event{&SetUp{User: "lea"}, senseless{&Configure{Admin: "ladmin"}, "not held"}}, "ladmin: gone"},
		{"skipped, without an administrator", box("26.1"), []Event{senseless{&Configure{SkipPrimary: true}, "need an admin"}}, "phase: setup_assistant"},
		{"standard, without an administrator", box("26.1"), []Event{senseless{&Configure{PrimaryStandard: true}, "need an admin"}}, "phase: setup_assistant"},
		{"a user where it is skipped", box("26.1"), []Event{&Configure{Admin: "ladmin", SkipPrimary: true}, senseless{&SetUp{User: "lea"}, "skips"}}, "lea: gone"},
		{"no user where it is not", box("26.1"), []Event{senseless{&SetUp{}, "skips"}}, "phase: setup_assistant"},
		{"twice", box("26.1"), []Event{&SetUp{User: "lea"}, senseless{&SetUp{User: "tim"}, "set up already"}}, "tim: gone"},
		{"the name is taken", box("26.1"), []Event{&Configure{Admin: "lea"}, senseless{&SetUp{User: "lea"}, "taken"}}, "phase: setup_assistant"},
		{"nothing restarts before", box("26.1"), []Event{senseless{&Restart{}, "not running"}}, "phase: setup_assistant"},
	})
}

// Upgrades: tokens persist, and the rules of the new version hold from then on.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	to := func(version string) *Upgrade { return &Upgrade{Version: version, Build: "1A2"} }
	mac := func(version string, options ...with) *Mac {
		return start(version, append([]with{person("boss", admin, holder), person("tim")}, options...)...)
	}
	testRules(t, []ruleCase{
		{"tokens persist", mac("10.13.6"), []Event{to("10.14.6"), to("10.15.7"), to("11.7"), to("15.7.1")}, "boss: token; tim: none"},
		{"no Bootstrap Token by itself", mac("10.14.6", enrolled(ADE)), []Event{to("10.15.7")}, none},
		{"but by a login, if the server can", mac("10.14.6", enrolled(ADE)), []Event{to("10.15.7"), &UpdateProfile{Capability: ByOption}, &Login{User: "boss"}}, valid},
		{"10.15.3 does not make it, 10.15.4 does", mac("10.15.3", enrolled(ADE)), []Event{&Login{User: "boss"}, to("10.15.4"), &Login{User: "boss"}}, valid},
		{"from 10.15: the profile lacks the word", mac("10.15.7", enrolled(ADE)), []Event{to("11.7"), &Login{User: "boss"}}, "supported: false; " + none},
		{"from 10.15: until it is replaced", mac("10.15.7", enrolled(ADE)), []Event{to("11.7"), &UpdateProfile{Capability: ByProfile}, &Login{User: "boss"}}, valid},
		{"from 10.15: the Bootstrap Token stays", mac("10.15.7", enrolled(ADE), escrowed), []Event{to("11.7")}, "supported: false; bootstrap: volume 1, believed, server 1"},
		{"to 11: a package's account gets the first token", start("10.15.7", person("std")), []Event{&Create{User: "svc", With: InstallPackage}, &Login{User: "svc"}, to("11.7"), &Login{User: "svc"}}, "svc: token; std: none"},
		{"to 11: a password that is set does", start("10.15.7", person("std")), []Event{&ResetPassword{User: "std", New: "n", By: ByRoot}, to("11.7"), &ResetPassword{User: "std", New: "m", By: ByRoot}}, "std: token; std.opens: m"},
		{"to the FileVault window", mac("14.1", encrypted), []Event{&Login{User: "boss"}, to("15.7.1")}, "phase: locked; console: "},
		{"not backwards", mac("15.7.1"), []Event{senseless{to("15.6"), "older"}}, "boss: token"},
		{"not to nonsense", mac("15.7.1"), []Event{senseless{to("Tahoe"), "not a version"}}, "boss: token"},
	})
	m := mac("10.15.7")
	play(t, m, to("11.7"))
	if m.OS.Product != "macOS" || m.Volume != "disk1s5s1" {
		t.Errorf("got %+v, volume %s", m.OS, m.Volume)
	}
}

// EraseDevice. On Apple silicon "Erase All Content and Settings" needs a valid
// Bootstrap Token, on a T2 it does not, and other Macs cannot.
func TestErase(t *testing.T) {
	t.Parallel()
	const contents, wiped, untouched = "phase: setup_assistant; boss: gone; holders: 0", "phase: wiped; boss: gone", "phase: running; boss: token"
	lost := func(version string, options ...with) *Mac {
		return managedMac(version, append([]with{server(unlucky)}, options...)...)
	}
	erase := func(b Obliteration) *Erase { return &Erase{Behavior: b} }
	fails := func(b Obliteration) refused { return refused{erase(b), PreflightFailed} }
	testRules(t, []ruleCase{
		{"ready", managedMac("15.7.1"), []Event{&Erase{}}, contents},
		{"ready, always", managedMac("15.7.1"), []Event{erase(Always)}, wiped},
		{"ready, with a warning", managedMac("15.7.1"), []Event{erase(ObliterateWithWarning)}, contents},
		{"ready, or not at all", managedMac("15.7.1"), []Event{erase(DoNotObliterate)}, contents},
		{"not ready: an error, and it is erased", lost("15.7.1"), []Event{fails(Default)}, wiped},
		{"not ready, with a warning: no error", lost("15.7.1"), []Event{erase(ObliterateWithWarning)}, wiped},
		{"A15: not ready, or not at all", lost("15.7.1"), []Event{fails(DoNotObliterate)}, untouched},
		{"T2", lost("15.7.1", on(T2)), []Event{erase(DoNotObliterate)}, contents},
		{"T2 before 12", lost("11.7", on(T2)), []Event{fails(DoNotObliterate)}, untouched},
		{"Intel", lost("13.6", on(Intel)), []Event{fails(DoNotObliterate)}, untouched},
		{"12, ready", managedMac("12.1"), []Event{erase(DoNotObliterate)}, contents},
		{"12, not ready", lost("12.1"), []Event{fails(DoNotObliterate)}, untouched},
		{"12, T2", lost("12.1", on(T2)), []Event{erase(DoNotObliterate)}, contents},
		{"before 12", managedMac("11.7"), []Event{fails(DoNotObliterate)}, untouched},
		{"not enrolled", start("15.7.1", person("boss", admin, holder)), []Event{refused{&Erase{}, NotEnrolledYet}}, untouched},
		{"offline", managedMac("15.7.1", offline), []Event{refused{&Erase{}, ServerUnreachable}}, untouched},
		{"an unknown behaviour", managedMac("15.7.1"), []Event{senseless{erase("Maybe"), `"Maybe" is none of`}}, untouched},
		{"and set up again", managedMac("15.7.1", encrypted), []Event{&Erase{}, &Enroll{}, &SetUp{User: "lea"}}, "lea: token; filevault: off; bootstrap: volume 2, believed, server 2"},
		{"wiped: nobody is there", managedMac("15.7.1"), []Event{erase(Always), senseless{&SetUp{User: "lea"}, "wiped"}, senseless{&Restart{}, "wiped"}}, wiped},
		{"restored", managedMac("15.7.1"), []Event{erase(Always), &Restore{}, &SetUp{User: "lea"}}, "lea: token; phase: running"},
		{"A7: restored, and the server's old copy is no use", managedMac("15.7.1"), []Event{&Restore{}, &Enroll{}}, "valid: false; bootstrap: volume 0, server 0"},
	})
}

// A restore with another Mac leaves the security of a new one, and whoever had
// locked the Mac has it locked.
func TestRestore(t *testing.T) {
	t.Parallel()
	m := managedMac("15.7.1", func(m *Mac) {
		m.Security = Security{Boot: NoSecurity, SIPDisabled: true, RecoveryLock: "secret", ActivationLock: true}
	})
	play(t, m, &Restore{})
	if want := (Security{Boot: FullSecurity, ActivationLock: true}); m.Security != want {
		t.Errorf("got %+v, want %+v", m.Security, want)
	}
}
