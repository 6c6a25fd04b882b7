package state

import (
	"cmp"
	"fmt"
	"slices"
)

// apply makes the account, and gives it a token where its maker can.
//
// documented: a token administrator's credentials give it one; since 11 the
// first password that is set does. community: without either there is none, and
// a package writes a hash, which is no password that the Mac has seen.
func (e *Create) apply(m *Mac) (Refusal, error) {
	if m.Phase != Running {
		return "", errNotRunning
	}
	if _, exists := m.Account(e.User); exists {
		return AccountExists, nil
	}
	with := cmp.Or(e.With, Sysadminctl)
	if err := e.possible(with, m.OS); err != nil {
		return "", err
	}
	password := typed(e.Password, e.User+"-pw")
	granter, why := m.granterOf(e)
	if why == NotRefused && password != NoPassword && with != InstallPackage && m.tooShort(password) {
		why = PasswordPolicy
	}
	if why != NotRefused {
		return why, nil
	}
	a, err := m.newAccount(e.account(with, password))
	if err != nil {
		return "", err
	}
	a.DisabledTag = e.Tag || a.Kind == Sharing && m.OS.AtLeast(11)
	m.equip(a, with, granter)
	return NotRefused, nil
}

// possible says whether this maker can make it. documented: Platform SSO makes
// accounts since 14.
func (e *Create) possible(with Maker, os OS) error {
	switch {
	case !slices.Contains([]Maker{Sysadminctl, Settings, DirectoryTools, InstallPackage, Agent, PlatformSSO}, with):
		return fmt.Errorf("with: %q is none of sysadminctl, settings, dscl, package, agent, platform_sso", with)
	case with == PlatformSSO && !os.AtLeast(14):
		return fmt.Errorf("with: platform_sso needs macOS 14, this is %s", os.Version)
	case e.Tag && with != DirectoryTools && with != InstallPackage:
		return fmt.Errorf("tag: %s sets the password itself, so that no tag can be there before", with)
	}
	return nil
}

func (e *Create) account(with Maker, password string) Account {
	return Account{
		Name: e.User, RealName: e.RealName, UID: e.UID, GUID: e.GUID, Home: e.Home, Shell: e.Shell,
		Kind: e.Kind, Hidden: e.Hidden, Admin: Admin{Name: e.Admin, GUID: e.Admin},
		Password: password, SSO: with == PlatformSSO, Hashed: with == InstallPackage || with == Agent,
	}
}

// granterOf checks the credentials that authorise the account, if any.
func (m *Mac) granterOf(e *Create) (*Account, Refusal) {
	if e.Granter == "" {
		return nil, NotRefused
	}
	a, why := m.authorise(e.Granter, e.GranterPassword)
	if a == nil {
		return nil, why
	}
	granter := *a // the list of accounts is about to move
	return &granter, why
}

// equip gives a new account what it gets at once.
func (m *Mac) equip(a *Account, with Maker, granter *Account) {
	if a.Password == NoPassword {
		return
	}
	a.Set.Password = m.Clock
	switch {
	case granter != nil && granter.Usable() && a.Kind != Sharing && !a.Hashed && a.Password != "":
		m.grant(a, a.Password)
	case with == PlatformSSO:
		m.first(a, passwordSet)
		m.bootstrapGrant(a)
	case !a.Hashed:
		m.first(a, passwordSet)
	}
}
