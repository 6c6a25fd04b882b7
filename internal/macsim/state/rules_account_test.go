package state

import "testing"

// Who makes an account, and whether a token comes with it.
func TestCreate(t *testing.T) {
	t.Parallel()
	var cases []ruleCase
	for _, version := range []string{"10.13.6", "10.14.6", "10.15.7", "11.0", "15.7.1", "26.1"} {
		cases = append(cases, []ruleCase{
			{"nobody authorises it", passwords(version), []Event{&Create{User: "new"}}, "new: none; new.admin: false"},
			{"A5: an administrator with a token", passwords(version), []Event{&Create{User: "new", Granter: "boss"}}, "new: token; new.opens: new-pw"},
			{"in Settings, by an administrator with a token", passwords(version), []Event{&Create{User: "new", With: Settings, Granter: "boss", Admin: true}}, "new: token; new.admin: true"},
			{"in Settings, by one without", passwords(version), []Event{&Create{User: "new", With: Settings, Granter: "it"}}, "new: none"},
			{"by one whose token drifted", passwords(version), []Event{&Create{User: "new", Granter: "dee"}}, "new: none"},
			{"by a standard user", passwords(version), []Event{refused{&Create{User: "new", Granter: "lea"}, GranterNotAdmin}}, "new: gone"},
			{"by nobody that is known", passwords(version), []Event{refused{&Create{User: "new", Granter: "ghost"}, GranterUnknown}}, "new: gone"},
			{"with a wrong password", passwords(version), []Event{refused{&Create{User: "new", Granter: "boss", GranterPassword: new("x")}, GranterPassword}}, "new: gone"},
			{"with dscl", passwords(version), []Event{&Create{User: "new", With: DirectoryTools}}, "new: none"},
			{"by a package: a hash", passwords(version), []Event{&Create{User: "new", With: InstallPackage}}, "new: none"},
			{"a hash never suffices", passwords(version), []Event{&Create{User: "new", With: InstallPackage, Granter: "boss"}}, "new: none"},
			{"by an agent", passwords(version), []Event{&Create{User: "new", With: Agent, Kind: Service, Admin: true}}, "new: none"},
			{"no password at all", passwords(version), []Event{&Create{User: "new", Password: new(NoPassword), Granter: "boss"}}, "new: none"},
			{"that is there", passwords(version), []Event{refused{&Create{User: "LEA"}, AccountExists}}, same},
			{"with a user ID that is taken", passwords(version), []Event{senseless{&Create{User: "new", UID: 501}, "uid 501 is taken"}}, "new: gone"},
			{"by a maker that is not known", passwords(version), []Event{senseless{&Create{User: "new", With: "magic"}, "with:"}}, "new: gone"},
		}...)
	}
	testRules(t, append(numbered(cases), []ruleCase{
		{"sharing account, before macOS tagged it", passwords("10.15.7"), []Event{&Create{User: "files", Kind: Sharing}}, "files: none; files.tagged: false"},
		{"sharing account", passwords("11.0"), []Event{&Create{User: "files", Kind: Sharing}}, "files: none; files.tagged: true"},
		{"nobody logs in to a sharing account", passwords("11.0"), []Event{&Create{User: "files", Kind: Sharing}, refused{&Login{User: "files"}, AccountDisabled}}, "files: none"},
		{"Platform SSO, with the Bootstrap Token", managedMac("15.7.1"), []Event{&Create{User: "new", With: PlatformSSO}}, "new: token"},
		{"Platform SSO, without", managedMac("15.7.1", server(unlucky)), []Event{&Create{User: "new", With: PlatformSSO}}, "new: none"},
		{"Platform SSO, before its time", managedMac("13.6"), []Event{senseless{&Create{User: "new", With: PlatformSSO}, "macOS 14"}}, "new: gone"},
		{"at the window of FileVault", start("15.7.1", encrypted, func(m *Mac) { m.Phase = Locked }), []Event{senseless{&Create{User: "new"}, "the Mac is locked"}}, "new: gone"},
	}...))
}

