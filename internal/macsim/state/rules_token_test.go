package state

import (
	"slices"
	"testing"
)

// sysadminctl -secureTokenOn.
func TestTokenOn(t *testing.T) {
	t.Parallel()
	grant := func(granter string) *TokenOn { return &TokenOn{User: "tim", Granter: granter} }
	var cases []ruleCase
	for _, version := range []string{"10.13.6", "10.14.6", "10.15.7", "11.0", "15.7.1", "26.1"} {
		cases = append(cases, []ruleCase{
			{"A5: administrator with a token", passwords(version), []Event{grant("boss")}, "tim: token; tim.opens: tim-pw"},
			{"administrator without", passwords(version), []Event{refused{grant("it"), GranterNoToken}}, "tim: none"},
			{"administrator whose token drifted", passwords(version), []Event{refused{grant("dee"), GranterNoToken}}, "tim: none"},
			{"A13: standard user with a token", passwords(version), []Event{refused{grant("lea"), GranterNotAdmin}}, "tim: none"},
			{"A13: who is promoted for it", passwords(version), []Event{&MemberAdd{User: "lea"}, grant("lea"), &MemberRemove{User: "lea"}}, "tim: token; lea.admin: false"},
			{"nobody", passwords(version), []Event{refused{grant(""), NeedsToken}}, "tim: none"},
			{"unknown administrator", passwords(version), []Event{refused{grant("ghost"), GranterUnknown}}, "tim: none"},
			{"wrong password of the administrator", passwords(version), []Event{refused{&TokenOn{User: "tim", Granter: "boss", GranterPassword: new("x")}, GranterPassword}}, "tim: none"},
			{"wrong password", passwords(version), []Event{refused{&TokenOn{User: "tim", Password: new("x"), Granter: "boss"}, WrongPassword}}, "tim: none"},
			{"unknown user", passwords(version), []Event{refused{&TokenOn{User: "ghost", Granter: "boss"}, UnknownAccount}}, "ghost: gone"},
			{"a holder stays one", passwords(version), []Event{&TokenOn{User: "lea", Granter: "boss"}}, same},
			{"the tag does not matter", passwords(version, person("tom", tagged)), []Event{&TokenOn{User: "tom", Granter: "boss"}}, "tom: token; tom.tagged: true"},
			{"network account", passwords(version, person("ned", network)), []Event{refused{&TokenOn{User: "ned", Granter: "boss"}, NotPermitted}}, "ned: none"},
			{"account of the system", passwords(version), []Event{refused{&TokenOn{User: "root", Password: new(NoPassword), Granter: "boss"}, NotPermitted}}, "root: none"},
			{"account made from a hash, with its password", passwords(version, person("svc", hashed)), []Event{&TokenOn{User: "svc", Granter: "boss"}}, "svc: token"},
			{"who may start the Mac from then on", passwords(version, encrypted), []Event{grant("boss"), &Restart{}, &Unlock{User: "tim"}}, "console: tim; phase: running"},
		}...)
	}
	testRules(t, numbered(cases))
}

// sysadminctl -secureTokenOff: not on oneself, and never the last one.
func TestTokenOff(t *testing.T) {
	t.Parallel()
	off := func(user, granter string) *TokenOff { return &TokenOff{User: user, Granter: granter} }
	testRules(t, []ruleCase{
		{"A5: of another one", passwords("15.7.1"), []Event{off("lea", "boss")}, "lea: none; lea.password: lea-pw; boss: token"},
		{"of oneself", passwords("15.7.1"), []Event{refused{off("boss", "boss"), OnOneself}}, "boss: token"},
		{"of the only holder", start("15.7.1", person("boss", admin, holder)), []Event{refused{off("boss", "boss"), OnOneself}}, "holders: 1"},
		{"of the only holder, by a standard user", start("15.7.1", person("boss", admin, holder), person("tim")), []Event{refused{off("boss", "tim"), GranterNotAdmin}}, "holders: 1"},
		{"of the only holder, by an administrator without", start("15.7.1", person("boss", admin, holder), person("it", admin)), []Event{refused{off("boss", "it"), GranterNoToken}}, "holders: 1"},
		{"by an administrator whose token drifted", passwords("15.7.1"), []Event{refused{off("lea", "dee"), GranterNoToken}}, same},
		{"by nobody", passwords("15.7.1"), []Event{refused{off("lea", ""), NeedsToken}}, same},
		{"with a wrong password", passwords("15.7.1"), []Event{refused{&TokenOff{User: "lea", Granter: "boss", GranterPassword: new("x")}, GranterPassword}}, same},
		{"of nobody", passwords("15.7.1"), []Event{refused{off("ghost", "boss"), UnknownAccount}}, same},
		{"and FileVault does not know the user any more", passwords("15.7.1", encrypted), []Event{off("lea", "boss"), &Restart{}, refused{&Unlock{User: "lea", Password: new("lea-pw")}, NotListed}}, "phase: locked; lea: none"},
		{"and it can be granted again", passwords("15.7.1"), []Event{off("lea", "boss"), &TokenOn{User: "lea", Granter: "boss"}}, same},
	})
}

// The volume's list of cryptographic users keeps the order in which they came.
func TestOrderOfCryptoUsers(t *testing.T) {
	t.Parallel()
	m := start("26.1", boxed, enrolled(ADE))
	play(t, m,
		&SetUp{User: "lea"}, &Create{User: "tim"}, &Create{User: "kim"}, &FileVaultOn{User: "lea"},
		&Login{User: "kim"}, &Login{User: "tim"}, &TokenOff{User: "kim", Granter: "lea"}, &Login{User: "kim"},
		&InstallBootstrap{User: "lea"},
	)
	var got []string
	for _, u := range m.CryptoUsers() {
		name := string(u.Type)
		for _, a := range m.People() {
			if a.GUID == u.UUID {
				name = a.Name
			}
		}
		got = append(got, name)
	}
	// the Bootstrap Token was made anew at the end, and so is the last
	if want := []string{"lea", "PersonalRecovery", "tim", "kim", "MDMRecovery"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
