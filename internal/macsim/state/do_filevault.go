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
