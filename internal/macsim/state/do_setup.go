package state

import (
	"errors"
)

// apply is AccountConfiguration. documented: only while the Mac is held in Setup
// Assistant, and that the Mac gets a hash of the administrator's password.
func (e *Configure) apply(m *Mac) (Refusal, error) {
	if m.Phase != SetupAssistant || !m.Enrollment.Awaiting {
		return "", errors.New("the Mac is not held in Setup Assistant by its server")
	}
	if (e.SkipPrimary || e.PrimaryStandard) && e.Admin == "" {
		return "", errors.New("skip_primary and primary_standard need an admin")
	}
	m.Enrollment.Setup = Setup{Admin: e.Admin, SkipPrimary: e.SkipPrimary, PrimaryStandard: e.PrimaryStandard, FileVault: e.FileVault}
	if e.Admin == "" {
		return NotRefused, nil
	}
	a, err := m.newAccount(Account{
		Name: e.Admin, RealName: e.RealName, Password: typed(e.Password, e.Admin+"-pw"),
		Managed: true, Hashed: true, Hidden: e.Hidden, Admin: Admin{Name: true, GUID: true},
	})
	if err != nil {
		return "", err
	}
	a.Set.Password = m.Clock
	return NotRefused, nil
}

// apply makes the first account and logs it in.
func (e *SetUp) apply(m *Mac) (Refusal, error) {
	setup := m.Enrollment.Setup
	switch {
	case m.Phase != SetupAssistant:
		return "", errors.New("the Mac has been set up already")
	case setup.SkipPrimary != (e.User == ""):
		return "", errors.New("user: wanted, unless the server skips the account")
	}
	m.Phase, m.Enrollment.Awaiting = Running, false
	if e.User == "" {
		return NotRefused, nil
	}
	admin := !setup.PrimaryStandard
	a, err := m.newAccount(Account{
		Name: e.User, RealName: e.RealName, GUID: e.GUID,
		Password: typed(e.Password, e.User+"-pw"), Admin: Admin{Name: admin, GUID: admin},
	})
	if err != nil {
		return "", err
	}
	a.Set.Password = m.Clock
	m.first(a, setUp)
	a.Logins, a.Set.LastLogin = 1, m.Clock
	m.toScreen(a)
	m.openSession(a, Window)
	m.first(a, authentication)
	m.escrowInSetup(a)
	m.fileVaultInSetup(a)
	return NotRefused, nil
}

// escrowInSetup is the escrow during Setup Assistant. community: before 10.15.4
// it happens here alone, and not with a managed administrator beside a standard
// user.
func (m *Mac) escrowInSetup(a *Account) {
	early := m.OS.AtLeast(10, 15) && !m.OS.AtLeast(10, 15, 4)
	setup := m.Enrollment.Setup
	suppressed := setup.PrimaryStandard || setup.Admin != "" && m.Switches.ManagedAdminSuppressesEscrow
	if early && m.mayUseBootstrap() && a.Usable() && a.Password != "" && !suppressed {
		m.escrow()
	}
	m.escrowAtLogin(a, true)
}

// fileVaultInSetup is ForceEnableInSetupAssistant. documented: since 14 for an
// administrator with a token, since 14.4 for a standard user too.
func (m *Mac) fileVaultInSetup(a *Account) {
	wanted := m.Enrollment.Setup.FileVault && m.Enrollment.DEP && m.OS.AtLeast(14)
	if wanted && a.Usable() && (m.IsAdmin(a) || m.OS.AtLeast(14, 4)) {
		m.turnOnFileVault(false)
	}
}
