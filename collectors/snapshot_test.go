package collectors_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// facts maps names to the values that a Mac must show, or to the state of what
// it has no value for.
type facts map[evidence.FactName]any

// scenarioFacts are spot checks of what each scenario describes.
func scenarioFacts() map[string]facts {
	return map[string]facts{
		"healthy": {
			"os.version": "26.1", "os.build": "25B78", "device.serial": "FVTEST0001",
			"device.hardware_uuid": "0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1F0A01", "device.model": "Mac15,6", "device.chip": "apple_silicon",
			"enrollment.dep": true, "enrollment.mdm": true, "enrollment.user_approved": true,
			"enrollment.server": "https://mdm.example.com/mdm/checkin", "mdm.eacs_preflight": "success",
			"bootstrap.supported": true, "bootstrap.escrowed": true,
			"filevault.state": "on", "filevault.percent": evidence.Absent, "filevault.deferred": false,
			"filevault.deferred_user": evidence.Absent, "filevault.users": 2,
			"accounts.directory": 7, "accounts.crypto_users": 4, "accounts.admins": 2,
			"accounts.console_user": "mbauer", "accounts.token_status": 1,
		},
		"bought-in-a-shop": {
			"enrollment.dep": false, "enrollment.mdm": false, "enrollment.user_approved": evidence.Absent, "enrollment.server": evidence.Absent,
			"bootstrap.supported": evidence.Failed, "bootstrap.escrowed": evidence.Failed, "mdm.eacs_preflight": "not supported",
		},
		"mojave-mac-in-storage": {
			"os.version": "10.14.6", "device.chip": "unknown", "enrollment.dep": false, "enrollment.mdm": true, "enrollment.user_approved": false,
			"enrollment.server": evidence.Absent, "bootstrap.supported": evidence.Failed, "mdm.eacs_preflight": evidence.Absent,
			"filevault.state": "off", "filevault.users": evidence.Absent, "accounts.console_user": evidence.Absent,
		},
		"catalina-intel-office-mac":        {"device.chip": "unknown", "os.build": "19H2026", "enrollment.dep": false, "enrollment.user_approved": true},
		"server-without-bootstrap-support": {"bootstrap.supported": false, "bootstrap.escrowed": evidence.Absent},
		"founder-leaves-company":           {"bootstrap.supported": true, "bootstrap.escrowed": false, "mdm.eacs_preflight": "Unable to get Bootstrap Token <(null):0> ((null))"},
		"encrypting-since-this-morning":    {"os.version": "13.3.1", "filevault.state": "encrypting", "filevault.percent": 42.0, "filevault.users": 2},
		"at-login-window": {
			"accounts.console_user": evidence.Absent, "filevault.state": "off", "filevault.deferred": true, "filevault.deferred_user": "mgmt",
		},
		"at-setup-assistant": {
			"accounts.console_user": "_mbsetupuser", "accounts.directory": 5, "accounts.crypto_users": 0,
			"mdm.eacs_preflight": "Unable to get Bootstrap Token <(null):0> ((null))",
		},
		"migrated-twice":                 {"accounts.console_user": "aferrari", "accounts.admins": 3, "filevault.users": 2, "accounts.token_status": 2},
		"directory-user-with-odd-names":  {"accounts.console_user": "bjørn.ås", "accounts.directory": 8, "filevault.users": 2},
		"reception-desk-thirty-accounts": {"accounts.console_user": "user01", "accounts.directory": 35, "filevault.users": 21},
		"leaver-deleted-with-rm":         {"accounts.crypto_users": 5, "accounts.directory": 7, "filevault.users": 3},
		"volume-without-any-user":        {"accounts.crypto_users": 0, "mdm.eacs_preflight": "System is not sealed"},
	}
}

func TestSnapshotsReflectTheScenarios(t *testing.T) {
	t.Parallel()
	for scenario, want := range scenarioFacts() {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			s := take(t, simulated(load(t, scenario)))
			for _, name := range slices.Sorted(maps.Keys(want)) {
				f, ok := s.Fact(name)
				got := f.Value
				if f.Meta.State != evidence.Observed {
					got = f.Meta.State
				}
				if !ok || got != want[name] {
					t.Errorf("%s = %v (%+v), want %v", name, got, f.Meta, want[name])
				}
			}
		})
	}
}

