package state

import (
	"cmp"
	"errors"
	"fmt"
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

// newAccount adds an account and fills in what nobody has chosen.
func (m *Mac) newAccount(a Account) (*Account, error) {
	a.UID = cmp.Or(a.UID, m.freeUID(a.Kind))
	a.GUID = cmp.Or(a.GUID, m.freeGUID(a.Name))
	a.Set.Created = m.Clock
	a.Hidden = a.Hidden || a.Kind == Service
	a.complete(m.OS)
	m.Accounts = append(m.Accounts, a)
	if err := m.check(); err != nil {
		return nil, err
	}
	return &m.Accounts[len(m.Accounts)-1], nil
}

func (m *Mac) freeUID(kind Kind) int {
	uid := 501
	if kind == Role {
		uid = 300 // documented: from 200 to 400, of which macOS has the lower ones
	}
	for m.taken(func(a *Account) bool { return a.UID == uid }) {
		uid++
	}
	return uid
}

// freeGUID makes the same GUID for the same name on the same Mac, unless the
// volume remembers an earlier account of that name.
func (m *Mac) freeGUID(name string) string {
	for i := 0; ; i++ {
		guid := derivedUUID(m.HardwareUUID, fmt.Sprintf("account %s %d", name, i))
		orphan := false
		for _, u := range m.OrphanCryptoUsers {
			orphan = orphan || u.UUID == guid
		}
		if !orphan && !m.taken(func(a *Account) bool { return a.GUID == guid }) {
			return guid
		}
	}
}

func (m *Mac) taken(by func(*Account) bool) bool {
	for i := range m.Accounts {
		if by(&m.Accounts[i]) {
			return true
		}
	}
	return false
}

// apply installs a newer system. Tokens stay. documented.
func (e *Upgrade) apply(m *Mac) (Refusal, error) {
	next := OS{Version: e.Version, Build: e.Build}
	if err := next.check(); err != nil {
		return "", err
	}
	have, _ := numbers(m.OS.Version) // checked when the Mac was described
	if !next.AtLeast(have...) {
		return "", fmt.Errorf("version: %s is older than %s", e.Version, m.OS.Version)
	}
	next.Product = next.product()
	usual := m.Volume == m.volume()
	m.OS = next
	if usual {
		m.Volume = m.volume()
	}
	m.EACSPreflight = ""
	if m.Phase == Running {
		m.restart()
	}
	return NotRefused, nil
}

// apply erases the Mac, or not. documented: what each behaviour does where the
// preflight fails, that Default reports an error and erases all the same, and
// that "Erase All Content and Settings" came with 12 for T2 and Apple silicon.
func (e *Erase) apply(m *Mac) (Refusal, error) {
	switch {
	case m.Enrollment.MDM == NotEnrolled:
		return NotEnrolledYet, nil
	case !m.reachable():
		return ServerUnreachable, nil
	}
	ready := m.canEraseContents()
	switch cmp.Or(e.Behavior, Default) {
	case Always:
		m.obliterate()
	case ObliterateWithWarning:
		m.eraseOr(ready, (*Mac).obliterate)
	case DoNotObliterate:
		if !ready {
			return PreflightFailed, nil
		}
		m.eraseContents()
	case Default:
		m.eraseOr(ready, (*Mac).obliterate)
		if !ready {
			return PreflightFailed, nil
		}
	default:
		return "", fmt.Errorf("behavior: %q is none of Default, DoNotObliterate, ObliterateWithWarning, Always", e.Behavior)
	}
	return NotRefused, nil
}

func (m *Mac) eraseOr(ready bool, otherwise func(*Mac)) {
	if ready {
		m.eraseContents()
		return
	}
	otherwise(m)
}

// canEraseContents is the preflight. Between 12 and 13.3 no source tells its
// answer, but it is made. documented.
func (m *Mac) canEraseContents() bool {
	if m.Chip == Intel || !m.OS.AtLeast(12) {
		return false
	}
	if m.OS.AtLeast(13, 3) {
		return m.Preflight() == "success"
	}
	return m.Chip == T2 || m.getsBootstrap()
}

// eraseContents leaves the system and nothing of its users. What the server
// keeps, it keeps.
func (m *Mac) eraseContents() {
	m.Accounts, m.OrphanCryptoUsers, m.CryptoOrder, m.Sessions = nil, nil, nil, nil
	m.Groups, m.Jobs, m.Packages, m.Files = nil, nil, nil, nil
	m.Console, m.Directory, m.Policy = Console{}, Directory{}, Policy{}
	m.Bootstrap = Bootstrap{Last: m.Bootstrap.Last}
	m.FileVault = FileVault{RecoveryKey: RecoveryKey{Last: m.FileVault.RecoveryKey.Last}}
	m.Enrollment = Enrollment{}
	m.EACSPreflight = ""
	m.Phase = SetupAssistant
	m.complete()
}

// obliterate leaves no system either.
func (m *Mac) obliterate() {
	m.eraseContents()
	m.Phase = Wiped
}

// apply is a restore with another Mac. U13: assumed to be like a Mac from the
// factory.
func (e *Restore) apply(m *Mac) (Refusal, error) {
	m.eraseContents()
	m.Security = Security{Boot: FullSecurity, ActivationLock: m.Security.ActivationLock}
	return NotRefused, nil
}

// apply lays the text over the state.
func (e *Edit) apply(m *Mac) (Refusal, error) {
	if err := e.Mac.over(m); err != nil {
		return "", fmt.Errorf("mac: %w", err)
	}
	if e.User != "" {
		a, ok := m.Account(e.User)
		if !ok {
			return "", fmt.Errorf("user: there is no account %q", e.User)
		}
		type plain Account // without the defaults of an account that is new
		if err := e.Account.over((*plain)(a)); err != nil {
			return "", fmt.Errorf("account: %w", err)
		}
	}
	return NotRefused, m.Complete()
}
