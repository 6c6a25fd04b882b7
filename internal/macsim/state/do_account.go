package state

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
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
		Password: password, Hashed: with == InstallPackage || with == Agent,
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

// apply is the first login of a directory user. documented: since 10.13.4 the
// dialog for a token administrator, its key to suppress it, and that with an
// escrowed Bootstrap Token nobody needs it.
func (e *CreateMobile) apply(m *Mac) (Refusal, error) {
	switch {
	case m.Phase != Running:
		return "", errNotRunning
	case e.Node == "" && m.Directory.Domain == "":
		return "", errors.New("node: missing: the Mac is bound to no directory")
	case m.Offline || m.Directory.Down:
		return NoNetwork, nil
	}
	if _, exists := m.Account(e.User); exists {
		return AccountExists, nil
	}
	a, err := m.newAccount(e.account(m))
	if err != nil {
		return "", err
	}
	a.Set.Password = m.Clock
	m.first(a, passwordSet)
	m.first(a, authentication)
	m.logInOnScreen(a, nil, false, true)
	m.openSession(a, Window)
	return e.dialog(m, a), nil
}

func (e *CreateMobile) account(m *Mac) Account {
	node := e.Node
	if node == "" {
		short, _, _ := strings.Cut(m.Directory.Domain, ".")
		node = "/Active Directory/" + strings.ToUpper(short) + "/" + m.Directory.Domain
	}
	uid := e.UID
	if uid == 0 {
		uid = 1374928411 // such as the plug-in for Active Directory makes of a GUID
		for m.taken(func(a *Account) bool { return a.UID == uid }) {
			uid++
		}
	}
	kind := Mobile
	if e.NotCached {
		kind = Network
	}
	return Account{
		Name: e.User, RealName: e.RealName, OtherNames: e.OtherNames, UID: uid, GUID: e.GUID, Home: e.Home,
		Kind: kind, OriginalNode: node, Password: typed(e.Password, e.User+"-pw"), Admin: Admin{Name: e.Admin, GUID: e.Admin},
	}
}

// dialog asks for a token administrator where the user still has none.
func (e *CreateMobile) dialog(m *Mac, a *Account) Refusal {
	asked := m.OS.AtLeast(10, 13, 4) && a.Kind == Mobile && !a.Holds() && m.holders() > 0
	if !asked || e.Bypass || e.Granter == "" {
		return NotRefused
	}
	granter, why := m.authorise(e.Granter, e.GranterPassword)
	switch {
	case granter == nil:
		return why
	case !granter.Usable():
		return GranterNoToken
	}
	m.grant(a, a.Password)
	return NotRefused
}

// apply removes the account. community: the last administrator and the last
// token holder stay; dscl removes no holder at all; a record that is removed
// past the directory leaves its cryptographic user behind.
func (e *Delete) apply(m *Mac) (Refusal, error) {
	a, ok := m.Account(e.User)
	if !ok {
		return UnknownAccount, nil
	}
	with := cmp.Or(e.With, BySysadminctl)
	switch {
	case !slices.Contains([]Remover{BySysadminctl, ByDscl, ByMDM, ByHand}, with):
		return "", fmt.Errorf("with: %q is none of sysadminctl, dscl, mdm, rm", with)
	case with == ByMDM && m.Enrollment.MDM == NotEnrolled:
		return NotEnrolledYet, nil
	case with == ByMDM && !m.reachable():
		return ServerUnreachable, nil
	case with == ByMDM && !m.Supervised(): // documented
		return NotPermitted, nil
	case with == ByDscl && a.Holds():
		return NotPermitted, nil
	case with == ByHand:
		m.leaveOrphan(a)
	case with == ByDscl:
	case a.Holds() && m.holders() == 1 || m.IsAdmin(a) && m.admins() == 1:
		return LastOne, nil
	}
	m.removeAccount(*a, with == ByHand || with == ByDscl)
	return NotRefused, nil
}

