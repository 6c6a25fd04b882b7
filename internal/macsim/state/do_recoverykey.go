package state

// apply makes a new recovery key. community: 10.13.1 deletes the old one where
// the password is wrong.
func (e *ChangeKey) apply(m *Mac) (Refusal, error) {
	if m.FileVault.State == Off {
		return FileVaultIsOff, nil
	}
	if why := m.unlockedBy(e.User, e.Password, e.Key); why != NotRefused {
		if m.OS.Version == "10.13.1" {
			m.dropRecoveryKey()
		}
		return why, nil
	}
	m.newRecoveryKey()
	m.arrived(PersonalRecoveryUUID)
	return NotRefused, nil
}

func (e *RemoveKey) apply(m *Mac) (Refusal, error) {
	if m.FileVault.State == Off {
		return FileVaultIsOff, nil
	}
	if why := m.unlockedBy(e.User, e.Password, e.Key); why != NotRefused {
		return why, nil
	}
	m.dropRecoveryKey()
	return NotRefused, nil
}

func (m *Mac) dropRecoveryKey() {
	m.FileVault.RecoveryKey.Generation = 0
	m.left(PersonalRecoveryUUID)
}

func (e *EscrowKeys) apply(m *Mac) (Refusal, error) {
	if m.Enrollment.MDM == NotEnrolled && !e.Off {
		return NotEnrolledYet, nil
	}
	m.FileVault.EscrowProfile = !e.Off
	return NotRefused, nil
}
