package proof

import (
	"fmt"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// The people of the Macs that plans are tried on: an administrator, a standard
// user, and a user of a directory. Their passwords are one or two; a plan sets the
// third.
const (
	planAdmin    = "a"
	planStandard = "b"
	planMobile   = "m"

	planOne   = "p1"
	planTwo   = "p2"
	planFresh = "p3"
)

// planOthers are more people than a plan thinks about at a time, with the three.
func planOthers() []string { return []string{"c", "d", "e", "f", "g"} }

// planStarts are the Macs from which everything begins, in every band of versions
// whose rules differ.
func planStarts(t *testing.T) map[string]state.Mac {
	t.Helper()
	all := map[string]state.Mac{}
	for _, version := range []string{"10.13.6", "10.14.6", "10.15.2", "10.15.7", "11.1", "12.6", "13.6", "15.7.1", "26.1"} {
		early := version[:3] == "10."
		for _, chip := range []state.Chip{state.Intel, state.AppleSilicon} {
			if chip == state.AppleSilicon && early || chip == state.Intel && !early && version != "15.7.1" {
				continue
			}
			m := planBoxed(t, version, chip)
			all[version+" "+string(chip)] = planAfter(t, m, &state.SetUp{User: planAdmin, Password: new(planOne)}, &state.Create{User: planStandard, Password: new(planOne)})
			all[version+" "+string(chip)+" enrolled"] = planAfter(t, m, &state.Enroll{Way: state.ADE}, &state.SetUp{User: planAdmin, Password: new(planOne)},
				&state.Create{User: planStandard, Password: new(planOne)})
		}
	}
	m := planBoxed(t, "15.7.1", state.AppleSilicon)
	all["15.7.1 managed"] = planAfter(t, m, &state.Enroll{Way: state.ADE}, &state.Configure{Admin: planAdmin, Password: new(planOne), PrimaryStandard: true},
		&state.SetUp{User: planStandard, Password: new(planOne)}, &state.FileVaultOn{User: planStandard})
	all["15.7.1 skipped"] = planAfter(t, m, &state.Enroll{Way: state.ADE}, &state.Configure{Admin: planAdmin, Password: new(planOne), SkipPrimary: true}, &state.SetUp{})
	all["15.7.1 t2"] = planAfter(t, planBoxed(t, "15.7.1", state.T2), &state.Enroll{Way: state.ADE}, &state.SetUp{User: planAdmin, Password: new(planOne)},
		&state.Create{User: planStandard, Password: new(planOne)}, &state.FileVaultOn{User: planAdmin})
	locked := planAfter(t, all["15.7.1 managed"])
	locked.Security.RecoveryLock = "secret"
	all["15.7.1 recovery lock"] = locked
	crowd := all["15.7.1 apple_silicon enrolled"]
	for _, name := range planOthers() {
		crowd = planAfter(t, crowd, &state.Create{User: name, Password: new(planOne)})
	}
	all["15.7.1 crowd"] = crowd
	return all
}

func planBoxed(t *testing.T, version string, chip state.Chip) state.Mac {
	t.Helper()
	m, err := state.Decode(version, []byte(`
os: {version: `+version+`, build: 1A1}
chip: `+string(chip)+`
model: Mac
serial: S
hardware_uuid: 00000000-0000-0000-0000-000000000000
phase: setup_assistant
directory: {forest: corp.example.com}
absent: [_mbsetupuser, daemon, Guest, nobody, root]
`))
	if err != nil {
		t.Fatal(err)
	}
	m.Groups = m.Groups[:1]
	m.Clock = time.Date(2026, 1, 12, 8, 0, 0, 0, time.UTC)
	m.Booted = m.Clock
	return m
}

func planAfter(t *testing.T, m state.Mac, events ...state.Event) state.Mac {
	t.Helper()
	m = m.Clone()
	for _, e := range events {
		if why, err := m.Do(planLater(&m), e); err != nil || why != state.NotRefused {
			t.Fatalf("%s: %s %v", state.EventName(e), why, err)
		}
	}
	return m
}

// planLater is when the next thing happens: long enough after the last that the
// login history, which tells minutes, can tell them apart.
func planLater(m *state.Mac) time.Time { return m.Clock.Add(90 * time.Minute) }

// planMenu is what brings Macs into the states from which plans lead.
func planMenu() []state.Event {
	yes, no := true, false
	all := []state.Event{
		&state.Enroll{Way: state.ApprovedByUser, By: planAdmin}, &state.Enroll{Way: state.NotApproved}, &state.Enroll{Way: state.UserEnrollment},
		&state.Unenroll{}, &state.RenewIdentity{}, &state.UpdateProfile{Capability: state.NoCapability},
		&state.ServerDoes{Forgets: true}, &state.ServerDoes{Refuses: &yes}, &state.ServerDoes{StoresNothing: &yes}, &state.ServerDoes{Refuses: &no},
		&state.Connect{Network: false}, &state.FileVaultOff{User: planAdmin}, &state.EscrowKeys{}, &state.FileVaultRemove{User: planStandard},
		&state.CreateMobile{User: planMobile, Password: new(planOne)}, &state.Tag{User: planStandard},
		&state.Disable{User: planStandard}, &state.Delete{User: planAdmin}, &state.Delete{User: planStandard},
	}
	for _, who := range []string{planAdmin, planStandard} {
		all = append(all, &state.Login{User: who}, &state.FileVaultOn{User: who}, &state.InstallBootstrap{User: who}, &state.RemoveBootstrap{User: who},
			&state.MemberAdd{User: who}, &state.MemberRemove{User: who}, &state.ChangePassword{User: who, New: planTwo},
			&state.ResetPassword{User: who, New: planTwo, By: state.ByAgent}, &state.TokenOn{User: who, Granter: planAdmin},
			&state.TokenOff{User: who, Granter: planAdmin}, &state.TokenOff{User: who, Granter: planStandard})
	}
	return all
}

// planKey tells states apart as far as anything on these Macs can change what
// happens next or what is seen.
func planKey(m *state.Mac) string {
	e, f, s, own := &m.Enrollment, &m.FileVault, &m.Server, &m.Bootstrap
	text := fmt.Sprint(m.OS.Version, m.Phase, m.Console.User, m.Offline, m.Security.Boot, m.Security.MDMAllowed, e.MDM, e.Capability, e.DEP, e.BYOD, e.Setup.SkipPrimary, e.BootstrapAuthAllowed,
		s.Down, s.Refuses, s.StoresNothing, s.Token > 0, own.Local > 0, own.Local == s.Token, own.Escrowed, own.Pending,
		f.State, f.EscrowProfile, f.RecoveryKey.Generation > 0, f.RecoveryKey.Escrowed == f.RecoveryKey.Generation)
	for i := range m.Accounts {
		a := &m.Accounts[i]
		if a.Kind != state.System {
			text += fmt.Sprint(a.Name, a.GUID[:4], a.Password, a.Token, a.FileVault, a.Preboot, a.Admin, a.Hashed, a.DisabledTag, a.Disabled, a.Managed,
				a.Set.Password.After(a.Set.LastLogin), a.Logins > 0)
		}
	}
	return text
}