// A directory user at the first login: the dialog for a token administrator, or
// the Bootstrap Token, which makes it needless.
func TestCreateMobile(t *testing.T) {
	t.Parallel()
	mac := func(version string, options ...with) *Mac {
		return start(version, append([]with{bound, person("boss", admin, holder), person("it", admin), person("lea", holder)}, options...)...)
	}
	asked := func(granter string) *CreateMobile { return &CreateMobile{User: "mo", Granter: granter} }
	bypass := &CreateMobile{User: "mo", Bypass: true}
	lost := func(m *Mac) { escrowed(m); m.Server.Token = 0 }
	var cases []ruleCase
	for _, version := range []string{"10.13.4", "10.14.6", "10.15.7", "11.0", "15.7.1"} {
		cases = append(cases, []ruleCase{
			{"an administrator with a token", mac(version), []Event{asked("boss")}, "mo: token; mo.opens: mo-pw; console: mo"},
			{"an administrator without", mac(version), []Event{refused{asked("it"), GranterNoToken}}, "mo: none; console: mo"},
			{"a standard user", mac(version), []Event{refused{asked("lea"), GranterNotAdmin}}, "mo: none; console: mo"},
			{"a wrong password", mac(version), []Event{refused{&CreateMobile{User: "mo", Granter: "boss", GranterPassword: new("x")}, GranterPassword}}, "mo: none"},
			{"F13: passed by", mac(version), []Event{bypass}, "mo: none; console: mo"},
			{"F13: passed by, whoever is named", mac(version), []Event{&CreateMobile{User: "mo", Bypass: true, Granter: "boss"}}, "mo: none"},
			{"a network account is never asked", mac(version), []Event{&CreateMobile{User: "mo", NotCached: true, Granter: "boss"}}, "mo: none"},
			{"no network", mac(version, offline), []Event{refused{bypass, NoNetwork}}, "mo: gone"},
			{"the directory is down", mac(version, func(m *Mac) { m.Directory.Down = true }), []Event{refused{bypass, NoNetwork}}, "mo: gone"},
			{"an account that is there", mac(version), []Event{refused{&CreateMobile{User: "lea"}, AccountExists}}, same},
		}...)
	}
	testRules(t, append(numbered(cases), []ruleCase{
		{"10.13.3 does not ask", mac("10.13.3"), []Event{asked("boss")}, "mo: none"},
		{"bound to nothing", start("15.7.1"), []Event{senseless{bypass, "directory"}}, "mo: gone"},
		{"F13: 10.14, whatever is escrowed", mac("10.14.6", enrolled(ADE), escrowed), []Event{bypass}, "mo: none"},
		{"F9, F13: 10.15, with the Bootstrap Token", mac("10.15.3", enrolled(ADE), escrowed), []Event{bypass}, "mo: token"},
		{"F13: 10.15, believed alone", mac("10.15.3", enrolled(ADE), lost), []Event{bypass}, "mo: none"},
		{
			"F12: Bypass is safe, and FileVault knows the user", mac("15.7.1", enrolled(ADE), escrowed, encrypted),
			[]Event{&CreateMobile{User: "mo", Bypass: true, Granter: "it"}, &Restart{}, &Unlock{User: "mo"}},
			"mo: token; console: mo; phase: running",
		},
		{"a network account with the Bootstrap Token", mac("15.7.1", enrolled(ADE), escrowed), []Event{&CreateMobile{User: "mo", NotCached: true}}, "mo: none"},
	}...))
}

