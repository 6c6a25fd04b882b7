package state

import "testing"

// managedMac is one with a token holder, a user without, and a valid Bootstrap
// Token.
func managedMac(version string, options ...with) *Mac {
	return start(version, append([]with{enrolled(ADE), escrowed, person("boss", admin, holder), person("lea")}, options...)...)
}

// The Bootstrap Token helps a user without a token at the login window.
func TestBootstrapGrant(t *testing.T) {
	t.Parallel()
	login := []Event{&Login{User: "lea"}}
	with := func(change func(*Mac)) *Mac { return managedMac("15.7.1", change) }
	testRules(t, []ruleCase{
		{"F9: at the window", managedMac("15.7.1"), login, "lea: token; lea.opens: lea-pw; boss: token; valid: true"},
		{"by screen sharing", managedMac("15.7.1"), []Event{&Login{User: "lea", Via: ScreenSharing}}, "lea: token"},
		{"by SSH", managedMac("15.7.1"), []Event{&Login{User: "lea", Via: SSH}}, "lea: none"},
		{"by SSH with a key", managedMac("15.7.1"), []Event{&Login{User: "lea", Via: SSHKey}}, "lea: none"},
		{"in a terminal", managedMac("15.7.1"), []Event{&Login{User: "lea", Via: Terminal}}, "lea: none"},
		{"by a check", managedMac("15.7.1"), []Event{&Authenticate{User: "lea"}}, "lea: none"},
		{"wrong password", managedMac("15.7.1"), []Event{refused{&Login{User: "lea", Password: new("x")}, WrongPassword}}, "lea: none"},
		{"no network", with(offline), login, "lea: none; console: lea"},
		{"no network, and then", with(offline), []Event{&Login{User: "lea"}, &Connect{Network: true}, &Login{User: "lea"}}, "lea: token"},
		{"server down", with(func(m *Mac) { m.Server.Down = true }), login, "lea: none"},
		{"server refuses", with(func(m *Mac) { m.Server.Refuses = true }), login, "lea: none"},
		{"certificate expired", with(func(m *Mac) { m.Enrollment.Expired = true }), login, "lea: none"},
		{"believed, and the server has none", with(server(unlucky)), login, "lea: none; bootstrap: volume 1, believed, server 0"},
		{"the server has an older one", with(func(m *Mac) { m.Bootstrap.Local = 2 }), login, "lea: none"},
		{"none on the volume", with(func(m *Mac) { m.Bootstrap.Local = 0 }), login, "lea: none"},
		{"server without support", with(func(m *Mac) { m.Enrollment.Capability = NoCapability }), login, "lea: none"},
		{"blank password", managedMac("15.7.1", person("bea", blank)), []Event{&Login{User: "bea"}}, "bea: none"},
		{"nobody holds one", start("15.7.1", enrolled(ADE), escrowed, person("lea")), login, "lea: none"},
		{"the tag does not matter", managedMac("15.7.1", person("tom", tagged)), []Event{&Login{User: "tom"}}, "tom: token; tom.tagged: true"},
		{"account made from a hash", managedMac("15.7.1", person("svc", hashed)), []Event{&Login{User: "svc"}}, "svc: token"},
		{"network account", managedMac("15.7.1", person("ned", network)), []Event{&Login{User: "ned"}}, "ned: none"},
		{"the server forgets after the next question", with(server(func(s *Server) { s.ForgetsAfter = 1 })), login, "lea: token; bootstrap: volume 1, believed, server 0"},
		{
			"F14: at the window of FileVault by itself", managedMac("15.7.1", encrypted),
			[]Event{&Login{User: "lea"}, &Restart{}, &Unlock{User: "lea"}},
			"lea: token; console: lea",
		},
		{
			"F7: taken off, and back at the next login", managedMac("15.7.1"),
			[]Event{&Login{User: "lea"}, &TokenOff{User: "lea", Granter: "boss"}, &Login{User: "lea"}},
			"lea: token",
		},
		{
			"F7: but not while the Bootstrap Token is no use", managedMac("15.7.1"),
			[]Event{&Login{User: "lea"}, &TokenOff{User: "lea", Granter: "boss"}, &ServerDoes{Forgets: true}, &Login{User: "lea"}},
			"lea: none",
		},
		{
			"A4: unlocking a screen is no login", managedMac("15.7.1", offline),
			[]Event{&Login{User: "lea"}, &Connect{Network: true}, &Authenticate{User: "lea"}},
			"lea: none",
		},
		{
			"A4: another one unlocks, logs out, and then", managedMac("15.7.1", encrypted),
			[]Event{&Restart{}, refused{&Unlock{User: "lea"}, NotListed}, &Unlock{User: "boss"}, &Logout{}, &Login{User: "lea"}},
			"lea: token; console: lea",
		},
	})
}

