package proof

import (
	"slices"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// menu is what can happen to a Mac on its way to a state that is judged. What
// nobody can know of is not on it: blank passwords, and passwords that a directory
// service has and the Mac has not heard of.
func menu() []state.Event {
	return slices.Concat(managementEvents(), fileVaultEvents(), accountEvents(), peopleEvents(admin, standard, later))
}

func managementEvents() []state.Event {
	yes, no, none := true, false, state.NoCapability
	return []state.Event{
		&state.Enroll{}, &state.Enroll{Way: state.ApprovedByUser}, &state.Enroll{Way: state.NotApproved}, &state.Enroll{Way: state.UserEnrollment},
		&state.Enroll{Server: "https://other.example.com/in", Capability: &none},
		&state.Unenroll{}, &state.Approve{}, &state.RenewIdentity{}, &state.ExpireIdentity{},
		&state.UpdateProfile{Capability: state.ByProfile}, &state.UpdateProfile{Capability: state.NoCapability}, &state.AllowBootstrapAuth{},
		&state.ServerDoes{Down: &yes}, &state.ServerDoes{Down: &no}, &state.ServerDoes{KeepsToken: &yes}, &state.ServerDoes{Forgets: true},
		&state.ServerDoes{StoresNothing: &yes}, &state.Connect{}, &state.Connect{Network: true},
	}
}

func fileVaultEvents() []state.Event {
	return []state.Event{
		&state.Logout{}, &state.Restart{}, &state.Unlock{Key: "right"},
		&state.FileVaultOn{User: admin}, &state.FileVaultOn{User: standard}, &state.FileVaultOff{User: admin}, &state.FileVaultOff{Key: "right"},
		&state.FileVaultDefer{}, &state.FileVaultDefer{User: standard}, &state.Encrypted{},
		&state.FileVaultAdd{User: standard, Unlocker: admin}, &state.FileVaultAdd{User: later, Key: "right"},
		&state.ChangeKey{User: admin}, &state.RemoveKey{User: admin}, &state.EscrowKeys{}, &state.EscrowKeys{Off: true},
		&state.RecoveryReset{User: standard, New: two, Key: "right"}, &state.RecoveryReset{User: admin, New: two, Unlocker: standard},
	}
}

func accountEvents() []state.Event {
	return []state.Event{
		&state.Create{User: later, Password: new(one)}, &state.Create{User: later, Password: new(one), With: state.Settings, Granter: admin},
		&state.Create{User: later, Password: new(one), With: state.Agent, Admin: true},
		&state.Create{User: service, Password: new(one), With: state.InstallPackage, Tag: true, Hidden: true},
		&state.CreateMobile{User: mobile, Password: new(one)}, &state.Login{User: mobile}, &state.Login{User: service},
		&state.Disable{User: standard}, &state.Delete{User: admin, With: state.ByHand}, &state.Tag{User: admin}, &state.Tag{User: standard},
	}
}

func peopleEvents(people ...string) (all []state.Event) {
	for _, who := range people {
		all = append(
			all,
			&state.Login{User: who}, &state.Unlock{User: who}, &state.Delete{User: who}, &state.FileVaultRemove{User: who},
			&state.MemberAdd{User: who}, &state.MemberRemove{User: who}, &state.InstallBootstrap{User: who},
			&state.ChangePassword{User: who, New: two}, &state.ResetPassword{User: who, New: two, By: state.ByAgent},
			&state.ResetPassword{User: who, New: two, By: state.ByAdmin, Granter: admin},
			&state.TokenOn{User: who, Granter: admin}, &state.TokenOff{User: who, Granter: admin}, &state.TokenOff{User: who, Granter: standard},
		)
	}
	return append(all, &state.RemoveBootstrap{User: admin}, &state.ResetPassword{User: admin, New: two, By: state.ByRoot})
}