// The last administrator and the last holder stay.
func TestDelete(t *testing.T) {
	t.Parallel()
	office := func(options ...with) *Mac {
		return start("15.7.1", append([]with{person("boss", admin, holder), person("lea", holder), person("tim")}, options...)...)
	}
	alone := func() *Mac {
		return start("15.7.1", person("lea", holder), person("it", admin), person("root2", admin))
	}
	by := func(user string, with Remover) *Delete { return &Delete{User: user, With: with} }
	testRules(t, []ruleCase{
		{"a user", office(), []Event{by("tim", BySysadminctl)}, "tim: gone"},
		{"a holder", office(), []Event{by("lea", BySysadminctl)}, "lea: gone; holders: 1"},
		{"unless it is said otherwise", office(), []Event{&Delete{User: "lea"}}, "lea: gone"},
		{"the last administrator", office(), []Event{refused{by("boss", BySysadminctl), LastOne}}, "boss: token"},
		{"the last holder", alone(), []Event{refused{by("lea", BySysadminctl), LastOne}}, "lea: token; holders: 1"},
		{"another administrator", alone(), []Event{by("it", BySysadminctl)}, "it: gone"},
		{"nobody", office(), []Event{refused{by("ghost", BySysadminctl), UnknownAccount}}, "holders: 2"},
		{"dscl, a user", office(), []Event{by("tim", ByDscl)}, "tim: gone"},
		{"dscl, a holder", office(), []Event{refused{by("lea", ByDscl), NotPermitted}}, "lea: token"},
		{"the server, a holder", office(enrolled(ADE)), []Event{by("lea", ByMDM)}, "lea: gone"},
		{"the server, the last holder", start("15.7.1", enrolled(ADE), person("lea", holder), person("it", admin)), []Event{refused{by("lea", ByMDM), LastOne}}, "lea: token"},
		{"the server, the last administrator", office(enrolled(ADE)), []Event{refused{by("boss", ByMDM), LastOne}}, "boss: token"},
		{"the server, not enrolled", office(), []Event{refused{by("tim", ByMDM), NotEnrolledYet}}, "tim: none"},
		{"the server, offline", office(enrolled(ADE), offline), []Event{refused{by("tim", ByMDM), ServerUnreachable}}, "tim: none"},
		{"the server, not supervised", start("10.15.7", enrolled(ApprovedByUser), person("tim"), person("it", admin)), []Event{refused{by("tim", ByMDM), NotPermitted}}, "tim: none; supervised: false"},
		{"who is on the screen", office(), []Event{&Login{User: "tim"}, by("tim", BySysadminctl)}, "tim: gone; console: "},
		{"an account of the system", office(), []Event{by("Guest", BySysadminctl)}, "Guest: gone"},
		{"an unknown way", office(), []Event{senseless{by("tim", "magic"), "with:"}}, "tim: none"},
	})
}

// A record that is removed past the directory leaves its cryptographic user on
// the volume, until FileVault is brought in line.
func TestDeleteByHand(t *testing.T) {
	t.Parallel()
	m := start("15.7.1", encrypted, person("boss", admin, holder), person("lea", admin, holder))
	lea, _ := m.Account("lea")
	guid := lea.GUID
	play(t, m, &Delete{User: "lea", With: ByHand})
	if len(m.OrphanCryptoUsers) != 1 || m.OrphanCryptoUsers[0].UUID != guid || !m.OrphanCryptoUsers[0].VolumeOwner {
		t.Errorf("got %+v, want the cryptographic user of the one who is gone", m.OrphanCryptoUsers)
	}
	play(t, m, &Create{User: "lea", Granter: "boss"})
	if again, _ := m.Account("lea"); again.GUID == guid {
		t.Error("a new account took the GUID that the volume still has")
	}
	expect(t, m, "lea.admin: true") // by the name that was left in the group
	play(t, m, &FileVaultSync{})
	if len(m.OrphanCryptoUsers) != 0 {
		t.Errorf("got %+v after the synchronisation", m.OrphanCryptoUsers)
	}
}

