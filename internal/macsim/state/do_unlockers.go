package state

// apply adds a user to the list. documented: a password of somebody in it, or
// the recovery key, and the user's own; inferred: a user without a token gets
// one by it.
func (e *FileVaultAdd) apply(m *Mac) (Refusal, error) {
	if m.FileVault.State == Off {
		return FileVaultIsOff, nil
	}
	if why := m.unlockedBy(e.Unlocker, e.UnlockPassword, e.Key); why != NotRefused {
		return m.asGranter(why), nil
	}
	a, ok := m.Account(e.User)
	switch {
	case !ok:
		return UnknownAccount, nil
	case !m.verify(a, typed(e.Password, a.Password)):
		return WrongPassword, nil
	case a.Password == "":
		return BlankPassword, nil // documented: an error of its own
	case !a.Usable() && (m.Switches.AddingToFileVaultNoToken || !m.mayHold(a)):
		return NeedsToken, nil
	case !a.Usable():
		m.grant(a, a.Password)
	}
	a.FileVault, a.Preboot = true, !m.Switches.PrebootNeedsUpdate
	return NotRefused, nil
}

// asGranter says of whom a refusal is: of the one who unlocks.
func (m *Mac) asGranter(why Refusal) Refusal {
	switch why {
	case UnknownAccount:
		return GranterUnknown
	case WrongPassword:
		return GranterPassword
	case NotListed:
		return GranterNoToken
	default:
		return why
	}
}

// apply takes a user off the list; the token stays. documented: not the last
// one. community (10.13): the FileVault window still shows the user until it is
// updated.
func (e *FileVaultRemove) apply(m *Mac) (Refusal, error) {
	if m.FileVault.State == Off {
		return FileVaultIsOff, nil
	}
	listed := 0
	var found *Account
	for i := range m.Accounts {
		a := &m.Accounts[i]
		if a.FileVault {
			listed++
		}
		if a.FileVault && (a.Name == e.User || a.GUID == e.User) {
			found = a
		}
	}
	switch {
	case found == nil:
		return NotListed, nil
	case listed == 1:
		return LastOne, nil
	}
	found.FileVault = false
	if m.OS.AtLeast(10, 14) {
		found.Preboot = false
	}
	return NotRefused, nil
}

// apply drops from the volume whom the directory does not know any more.
// documented: man fdesetup.
func (e *FileVaultSync) apply(m *Mac) (Refusal, error) {
	var kept []CryptoUser
	for _, u := range m.OrphanCryptoUsers {
		if u.Type == LocalOpenDirectory {
			m.left(u.UUID)
			continue
		}
		kept = append(kept, u)
	}
	m.OrphanCryptoUsers = kept
	return NotRefused, nil
}

func (e *UpdatePreboot) apply(m *Mac) (Refusal, error) {
	if m.FileSystem != APFS {
		return NotPermitted, nil
	}
	for i := range m.Accounts {
		m.Accounts[i].Preboot = m.Accounts[i].FileVault
	}
	return NotRefused, nil
}