// Every scenario names its console user as the tools do: by the session that is
// on the screen, whatever the name at the top.
func TestConsoleUserOfEveryScenario(t *testing.T) {
	t.Parallel()
	for _, scenario := range macsim.Scenarios() {
		mac := load(t, scenario)
		got := take(t, simulated(mac)).ConsoleUser
		if mac.Console.User == "" {
			if got.State != evidence.Absent {
				t.Errorf("%s: at the login window there is %+v", scenario, got)
			}
			continue
		}
		user := known(t, scenario, got)
		i := slices.IndexFunc(mac.Accounts, func(a state.Account) bool { return a.Name == mac.Console.User })
		if want := (evidence.ConsoleUser{Name: mac.Console.User, UID: mac.Accounts[i].UID}); user != want {
			t.Errorf("%s: %+v, want %+v", scenario, user, want)
		}
	}
}

func TestAccountsReflectTheScenarios(t *testing.T) {
	t.Parallel()
	const node = "/Active Directory/CORP/corp.example.com"
	for _, tc := range []struct {
		scenario string
		want     evidence.DirectoryAccount
	}{
		{"healthy", evidence.DirectoryAccount{
			Name: "itadmin", RealName: "IT Administrator", GUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0101", UID: 501, UIDKnown: true,
			Home: "/Users/itadmin", Shell: "/bin/zsh", TokenTag: true, PasswordKnown: true,
		}},
		{"healthy", evidence.DirectoryAccount{
			Name: "root", OtherNames: []string{`BUILTIN\Local System`}, RealName: "System Administrator",
			GUID: "FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000", UIDKnown: true, Home: "/var/root", Shell: "/bin/sh",
		}},
		{"healthy", evidence.DirectoryAccount{
			Name: "nobody", RealName: "Unprivileged User", GUID: "FFFFEEEE-DDDD-CCCC-BBBB-AAAAFFFFFFFE", UID: -2, UIDKnown: true,
			Home: "/var/empty", Shell: "/usr/bin/false",
		}},
		{"at-setup-assistant", evidence.DirectoryAccount{
			Name: "_mbsetupuser", RealName: "Setup User", GUID: "FFFFEEEE-DDDD-CCCC-BBBB-AAAA000000F8", UID: 248, UIDKnown: true,
			Home: "/var/setup", Shell: "/bin/bash", Hidden: true,
		}},
		{"at-login-window", evidence.DirectoryAccount{
			Name: "mgmt", RealName: "Management Account", GUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A1201", UID: 499, UIDKnown: true,
			Home: "/private/var/mgmt", Shell: "/bin/zsh", Hidden: true, TokenTag: true, PasswordKnown: true,
		}},
		{"directory-user-with-odd-names", evidence.DirectoryAccount{
			Name: "bjørn.ås", OtherNames: []string{"bjørn.ås@corp.example.com", `CORP\bjørn`},
			RealName: `Bjørn Ås’s “Test” \ Secure token is ENABLED for user root`,
			GUID:     "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A1002", UID: 1374928411, UIDKnown: true, Home: "/Users/bjørn ås", Shell: "/bin/zsh",
			OriginalNode: node, TokenTag: true, Mobile: true, PasswordKnown: true,
		}},
		{"directory-user-with-odd-names", evidence.DirectoryAccount{
			Name: "van der berg", RealName: "Ω & <Söhne>", GUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A1003", UID: 1374928412, UIDKnown: true,
			Home: "/Users/van der berg", Shell: "/bin/zsh", OriginalNode: node, Mobile: true, PasswordKnown: true,
		}},
		{"imaged-lab-mac", evidence.DirectoryAccount{
			Name: "lab", RealName: "Lab User", GUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0602", UID: 502, UIDKnown: true,
			Home: "/Users/lab", Shell: "/bin/zsh", DisabledTag: true, PasswordKnown: true,
		}},
		{"reception-desk-thirty-accounts", evidence.DirectoryAccount{
			Name: "user08", RealName: "Hugo Example", GUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A1609", UID: 509, UIDKnown: true,
			Home: "/Users/user08", Shell: "/bin/zsh", TokenTag: true, DisabledUser: true, PasswordKnown: true,
		}},
		{"mojave-mac-in-storage", evidence.DirectoryAccount{
			Name: "archive", RealName: "Archive Room", GUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0F01", UID: 501, UIDKnown: true,
			Home: "/Users/archive", Shell: "/bin/bash", TokenTag: true, PasswordKnown: true,
		}},
	} {
		t.Run(tc.scenario+" "+tc.want.Name, func(t *testing.T) {
			t.Parallel()
			got := account(t, take(t, simulated(load(t, tc.scenario))), tc.want.Name)
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", tc.want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, tc.want)
			}
		})
	}
}

