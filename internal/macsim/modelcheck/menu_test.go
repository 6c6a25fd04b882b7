package modelcheck

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// The names are short because they are in every key: admin, standard user,
// mobile user, a user made later, a service account.
const (
	admin    = "a"
	standard = "b"
	mobile   = "m"
	later    = "c"
	service  = "s"

	one = "p1"
	two = "p2"
)

// starts are the Macs from which everything begins: every band of versions, the
// chips, enrolled or not, from Setup Assistant and in use.
func starts(t *testing.T) map[string]state.Mac {
	t.Helper()
	all := map[string]state.Mac{}
	for _, version := range []string{"10.13", "10.13.6", "10.14.6", "10.15.2", "10.15.7", "11.1", "12.6", "13.6", "14.2", "15.7.1", "26.1", "27.0"} {
		for _, chip := range []string{"intel", "apple_silicon"} {
			m, err := state.Decode(version, []byte(`
os: {version: `+version+`, build: 1A1}
chip: `+chip+`
model: Mac
serial: S
hardware_uuid: 00000000-0000-0000-0000-000000000000
phase: setup_assistant
directory: {forest: corp.example.com}
absent: [_mbsetupuser, daemon, Guest, nobody, root]
`))
			if err != nil {
				continue // no such Mac was made
			}
			m.Groups = m.Groups[:1] // admin: the others change nothing here
			all[version+" "+chip] = m
			all[version+" "+chip+" in use"] = after(t, m, &state.Enroll{Way: state.ADE}, &state.SetUp{User: admin, Password: new(one)},
				&state.Create{User: standard, Password: new(one)})
		}
	}
	hfs := after(t, all["10.13.6 intel"])
	hfs.FileSystem = state.HFS
	all["10.13.6 hfs"] = hfs
	managed := after(t, all["15.7.1 apple_silicon"], &state.Enroll{Way: state.ADE}, &state.Configure{Admin: admin, Password: new(one), PrimaryStandard: true},
		&state.SetUp{User: standard, Password: new(one)}, &state.FileVaultOn{User: standard})
	all["15.7.1 managed"] = managed
	return all
}

func after(t *testing.T, m state.Mac, events ...state.Event) state.Mac {
	t.Helper()
	m = m.Clone()
	for _, e := range events {
		if _, err := m.Do(m.Clock, e); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// menu is everything that can happen, with two passwords, so that there are
// finitely many states.
func menu() []state.Event { return events }

var events = allEvents()

func allEvents() []state.Event {
	yes, no := true, false
	menu := []state.Event{
		&state.Enroll{Way: state.ADE}, &state.Enroll{Way: state.ApprovedByUser}, &state.Unenroll{}, &state.RenewIdentity{},
		&state.Configure{Admin: admin, Password: new(one), SkipPrimary: true},
		&state.SetUp{User: standard, Password: new(one)}, &state.SetUp{},
		&state.ServerDoes{Down: &yes}, &state.ServerDoes{Down: &no}, &state.ServerDoes{StoresNothing: &yes}, &state.ServerDoes{Forgets: true},
		&state.Connect{Network: false}, &state.Connect{Network: true},
		&state.Logout{}, &state.Restart{},
		&state.Create{User: later, Password: new(one), With: state.Sysadminctl},
		&state.Create{User: later, Password: new(""), With: state.Sysadminctl},
		&state.Create{User: later, Password: new(one), With: state.Settings, Granter: admin},
		&state.Create{User: service, Password: new(one), With: state.InstallPackage, Tag: true},
		&state.CreateMobile{User: mobile, Password: new(one)},
		&state.CreateMobile{User: mobile, Password: new(one), Granter: admin},
		&state.FileVaultOn{User: admin}, &state.FileVaultOn{User: standard}, &state.FileVaultDefer{}, &state.FileVaultOff{User: admin}, &state.Encrypted{},
		&state.FileVaultAdd{User: standard, Unlocker: admin}, &state.FileVaultAdd{User: later, Key: "right"}, &state.FileVaultSync{}, &state.UpdatePreboot{},
		&state.RecoveryReset{User: standard, New: two, Key: "right"}, &state.RecoveryReset{User: admin, New: two, Unlocker: standard},
		&state.Upgrade{Version: "15.7.1", Build: "24G231"},
	}
	for _, who := range []string{admin, standard, later, mobile} {
		menu = append(menu,
			&state.Login{User: who}, &state.Login{User: who, Via: state.SSH}, &state.Unlock{User: who},
			&state.Delete{User: who}, &state.Delete{User: who, With: state.ByHand}, &state.FileVaultRemove{User: who},
			&state.Tag{User: who}, &state.MemberAdd{User: who}, &state.MemberRemove{User: who},
			&state.InstallBootstrap{User: who}, &state.RemoveBootstrap{User: who}, &state.ValidateBootstrap{User: who},
		)
		if who == mobile {
			continue
		}
		for _, password := range []string{one, two} {
			menu = append(menu,
				&state.ChangePassword{User: who, New: password},
				&state.ResetPassword{User: who, New: password, By: state.ByRoot},
				&state.ResetPassword{User: who, New: password, By: state.ByAgent},
				&state.ResetPassword{User: who, New: password, By: state.ByAdmin, Granter: admin},
			)
		}
		for _, granter := range []string{admin, standard, ""} {
			menu = append(menu, &state.TokenOn{User: who, Granter: granter}, &state.TokenOff{User: who, Granter: granter})
		}
	}
	return menu
}

// plain is an event as the text of a scenario would have it.
func plain(e state.Event) any {
	text, err := yaml.Marshal(e)
	if err != nil {
		return e
	}
	fields := map[string]any{}
	if err := yaml.Unmarshal(text, &fields); err != nil {
		return e
	}
	for key, value := range fields {
		if value == nil || value == "" || value == false || value == 0 {
			delete(fields, key)
		}
	}
	return fields
}
