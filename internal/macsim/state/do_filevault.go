package state

import (
	"cmp"
	"errors"
	"fmt"
)

// apply turns FileVault on. documented: the user needs a token. community: on
// 10.15 an administrator or a mobile account gets the first one by it, which the
// check of the password sees to.
func (e *FileVaultOn) apply(m *Mac) (Refusal, error) {
	if m.FileVault.State != Off {
		return FileVaultIsOn, nil
	}
	a, ok := m.Account(e.User)
	switch {
	case !ok:
		return UnknownAccount, nil
	case !m.verify(a, typed(e.Password, a.Password)):
		return WrongPassword, nil
	}
	if !a.Usable() {
		return NeedsToken, nil
	}
	m.turnOnFileVault(e.ICloud)
	return NotRefused, nil
}

// turnOnFileVault encrypts. documented: T2 and Apple silicon are done at once,
// since the volume is encrypted anyway; a recovery key that is there stays.
func (m *Mac) turnOnFileVault(icloud bool) {
	f := &m.FileVault
	f.State, f.Percent, f.Deferred, f.DeferredUser = On, 0, false, ""
	if m.Chip == Intel {
		f.State = Encrypting
	}
	switch {
	case icloud:
		f.ICloud = true
		m.arrived(iCloudRecoveryUUID)
		m.arrived(iCloudKeyUUID)
	case f.RecoveryKey.Generation == 0:
		m.newRecoveryKey()
		m.arrived(PersonalRecoveryUUID)
	}
}

func (e *FileVaultDefer) apply(m *Mac) (Refusal, error) {
	switch {
	case !e.Off && m.FileVault.State != Off:
		return FileVaultIsOn, nil
	case e.Off:
		m.FileVault.Deferred, m.FileVault.DeferredUser = false, ""
		return NotRefused, nil
	}
	if _, ok := m.Account(e.User); e.User != "" && !ok {
		return UnknownAccount, nil
	}
	m.FileVault.Deferred, m.FileVault.DeferredUser = true, e.User
	return NotRefused, nil
}

// deferredFileVault happens at a login or logout of a user with a token.
// documented.
func (m *Mac) deferredFileVault(a *Account) {
	f := m.FileVault
	if f.Deferred && f.State == Off && a.Usable() && (f.DeferredUser == "" || f.DeferredUser == a.Name) {
		m.turnOnFileVault(false)
	}
}

// apply turns FileVault off. U5: what becomes of the tokens; assumed: nothing.
func (e *FileVaultOff) apply(m *Mac) (Refusal, error) {
	if m.FileVault.State != On && m.FileVault.State != Encrypting {
		return FileVaultIsOff, nil
	}
	if why := m.unlockedBy(e.User, e.Password, e.Key); why != NotRefused {
		return why, nil
	}
	m.FileVault.State, m.FileVault.Percent = Off, 0
	if m.Chip == Intel {
		m.FileVault.State = Decrypting
	}
	if m.Switches.FileVaultOffDropsTokens {
		m.dropTokens()
	}
	return NotRefused, nil
}

func (m *Mac) dropTokens() {
	for i := range m.Accounts {
		a := &m.Accounts[i]
		if a.Token.CryptoUser {
			m.left(a.GUID)
		}
		a.Token, a.FileVault, a.Preboot = Token{}, false, false
	}
}

func (e *Encrypted) apply(m *Mac) (Refusal, error) {
	percent := cmp.Or(e.Percent, 100)
	f := &m.FileVault
	switch {
	case f.State != Encrypting && f.State != Decrypting:
		return "", errors.New("nothing is being encrypted or decrypted")
	case percent < 0 || percent > 100:
		return "", fmt.Errorf("percent: %d is not between 0 and 100", percent)
	case percent < 100:
		f.Percent = percent
	case f.State == Encrypting:
		f.State, f.Percent = On, 0
	default:
		f.State, f.Percent = Off, 0
	}
	return NotRefused, nil
}

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

func (e *UpdatePreboot) apply(m *Mac) (Refusal, error) {
	if m.FileSystem != APFS {
		return NotPermitted, nil
	}
	for i := range m.Accounts {
		m.Accounts[i].Preboot = m.Accounts[i].FileVault
	}
	return NotRefused, nil
}