// The group admin keeps names and GeneratedUIDs apart, and so does the evidence.
func TestAdminGroup(t *testing.T) {
	t.Parallel()
	group := known(t, "the group", take(t, simulated(load(t, "migrated-twice"))).AdminGroup)
	const root, itadmin = "FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000", "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0D01"
	if !slices.Equal(group.Names, []string{"root", "itadmin", "oldadmin"}) || !slices.Equal(group.GUIDs, []string{root, itadmin}) {
		t.Errorf("got %+v", group)
	}
}

func TestCryptoUsers(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, tc := range []struct {
		scenario string
		want     []evidence.CryptoUser
	}{
		{"restored-from-another-mac", []evidence.CryptoUser{
			{UUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0A01", Type: evidence.LocalUser, VolumeOwner: &no},
			{UUID: evidence.BootstrapTokenUUID, Type: evidence.BootstrapTokenUser, VolumeOwner: &no},
			{UUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0A02", Type: evidence.LocalUser, VolumeOwner: &no},
		}},
		{"leaver-deleted-with-rm", []evidence.CryptoUser{
			{UUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0901", Type: evidence.LocalUser, VolumeOwner: &yes},
			{UUID: evidence.BootstrapTokenUUID, Type: evidence.BootstrapTokenUser, VolumeOwner: &yes},
			{UUID: evidence.PersonalRecoveryUUID, Type: evidence.PersonalRecoveryUser, VolumeOwner: &yes},
			{UUID: "9D2F0C44-3E0B-47F5-8A6B-5C1E7F2A0901", Type: evidence.LocalUser, VolumeOwner: &yes},
			{UUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0902", Type: evidence.LocalUser, VolumeOwner: &yes},
		}},
		{"catalina-second-local-user", []evidence.CryptoUser{ // this macOS does not know volume owners
			{UUID: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A1701", Type: evidence.LocalUser},
			{UUID: evidence.BootstrapTokenUUID, Type: evidence.BootstrapTokenUser},
			{UUID: evidence.PersonalRecoveryUUID, Type: evidence.PersonalRecoveryUser},
		}},
		{"imaged-lab-mac", []evidence.CryptoUser{}},
	} {
		t.Run(tc.scenario, func(t *testing.T) {
			t.Parallel()
			got := evidence.Snapshot{CryptoUsers: take(t, simulated(load(t, tc.scenario))).CryptoUsers}
			want := evidence.Snapshot{CryptoUsers: evidence.Is(got.CryptoUsers.Meta(), tc.want)}
			if got.CryptoUsers.State != evidence.Observed {
				t.Errorf("the list is %s", got.CryptoUsers.State)
			}
			checkSame(t, got, want)
		})
	}
}

// A check without the slow questions leaves theirs unasked, and nothing else.
func TestQuickCheck(t *testing.T) {
	t.Parallel()
	mac := simulated(load(t, "healthy"))
	want := take(t, mac)
	want.EACSPreflight, want.Managed, want.Security = evidence.Obs[string]{}, evidence.Managed{}, evidence.Security{}
	checkSame(t, collectors.Take(t.Context(), collectors.Mac{Run: mac, Privileged: true}, now, collectors.Quick()), want)
}