// Whom it helps depends on the version and on the enrolment.
func TestBootstrapGrantByVersion(t *testing.T) {
	t.Parallel()
	mac := func(version string, way Enrolment) *Mac {
		return start(version, enrolled(way), escrowed, person("boss", admin, holder),
			person("lea"), person("ladmin", managed), person("mo", mobile))
	}
	all := []Event{&Login{User: "lea"}, &Login{User: "ladmin"}, &Login{User: "mo"}}
	const everybody, nobody, some = "lea: token; ladmin: token; mo: token", "lea: none; ladmin: none; mo: none", "lea: none; ladmin: token; mo: token"
	testRules(t, []ruleCase{
		{"F13: 10.14, automatically", mac("10.14.6", ADE), all, nobody},
		{"10.15, automatically", mac("10.15", ADE), all, some},
		{"10.15.3, automatically", mac("10.15.3", ADE), all, some},
		{"10.15.3, by hand", mac("10.15.3", ApprovedByUser), all, nobody},
		{"10.15.4, by hand", mac("10.15.4", ApprovedByUser), all, some},
		{"10.15.7, automatically", mac("10.15.7", ADE), all, some},
		{"11, automatically", mac("11.0", ADE), all, everybody},
		{"11, by hand", mac("11.0", ApprovedByUser), all, everybody},
		{"11, not approved", mac("11.0", NotApproved), all, nobody},
		{"11, private", mac("11.0", UserEnrollment), all, nobody},
		{"26, automatically", mac("26.1", ADE), all, everybody},
		{"26, private", mac("26.1", UserEnrollment), all, nobody},
	})
}

// A token that opens with a former password is regained at the login window.
func TestBootstrapRegain(t *testing.T) {
	t.Parallel()
	mac := func(options ...with) *Mac {
		return start("15.7.1", append([]with{enrolled(ADE), escrowed, person("boss", admin, holder), person("lea", drifted)}, options...)...)
	}
	testRules(t, []ruleCase{
		{"at the window", mac(), []Event{&Login{User: "lea"}}, "lea: token; lea.opens: lea-pw"},
		{"by SSH", mac(), []Event{&Login{User: "lea", Via: SSH}}, "lea: token, drifted; lea.opens: lea-former"},
		{"no network", mac(offline), []Event{&Login{User: "lea"}}, "lea: token, drifted"},
		{"the server has none", mac(server(unlucky)), []Event{&Login{User: "lea"}}, "lea: token, drifted"},
		{"the former password", mac(server(unlucky)), []Event{&Login{User: "lea", Old: new("lea-former")}}, "lea: token; lea.opens: lea-pw"},
		{"a wrong former password", mac(server(unlucky)), []Event{&Login{User: "lea", Old: new("x")}}, "lea: token, drifted"},
	})
}

// escrowing are the Macs on which nothing is escrowed yet.
func escrowing(version string, way Enrolment, options ...with) *Mac {
	return start(version, append([]with{enrolled(way), person("boss", admin, holder), person("std", holder), person("lea")}, options...)...)
}

const (
	none  = "bootstrap: volume 0, server 0"
	valid = "bootstrap: volume 1, believed, server 1"
	waits = "bootstrap: volume 1, waits, server 0"
)

