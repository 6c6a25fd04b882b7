package modelcheck

import (
	"slices"
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

	one   = "p1"
	two   = "p2"
	wrong = "x" // nobody's
)

// menu is everything that can happen, with two passwords, so that there are few
// states.
func menu() []state.Event {
	return slices.Concat(managementEvents(), accountEvents(), fileVaultEvents(), mistakes(),
		peopleEvents(admin, standard, later, mobile), passwordEvents(admin, standard, later))
}

// smallMenu is what gives and takes tokens, of two users.
func smallMenu() []state.Event {
	all := []state.Event{
		&state.RenewIdentity{}, &state.ServerDoes{Forgets: true}, &state.Restart{}, &state.Connect{Network: false}, &state.Connect{Network: true},
		&state.RecoveryReset{User: admin, New: two, Key: "right"}, &state.FileVaultAdd{User: standard, Unlocker: admin}, &state.FileVaultRemove{User: standard},
		&state.MemberRemove{User: admin}, &state.MemberAdd{User: admin},
	}
	for _, who := range []string{admin, standard} {
		all = append(all, &state.Login{User: who}, &state.Unlock{User: who}, &state.InstallBootstrap{User: who}, &state.RemoveBootstrap{User: who},
			&state.TokenOn{User: who, Granter: admin}, &state.TokenOn{User: who, Granter: standard},
			&state.TokenOff{User: who, Granter: admin}, &state.TokenOff{User: who, Granter: standard})
		for _, password := range []string{one, two} {
			all = append(all, &state.ChangePassword{User: who, New: password},
				&state.ResetPassword{User: who, New: password, By: state.ByRoot},
				&state.ResetPassword{User: who, New: password, By: state.ByAgent},
				&state.ResetPassword{User: who, New: password, By: state.ByAdmin, Granter: admin})
		}
	}
	return all
}

// managementEvents are the enrolment and the server.
func managementEvents() []state.Event {
	yes, no := true, false
	none := state.NoCapability
	return []state.Event{
		&state.Enroll{Way: state.ADE}, &state.Enroll{Way: state.ApprovedByUser, By: admin}, &state.Enroll{Way: state.NotApproved},
		&state.Enroll{Way: state.UserEnrollment}, &state.Enroll{Way: state.ADE, Server: "https://other.example.com/in", Capability: &none},
		&state.Unenroll{}, &state.Approve{}, &state.RenewIdentity{}, &state.ExpireIdentity{},
		&state.UpdateProfile{Capability: state.ByProfile}, &state.UpdateProfile{Capability: state.NoCapability}, &state.AllowBootstrapAuth{},
		&state.Configure{Admin: admin, Password: new(one), SkipPrimary: true}, &state.Configure{Admin: admin, Password: new(one)},
		&state.Configure{Admin: admin, Password: new(one), PrimaryStandard: true, FileVault: true},
		&state.SetUp{User: standard, Password: new(one)}, &state.SetUp{},
		&state.ServerDoes{Down: &yes}, &state.ServerDoes{Down: &no}, &state.ServerDoes{Refuses: &yes}, &state.ServerDoes{Refuses: &no},
		&state.ServerDoes{StoresNothing: &yes}, &state.ServerDoes{KeepsToken: &yes}, &state.ServerDoes{ForgetsAfter: new(1)}, &state.ServerDoes{Forgets: true},
		&state.Connect{Network: false}, &state.Connect{Network: true},
		&state.Upgrade{Version: "15.7.1", Build: "24G231"},
		&state.Erase{}, &state.Erase{Behavior: state.DoNotObliterate}, &state.Erase{Behavior: state.Always}, &state.Restore{},
	}
}

// accountEvents are accounts that come.
func accountEvents() []state.Event {
	return []state.Event{
		&state.Create{User: later, Password: new(one), With: state.Sysadminctl},
		&state.Create{User: later, Password: new(""), With: state.Sysadminctl},
		&state.Create{User: later, Password: new(one), With: state.Settings, Granter: admin},
		&state.Create{User: later, Password: new(one), With: state.PlatformSSO},
		&state.Create{User: later, Password: new(one), With: state.Agent},
		&state.Create{User: service, Password: new(one), With: state.InstallPackage, Tag: true},
		&state.CreateMobile{User: mobile, Password: new(one)},
		&state.CreateMobile{User: mobile, Password: new(one), Granter: admin},
		&state.DirectoryPassword{User: mobile, New: two}, &state.DirectoryPassword{User: mobile, New: one},
		&state.Login{User: service},
		&state.Delete{User: standard, With: state.ByDscl}, &state.Delete{User: standard, With: state.ByMDM},
		&state.Disable{User: standard}, &state.Disable{User: standard, Off: true}, &state.Tag{User: standard, Off: true},
	}
}