// leaveOrphan keeps an account's cryptographic user on the volume.
func (m *Mac) leaveOrphan(a *Account) {
	if a.Token.CryptoUser {
		m.OrphanCryptoUsers = append(m.OrphanCryptoUsers, CryptoUser{a.GUID, LocalOpenDirectory, a.Token.VolumeOwner})
	}
}

// removeAccount takes the record away, and, unless they stay behind, what other
// records say of it.
func (m *Mac) removeAccount(a Account, leftovers bool) {
	if admin, ok := m.Group(AdminGroup); ok && leftovers {
		if a.Admin.Name {
			admin.Names = append(admin.Names, a.Name)
		}
		if a.Admin.GUID {
			admin.GUIDs = append(admin.GUIDs, a.GUID)
		}
	}
	if !leftovers {
		m.left(a.GUID)
		for i := range m.Groups {
			m.Groups[i].Names = without(m.Groups[i].Names, a.Name)
			m.Groups[i].GUIDs = without(m.Groups[i].GUIDs, a.GUID)
		}
	}
	m.closeSessions(a.Name)
	if m.Console.User == a.Name {
		m.Console = Console{Background: m.Console.Background}
	}
	m.Console.Background = without(m.Console.Background, a.Name)
	m.Accounts = slices.DeleteFunc(m.Accounts, func(b Account) bool { return b.GUID == a.GUID })
	if isSystemAccount(a.Name) {
		m.Absent = append(m.Absent, a.Name) // or the state file would bring it back
	}
}

// without returns the list without a value, nil where nothing is left.
func without(list []string, value string) []string {
	var kept []string
	for _, v := range list {
		if v != value {
			kept = append(kept, v)
		}
	}
	return kept
}

func (e *MemberAdd) apply(m *Mac) (Refusal, error) {
	return m.member(e.User, e.Group, e.Name || !e.GUID, e.GUID || !e.Name, true)
}

func (e *MemberRemove) apply(m *Mac) (Refusal, error) {
	return m.member(e.User, e.Group, e.Name || !e.GUID, e.GUID || !e.Name, false)
}

// member adds to and removes from the two lists of a group. A name or GUID that
// no account has can be removed as well.
func (m *Mac) member(user, group string, byName, byGUID, in bool) (Refusal, error) {
	g, ok := m.Group(cmp.Or(group, AdminGroup))
	if !ok {
		return "", fmt.Errorf("group: there is no group %q", group)
	}
	a, ok := m.Account(user)
	switch {
	case !ok && in:
		return UnknownAccount, nil
	case !ok:
		g.Names, g.GUIDs = without(g.Names, user), without(g.GUIDs, user)
		return NotRefused, nil
	}
	if byName {
		m.list(g, &g.Names, &a.Admin.Name, a.Name, in)
	}
	if byGUID {
		m.list(g, &g.GUIDs, &a.Admin.GUID, a.GUID, in)
	}
	return NotRefused, nil
}

// list changes one list: of the group admin the account's own entry, otherwise
// the group's.
func (m *Mac) list(g *Group, values *[]string, own *bool, value string, in bool) {
	if g.Name == AdminGroup {
		*own = in
	}
	*values = without(*values, value)
	if in && g.Name != AdminGroup {
		*values = append(*values, value)
	}
}

func (e *Tag) apply(m *Mac) (Refusal, error) {
	return m.on(e.User, func(a *Account) { a.DisabledTag = !e.Off })
}

func (e *Hide) apply(m *Mac) (Refusal, error) {
	return m.on(e.User, func(a *Account) { a.Hidden = !e.Off })
}

func (e *Disable) apply(m *Mac) (Refusal, error) {
	return m.on(e.User, func(a *Account) { a.Disabled = !e.Off })
}

func (m *Mac) on(user string, change func(*Account)) (Refusal, error) {
	a, ok := m.Account(user)
	if !ok {
		return UnknownAccount, nil
	}
	change(a)
	return NotRefused, nil
}