// The Bootstrap Token is made and escrowed by itself when a token holder logs in
// on the screen, since 10.15.4.
func TestEscrowAtLogin(t *testing.T) {
	t.Parallel()
	boss := []Event{&Login{User: "boss"}}
	testRules(t, []ruleCase{
		{"10.14.6", escrowing("10.14.6", ADE), boss, none},
		{"10.15.3", escrowing("10.15.3", ADE), boss, none},
		{"10.15.4", escrowing("10.15.4", ADE), boss, valid},
		{"10.15.4, by hand", escrowing("10.15.4", ApprovedByUser), boss, valid},
		{"11, by hand", escrowing("11.0", ApprovedByUser), boss, valid},
		{"26", escrowing("26.1", ADE), boss, valid},
		{"not approved", escrowing("15.7.1", NotApproved), boss, none},
		{"private", escrowing("15.7.1", UserEnrollment), boss, none},
		{"not enrolled", start("15.7.1", person("boss", admin, holder)), boss, none},
		{"server without support", escrowing("15.7.1", ADE, func(m *Mac) { m.Enrollment.Capability = NoCapability }), boss, none},
		{"F10: standard user", escrowing("15.7.1", ADE), []Event{&Login{User: "std"}}, valid},
		{"user without a token", escrowing("15.7.1", ADE), []Event{&Login{User: "lea"}}, none},
		{"user whose token drifted", escrowing("15.7.1", ADE, person("dee", drifted)), []Event{&Login{User: "dee"}}, none},
		{"blank password", escrowing("15.7.1", ADE, person("bea", blank, holder)), []Event{&Login{User: "bea"}}, none},
		{"by screen sharing", escrowing("15.7.1", ADE), []Event{&Login{User: "boss", Via: ScreenSharing}}, valid},
		{"by SSH", escrowing("15.7.1", ADE), []Event{&Login{User: "boss", Via: SSH}}, none},
		{"in a terminal", escrowing("15.7.1", ADE), []Event{&Login{User: "boss", Via: Terminal}}, none},
		{"once only", escrowing("15.7.1", ADE), []Event{&Login{User: "boss"}, &Login{User: "std"}}, valid},
		{"no network: made, and sent later", escrowing("15.7.1", ADE, offline), boss, waits},
		{"no network, and then", escrowing("15.7.1", ADE, offline), []Event{&Login{User: "boss"}, &Connect{Network: true}, &Login{User: "boss"}}, valid},
		{"no network, and no login after it", escrowing("15.7.1", ADE, offline), []Event{&Login{User: "boss"}, &Connect{Network: true}}, waits},
		{"server refuses: not believed", escrowing("15.7.1", ADE, server(func(s *Server) { s.Refuses = true })), boss, waits},
		{
			"server refuses, and tried again", escrowing("15.7.1", ADE, server(func(s *Server) { s.Refuses = true })),
			[]Event{&Login{User: "boss"}, &ServerDoes{Refuses: no()}, &Login{User: "boss"}},
			valid,
		},
		{"server stores nothing: believed", escrowing("15.7.1", ADE, server(func(s *Server) { s.StoresNothing = true })), boss, "bootstrap: volume 1, believed, server 0; valid: false"},
		{"believed: not sent again", escrowing("15.7.1", ADE), []Event{&Login{User: "boss"}, &ServerDoes{Forgets: true}, &Login{User: "boss"}}, "bootstrap: volume 1, believed, server 0"},
		{"F8: and it helps the next one", escrowing("15.7.1", ADE), []Event{&Login{User: "boss"}, &Login{User: "lea"}}, "lea: token; valid: true"},
		{"A13: only a standard user holds one, and logs in", start("15.7.1", enrolled(ADE), person("std", holder), person("it", admin)), []Event{&Login{User: "std"}, &Login{User: "it"}}, "it: token; valid: true"},
	})
}

// A directory user on a Mac without any other gets a token at the first login,
// and the Bootstrap Token comes at the second.
func TestEscrowOfAMobileAccount(t *testing.T) {
	t.Parallel()
	var cases []ruleCase
	for _, version := range []string{"10.15.4", "10.15.7", "11.0", "15.7.1", "26.1"} {
		mac := func() *Mac { return start(version, enrolled(ADE), bound) }
		there := func() *Mac { return start(version, enrolled(ADE), person("mo", mobile, hashed)) }
		cases = append(cases, []ruleCase{
			{"first login", mac(), []Event{&CreateMobile{User: "mo"}}, "mo: token; " + none},
			{"second login", mac(), []Event{&CreateMobile{User: "mo"}, &Logout{}, &Login{User: "mo"}}, "mo: token; " + valid},
			{"first login of an account that was there", there(), []Event{&Login{User: "mo"}}, "mo: token; " + none},
			{"second login of an account that was there", there(), []Event{&Login{User: "mo"}, &Login{User: "mo"}}, "mo: token; " + valid},
		}...)
	}
	testRules(t, numbered(cases))
}