// fileVaultEvents are the encryption, its keys and recoveryOS.
func fileVaultEvents() []state.Event {
	return []state.Event{
		&state.Logout{}, &state.Restart{}, &state.Unlock{Key: "right"}, &state.Unlock{User: standard, SSH: true},
		&state.FileVaultOn{User: admin}, &state.FileVaultOn{User: standard}, &state.FileVaultOff{User: admin}, &state.FileVaultOff{Key: "right"},
		&state.FileVaultDefer{}, &state.FileVaultDefer{User: standard}, &state.FileVaultDefer{Off: true}, &state.Encrypted{},
		&state.FileVaultAdd{User: standard, Unlocker: admin}, &state.FileVaultAdd{User: later, Key: "right"}, &state.FileVaultSync{}, &state.UpdatePreboot{},
		&state.ChangeKey{User: admin}, &state.RemoveKey{User: admin}, &state.EscrowKeys{}, &state.EscrowKeys{Off: true},
		&state.RecoveryReset{User: standard, New: two, Key: "right"}, &state.RecoveryReset{User: admin, New: two, Unlocker: standard},
	}
}

// mistakes are wrong passwords and keys.
func mistakes() []state.Event {
	return []state.Event{
		&state.Login{User: standard, Password: new(wrong)}, &state.Unlock{User: admin, Password: new(wrong)}, &state.Unlock{Key: wrong},
		&state.Authenticate{User: standard, Password: new(wrong)}, &state.ChangePassword{User: standard, Old: new(wrong), New: two},
		&state.ResetPassword{User: standard, New: two, By: state.ByAdmin, Granter: admin, GranterPassword: new(wrong)},
		&state.TokenOn{User: standard, Password: new(wrong), Granter: admin}, &state.TokenOn{User: standard, Granter: admin, GranterPassword: new(wrong)},
		&state.TokenOff{User: standard, Granter: admin, GranterPassword: new(wrong)}, &state.TokenOff{User: standard, Password: new(wrong), Granter: admin},
		&state.InstallBootstrap{User: admin, Password: new(wrong)}, &state.RemoveBootstrap{User: admin, Password: new(wrong)},
		&state.FileVaultOn{User: admin, Password: new(wrong)}, &state.FileVaultOff{User: admin, Password: new(wrong)},
		&state.FileVaultAdd{User: standard, Password: new(wrong), Unlocker: admin}, &state.FileVaultAdd{User: standard, Unlocker: admin, UnlockPassword: new(wrong)},
		&state.FileVaultAdd{User: standard, Key: wrong}, &state.Create{User: later, Password: new(one), Granter: admin, GranterPassword: new(wrong)},
	}
}

// peopleEvents are what each of them does or suffers.
func peopleEvents(people ...string) (all []state.Event) {
	for _, who := range people {
		all = append(
			all,
			&state.Login{User: who}, &state.Login{User: who, Via: state.SSH}, &state.Unlock{User: who},
			&state.Delete{User: who}, &state.Delete{User: who, With: state.ByHand}, &state.FileVaultRemove{User: who},
			&state.Tag{User: who}, &state.MemberAdd{User: who}, &state.MemberRemove{User: who},
			&state.InstallBootstrap{User: who}, &state.RemoveBootstrap{User: who}, &state.ValidateBootstrap{User: who},
		)
	}
	return append(
		all,
		&state.Login{User: standard, Via: state.ScreenSharing}, &state.Login{User: standard, Via: state.SSHKey},
		&state.Login{User: standard, Old: new(one)}, &state.Login{User: standard, Old: new(two)}, &state.Authenticate{User: standard},
	)
}

// passwordEvents are new passwords, and tokens given and taken by hand.
func passwordEvents(people ...string) (all []state.Event) {
	for _, who := range people {
		for _, password := range []string{one, two} {
			all = append(
				all,
				&state.ChangePassword{User: who, New: password},
				&state.ResetPassword{User: who, New: password, By: state.ByRoot},
				&state.ResetPassword{User: who, New: password, By: state.ByAgent},
				&state.ResetPassword{User: who, New: password, By: state.ByAdmin, Granter: admin},
			)
		}
		for _, granter := range []string{admin, standard, ""} {
			all = append(all, &state.TokenOn{User: who, Granter: granter}, &state.TokenOff{User: who, Granter: granter})
		}
	}
	for _, by := range []state.Resetter{state.ByRootDscl, state.ByRootPasswd, state.ByHash} {
		all = append(all, &state.ResetPassword{User: standard, New: two, By: by})
	}
	return append(all, &state.ResetPassword{User: admin, New: two, By: state.ByMDMHash}, &state.ResetPassword{User: standard, New: two, By: state.ByMDMHash})
}

// notOnTheMenu are the events that change no token, password or right of anybody,
// and the change by hand, after which no law holds.
func notOnTheMenu() []string { return []string{"charge", "hide", "answers", "break", "mend", "edit"} }

// Whatever can happen is on the menu.
func TestMenuIsComplete(t *testing.T) {
	t.Parallel()
	var have []string
	for _, e := range menu() {
		have = append(have, state.EventName(e))
	}
	for _, name := range state.EventNames() {
		if slices.Contains(have, name) == slices.Contains(notOnTheMenu(), name) {
			t.Errorf("%s: wanted on the menu, or among those that are not", name)
		}
	}
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
