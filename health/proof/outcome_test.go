package proof

import (
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// An outcome is what came of a forecast's event.
type outcome int

const (
	moot outcome = iota // it could not be tried on this Mac at all
	bad                 // what a yes excludes
	good                // what a yes promises
)

func outcomeOf(well bool) outcome {
	if well {
		return good
	}
	return bad
}

// outcomes say for each forecast, by the simulator's own truth, whether it goes
// well. Each may change the Mac that it gets.
func outcomes() map[health.ForecastName]func(m *state.Mac, who string) outcome {
	return map[health.ForecastName]func(*state.Mac, string) outcome{
		health.EveryUserUnlocks:   func(m *state.Mac, _ string) outcome { return everyUserUnlocks(m) },
		health.EnablesFileVault:   func(m *state.Mac, _ string) outcome { return enablesFileVault(m) },
		health.RecoveryPathExists: func(m *state.Mac, _ string) outcome { return recoveryPath(m) },
		health.HoldRestart:        func(m *state.Mac, _ string) outcome { return restartLocksOut(m) },
		health.NextUserGranted:    func(m *state.Mac, _ string) outcome { return grantsNextUser(m) },
		health.UpdatesUnattended:  func(m *state.Mac, _ string) outcome { return outcomeOf(updatesUnattended(m)) },
		health.ConsoleAuthorises:  func(m *state.Mac, _ string) outcome { return consoleAuthorises(m) },
		health.WipesSilently:      func(m *state.Mac, _ string) outcome { return wipes(m) },
		health.SafeToReenrol:      func(m *state.Mac, _ string) outcome { return enrolsAnew(m, m.Enrollment.Server) },
		health.SafeToMigrate:      func(m *state.Mac, _ string) outcome { return enrolsAnew(m, "https://new.example.com/in") },
		health.SafeToRenew:        func(m *state.Mac, _ string) outcome { return renewsIdentity(m) },
		health.SafeToReset:        resets,
		health.SafeToRemove:       removes,
		health.SafeToTurnOff:      turnsOff,
		health.SurvivesLeaver:     func(m *state.Mac, who string) outcome { return outcomeOf(survives(m, who, true)) },
	}
}

// do lets an event happen a while later, and says whether the Mac did it.
func do(m *state.Mac, e state.Event) bool {
	why, err := m.Do(m.Clock.Add(step), e)
	return err == nil && why == state.NotRefused
}

// try is do on a copy.
func try(m *state.Mac, e state.Event) (state.Mac, bool) {
	c := m.Clone()
	done := do(&c, e)
	return c, done
}

// restarted is the Mac after a restart, and whether it waits at the FileVault
// window.
func restarted(m *state.Mac) (after state.Mac, locked bool) {
	after, _ = try(m, &state.Restart{})
	return after, after.Phase == state.Locked
}

// unlocks says whether the account's present password opens the locked Mac.
func unlocks(locked *state.Mac, a *state.Account) bool {
	_, done := try(locked, &state.Unlock{User: a.Name, Password: &a.Password})
	return done
}

func opens(m *state.Mac) (who []string) {
	for _, a := range m.People() {
		if unlocks(m, a) {
			who = append(who, a.Name)
		}
	}
	return who
}

// person says whether somebody works with the account, as far as anybody can see.
func person(a *state.Account) bool {
	return (a.Kind == state.Local || a.Kind == state.Mobile) && !a.Hidden && !a.Disabled
}

// usableAdmin says whether the account's credentials give tokens.
func usableAdmin(m *state.Mac, a *state.Account) bool { return a.Usable() && m.IsAdmin(a) }

// any says whether it holds of an account other than that one.
func anybody(m *state.Mac, but string, can func(*state.Account) bool) bool {
	for _, a := range m.People() {
		if a.Name != but && can(a) {
			return true
		}
	}
	return false
}

// sealed says whether the Mac shows that its recovery key went to the server.
func sealed(m *state.Mac) bool {
	key := m.FileVault.RecoveryKey
	return m.FileVault.EscrowProfile && key.Generation > 0 && key.Escrowed == key.Generation
}

// reachable and gets are what the server does for the Mac now.
func reachable(m *state.Mac) bool {
	return m.Enrollment.MDM != state.NotEnrolled && !m.Enrollment.Expired && !m.Offline && !m.Server.Down
}

func gets(m *state.Mac) bool {
	return reachable(m) && !m.Server.Refuses && m.Bootstrap.Local > 0 && m.Bootstrap.Local == m.Server.Token
}

func mayUse(m *state.Mac) bool {
	e := m.Enrollment
	way := e.DEP || m.OS.AtLeast(10, 15, 4) && !m.Switches.BootstrapNeedsADE
	return m.BootstrapSupported() && e.MDM == state.UserApproved && !e.BYOD && way
}