// Membership of the group admin, which has two lists.
func TestMembership(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		events []Event
		want   Admin
	}{
		{"both", []Event{&MemberAdd{User: "tim"}}, Admin{Name: true, GUID: true}},
		{"by name", []Event{&MemberAdd{User: "tim", Name: true}}, Admin{Name: true}},
		{"by GUID", []Event{&MemberAdd{User: "tim", GUID: true}}, Admin{GUID: true}},
		{"out by name", []Event{&MemberAdd{User: "tim"}, &MemberRemove{User: "tim", Name: true}}, Admin{GUID: true}},
		{"out again", []Event{&MemberAdd{User: "tim"}, &MemberRemove{User: "tim"}}, Admin{}},
		{"unknown", []Event{refused{&MemberAdd{User: "ghost"}, UnknownAccount}}, Admin{}},
		{"unknown, out", []Event{&MemberRemove{User: "ghost"}}, Admin{}},
		{"unknown group", []Event{senseless{&MemberAdd{User: "tim", Group: "ghosts"}, "ghosts"}}, Admin{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := start("15.7.1", person("tim"))
			play(t, m, tc.events...)
			if tim, _ := m.Account("tim"); tim.Admin != tc.want {
				t.Errorf("got %+v, want %+v", tim.Admin, tc.want)
			}
		})
	}
}

// Another group keeps its own lists.
func TestMembershipOfAnotherGroup(t *testing.T) {
	t.Parallel()
	m := start("15.7.1", person("tim"))
	tim, _ := m.Account("tim")
	printers, _ := m.Group("_lpadmin")
	if m.IsMember(tim, printers) {
		t.Fatal("a member from the beginning")
	}
	play(t, m, &MemberAdd{User: "tim", Group: "_lpadmin"})
	tim, _ = m.Account("tim")
	printers, _ = m.Group("_lpadmin")
	if !m.IsMember(tim, printers) || m.IsAdmin(tim) {
		t.Errorf("got %+v", printers)
	}
	play(t, m, &MemberRemove{User: "tim", Group: "_lpadmin"})
	if tim, _ = m.Account("tim"); len(printers.Names)+len(printers.GUIDs) != 2 {
		t.Error("what was read before has changed")
	}
	if printers, _ = m.Group("_lpadmin"); m.IsMember(tim, printers) {
		t.Errorf("got %+v", printers)
	}
	play(t, m, &MemberAdd{User: "tim"})
	if tim, _ = m.Account("tim"); !m.IsMember(tim, printers) {
		t.Error("administrators are in it by nesting")
	}
}

// The tag, hiding and shutting an account change nothing else.
func TestMarks(t *testing.T) {
	t.Parallel()
	testRules(t, []ruleCase{
		{"the tag leaves a token alone", passwords("15.7.1"), []Event{&Tag{User: "lea"}, &Login{User: "lea"}, &Restart{}}, same + "; lea.tagged: true"},
		{"and can be removed", passwords("15.7.1"), []Event{&Tag{User: "lea"}, &Tag{User: "lea", Off: true}}, same + "; lea.tagged: false"},
		{"hidden", passwords("15.7.1"), []Event{&Hide{User: "lea"}}, same},
		{"nobody to tag", passwords("15.7.1"), []Event{refused{&Tag{User: "ghost"}, UnknownAccount}}, same},
		{"nobody to hide", passwords("15.7.1"), []Event{refused{&Hide{User: "ghost"}, UnknownAccount}}, same},
		{"nobody to shut", passwords("15.7.1"), []Event{refused{&Disable{User: "ghost"}, UnknownAccount}}, same},
	})
	m := passwords("15.7.1")
	play(t, m, &Hide{User: "lea"})
	if lea, _ := m.Account("lea"); !lea.Hidden {
		t.Error("not hidden")
	}
	play(t, m, &Hide{User: "lea", Off: true})
	if lea, _ := m.Account("lea"); lea.Hidden {
		t.Error("still hidden")
	}
}