// Setup Assistant escrows for the user whom it logs in.
func TestEscrowInSetupAssistant(t *testing.T) {
	t.Parallel()
	box := func(version string, options ...with) *Mac {
		return start(version, append([]with{boxed, enrolled(ADE)}, options...)...)
	}
	alone := []Event{&SetUp{User: "lea"}}
	standard := []Event{&Configure{Admin: "ladmin", PrimaryStandard: true}, &SetUp{User: "lea"}}
	beside := []Event{&Configure{Admin: "ladmin"}, &SetUp{User: "lea"}}
	skipped := []Event{&Configure{Admin: "ladmin", SkipPrimary: true}, &SetUp{}}
	testRules(t, []ruleCase{
		{"10.14", box("10.14.6"), alone, "lea: token; lea.admin: true; " + none},
		{"10.15", box("10.15"), alone, "lea: token; " + valid},
		{"10.15.3", box("10.15.3"), alone, "lea: token; " + valid},
		{"10.15.4", box("10.15.4"), alone, "lea: token; " + valid},
		{"11", box("11.0"), alone, "lea: token; " + valid},
		{"26", box("26.1"), alone, "lea: token; console: lea; phase: running; " + valid},
		{"not enrolled", start("26.1", boxed), alone, "lea: token; " + none},
		{"no network", box("26.1", offline), alone, "lea: token; " + waits},
		{"blank", box("26.1"), []Event{&SetUp{User: "lea", Password: new("")}}, "lea: token; " + none},
		{"10.15.0, no network and never again", box("10.15", offline), []Event{&SetUp{User: "lea"}, &Connect{Network: true}, &Login{User: "lea"}}, "lea: token; " + waits},
		{"F10, 10.15.3: standard user, beside an administrator", box("10.15.3"), standard, "lea: token; lea.admin: false; ladmin: none; " + none},
		{"F10, 10.15.3: and not at a login either", box("10.15.3"), append(standard, &Login{User: "lea"}, &Login{User: "ladmin"}), none},
		{"F10, 10.15.4: standard user, beside an administrator", box("10.15.4"), standard, "lea: token; ladmin: none; " + valid},
		{"F10, 26: standard user, beside an administrator", box("26.1"), standard, "lea: token; lea.admin: false; ladmin: none; " + valid},
		{"F10, 26: whom the Bootstrap Token helps", box("26.1"), append(standard, &Login{User: "ladmin"}), "ladmin: token; " + valid},
		{"26: administrator beside an administrator", box("26.1"), beside, "lea: token; lea.admin: true; ladmin: none; " + valid},
		{"F10, 10.15.3: nobody", box("10.15.3"), skipped, "ladmin: none; console: ; " + none},
		{"F10, 10.15.3: nobody, and the administrator logs in", box("10.15.3"), append(skipped, &Login{User: "ladmin"}), "ladmin: token; " + none},
		{"F10, 26: nobody", box("26.1"), skipped, "ladmin: none; holders: 0; console: ; " + none},
		{"F10, 26: nobody, and the administrator logs in", box("26.1"), append(skipped, &Login{User: "ladmin"}), "ladmin: token; " + valid},
		{"26: nobody, and a directory user", box("26.1", bound), append(skipped, &CreateMobile{User: "mo"}), "mo: token; " + none},
		{"26: nobody, and a directory user twice", box("26.1", bound), append(skipped, &CreateMobile{User: "mo"}, &Login{User: "mo"}), "mo: token; " + valid},
	})
}

