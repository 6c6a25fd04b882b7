package state

import (
	"errors"
	"strings"
)

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
