package proof

import "github.com/tokenward/tokenward/internal/macsim/state"

func everyUserUnlocks(m *state.Mac) outcome {
	after, locked := restarted(m)
	if !locked {
		return good
	}
	shutOut := anybody(&after, "", func(a *state.Account) bool { return person(a) && !unlocks(&after, a) })
	return outcomeOf(!shutOut && len(opens(&after)) > 0)
}

// restartLocksOut is what hold_restart is to prevent: a holder whom the window
// shows and whose present password it refuses. Nobody misses an account that the
// server had made, unless somebody works with it now.
func restartLocksOut(m *state.Mac) outcome {
	after, locked := restarted(m)
	return outcomeOf(locked && anybody(&after, "", func(a *state.Account) bool {
		missed := !a.Disabled && (!a.Managed || a.Name == m.Console.User)
		return a.FileVault && a.Token.CryptoUser && missed && a.Drifted()
	}))
}

func enablesFileVault(m *state.Mac) outcome {
	if m.FileVault.State == state.On || m.FileVault.State == state.Encrypting {
		return good
	}
	return outcomeOf(anybody(m, "", func(a *state.Account) bool {
		_, done := try(m, &state.FileVaultOn{User: a.Name})
		return done
	}))
}

// recoveryPath: whoever it is that forgets a password.
func recoveryPath(m *state.Mac) outcome {
	after, locked := restarted(m)
	if locked {
		return outcomeOf(sealed(m) || len(opens(&after)) > 1)
	}
	free := m.Security.RecoveryLock == "" && m.Security.Firmware == ""
	admins := 0
	for _, a := range m.People() {
		if usableAdmin(m, a) {
			admins++
		}
		_, reset := try(m, &state.RecoveryReset{User: a.Name, New: "fresh"})
		free = free && reset
	}
	return outcomeOf(free || admins > 1)
}

func grantsNextUser(m *state.Mac) outcome {
	if !do(m, &state.Create{User: "next", Password: new("fresh")}) || !do(m, &state.Login{User: "next"}) {
		return moot
	}
	next, _ := m.Account("next")
	return outcomeOf(next.Usable())
}

// updatesUnattended: no event of the simulator is an update that a server orders,
// so this is its rule. A key that is not marked as an owner authorises where macOS
// never marks one.
func updatesUnattended(m *state.Mac) bool {
	switch {
	case m.Enrollment.MDM == state.NotEnrolled:
		return false
	case m.Chip != state.AppleSilicon:
		return true
	}
	allowed := m.Enrollment.DEP || m.Enrollment.BootstrapAuthAllowed
	return m.OS.AtLeast(11, 2) && allowed && mayUse(m) && gets(m) && (m.Bootstrap.VolumeOwner || m.Switches.BootstrapNotOwner)
}

func consoleAuthorises(m *state.Mac) outcome {
	a, there := m.Account(m.Console.User)
	switch {
	case m.Chip != state.AppleSilicon:
		return good
	case !there:
		return moot
	}
	return outcomeOf(a.Usable() && a.Token.VolumeOwner)
}

func wipes(m *state.Mac) outcome {
	if m.Enrollment.MDM != state.NotEnrolled && !reachable(m) {
		return moot // no order arrives
	}
	return outcomeOf(do(m, &state.Erase{}) && m.Phase == state.SetupAssistant)
}

// enrolsAnew is done with a server that works, and with the network up.
func enrolsAnew(m *state.Mac, server string) outcome {
	if m.Enrollment.MDM == state.NotEnrolled {
		return moot
	}
	same, way, capability := server == m.Enrollment.Server, state.ApprovedByUser, m.Enrollment.Capability
	if m.Enrollment.DEP {
		way = state.ADE
	}
	e := &state.Enroll{Way: way, Server: server}
	nothing := !m.OS.AtLeast(10, 15)
	if same {
		e.Capability, nothing = &capability, nothing || !m.BootstrapSupported()
	}
	serverWorks(m)
	if !do(m, &state.Unenroll{}) || !do(m, e) {
		return moot
	}
	after, locked := restarted(m)
	return outcomeOf((nothing || escrows(m)) && (!locked || len(opens(&after)) > 0))
}

func serverWorks(m *state.Mac) {
	no := false
	do(m, &state.Connect{Network: true})
	do(m, &state.ServerDoes{Down: &no, Refuses: &no, StoresNothing: &no})
}

// escrows says whether somebody can: an admin by hand, or a holder by a login.
func escrows(m *state.Mac) bool {
	return installs(m) || anybody(m, "", func(a *state.Account) bool {
		after, done := try(m, &state.Login{User: a.Name})
		return done && after.Bootstrap.Escrowed && after.BootstrapValid()
	})
}

func installs(m *state.Mac) bool {
	return anybody(m, "", func(a *state.Account) bool {
		after, done := try(m, &state.InstallBootstrap{User: a.Name})
		return done && after.BootstrapValid()
	})
}

// renewsIdentity loses nothing where there was nothing that works.
func renewsIdentity(m *state.Mac) outcome {
	serverWorks(m)
	worked := mayUse(m) && m.BootstrapValid()
	if !do(m, &state.RenewIdentity{}) {
		return moot
	}
	return outcomeOf(!worked || m.BootstrapValid() || installs(m))
}