// profiles install, remove and validate.
func TestBootstrapCommands(t *testing.T) {
	t.Parallel()
	mac := func(options ...with) *Mac {
		return escrowing("15.7.1", ADE, append([]with{person("it", admin), person("dee", admin, drifted), person("bea", admin, blank, holder)}, options...)...)
	}
	install := &InstallBootstrap{User: "boss"}
	cases := []ruleCase{
		{"A3: install", mac(), []Event{install}, valid},
		{"install again: a new one", mac(), []Event{install, install}, "bootstrap: volume 2, believed, server 2"},
		{"F3: 10.15", escrowing("10.15.3", ADE), []Event{install}, valid},
		{"10.15.4, by hand", escrowing("10.15.4", ApprovedByUser), []Event{install}, valid},
		{"F4: 10.14", escrowing("10.14.6", ADE), []Event{refused{install, UnknownType}}, none},
		{"not enrolled", start("15.7.1", person("boss", admin, holder)), []Event{refused{install, NotEnrolledYet}}, none},
		{"F4: server without support", mac(func(m *Mac) { m.Enrollment.Capability = NoCapability }), []Event{refused{install, NotSupported}}, none},
		{"server down: made, not escrowed", mac(server(func(s *Server) { s.Down = true })), []Event{refused{install, ServerUnreachable}}, waits},
		{"server refuses: made, not escrowed", mac(server(func(s *Server) { s.Refuses = true })), []Event{refused{install, ServerRefused}}, waits},
		{
			"A13: elevate, escrow, take it back", mac(),
			[]Event{refused{&InstallBootstrap{User: "std"}, GranterNotAdmin}, &MemberAdd{User: "std"}, &InstallBootstrap{User: "std"}, &MemberRemove{User: "std"}},
			"std.admin: false; " + valid,
		},
		{"remove", mac(escrowed), []Event{&RemoveBootstrap{User: "boss"}}, none},
		{"removed, and no help to anybody", mac(escrowed), []Event{&RemoveBootstrap{User: "boss"}, &Login{User: "lea"}}, "lea: none"},
		{"validate", mac(escrowed), []Event{&ValidateBootstrap{User: "boss"}}, valid},
		{"validate what the server forgot", mac(escrowed, server(unlucky)), []Event{refused{&ValidateBootstrap{User: "boss"}, TokenStale}}, "bootstrap: volume 1, believed, server 0"},
		{"validate what is not there", mac(), []Event{refused{&ValidateBootstrap{User: "boss"}, TokenStale}}, none},
		{"validate what is another one", mac(escrowed, server(func(s *Server) { s.Token = 7 })), []Event{refused{&ValidateBootstrap{User: "boss"}, TokenStale}}, "valid: false"},
		{"validate without a network", mac(escrowed, offline), []Event{refused{&ValidateBootstrap{User: "boss"}, ServerUnreachable}}, valid},
	}
	for _, who := range []struct {
		user, password string
		why            Refusal
	}{
		{"std", "std-pw", GranterNotAdmin},
		{"it", "it-pw", GranterNoToken},
		{"dee", "dee-pw", GranterNoToken},
		{"boss", "x", WrongPassword},
		{"bea", "", BlankPassword},
		{"ghost", "x", UnknownAccount},
	} {
		cases = append(cases,
			ruleCase{"install by " + who.user, mac(), []Event{refused{&InstallBootstrap{User: who.user, Password: &who.password}, who.why}}, none},
			ruleCase{"remove by " + who.user, mac(escrowed), []Event{refused{&RemoveBootstrap{User: who.user, Password: &who.password}, who.why}}, valid},
			ruleCase{"validate by " + who.user, mac(escrowed), []Event{refused{&ValidateBootstrap{User: who.user, Password: &who.password}, who.why}}, valid},
		)
	}
	testRules(t, cases)
}

// What the preflight of "Erase All Content and Settings" says of the Bootstrap
// Token: something on Apple silicon alone.
func TestPreflight(t *testing.T) {
	t.Parallel()
	const lost = "preflight: Unable to get Bootstrap Token <(null):0> ((null))"
	testRules(t, []ruleCase{
		{"A2: valid", managedMac("15.7.1"), nil, "preflight: success"},
		{"believed alone", managedMac("15.7.1", server(unlucky)), nil, lost},
		{"offline", managedMac("15.7.1", offline), nil, lost},
		{"not escrowed", escrowing("15.7.1", ADE), nil, lost},
		{"escrowed since", escrowing("15.7.1", ADE), []Event{&Login{User: "boss"}}, "preflight: success"},
		{"T2 needs none", managedMac("15.7.1", on(T2), server(unlucky)), nil, "preflight: success"},
		{"Intel", managedMac("13.3", on(Intel)), nil, "preflight: not supported"},
		{"before 13.3", managedMac("13.2"), nil, "preflight: "},
		{"not enrolled", start("15.7.1"), nil, "preflight: not supported"},
		{"firmware password", managedMac("13.6", on(T2), func(m *Mac) { m.Security.Firmware = "secret" }), nil, "preflight: EFI password exists"},
		{"what the Mac was made to say", managedMac("15.7.1", func(m *Mac) { m.EACSPreflight = "System is not sealed" }), nil, "preflight: System is not sealed"},
		{"what it said does not outlive an upgrade", managedMac("15.7.1", func(m *Mac) { m.EACSPreflight = "x" }), []Event{&Upgrade{Version: "26.1", Build: "1A2"}}, "preflight: success"},
		{"reduced security", managedMac("15.7.1"), []Event{&AllowBootstrapAuth{}}, "preflight: System is not on full security"},
	})
}
