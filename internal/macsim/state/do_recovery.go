package state

// apply resets a password in recoveryOS and restarts. community: the user has a
// token then, whether there was one or not; X5: that it opens with the new
// password.
func (e *RecoveryReset) apply(m *Mac) (Refusal, error) {
	if m.Phase == SetupAssistant || m.Phase == Wiped {
		return "", errNotRunning
	}
	a, ok := m.Account(e.User)
	if !ok {
		return UnknownAccount, nil
	}
	if m.Security.RecoveryLock != "" && e.RecoveryLock != m.Security.RecoveryLock {
		return NotPermitted, nil
	}
	if m.FileVault.State != Off {
		if why := m.unlockedBy(e.Unlocker, e.UnlockPassword, e.Key); why != NotRefused {
			return why, nil
		}
	}
	former := a.Token.Password
	held := a.Holds()
	m.setPassword(a, e.New, false)
	if m.mayHold(a) {
		m.grant(a, e.New)
		if held && m.Switches.RecoveryResetLeavesToken {
			a.Token.Password = former
		}
	}
	m.restart()
	return NotRefused, nil
}
