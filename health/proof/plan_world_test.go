package proof

import (
	"maps"
	"reflect"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// A credentials is what somebody has beside the Mac: the part of the world that no
// tool tells of.
type credentials struct {
	name   string
	knows  []string // people whose present password somebody knows
	comes  []string // people who can come to the Mac
	former bool     // and people remember former ones
	key    bool     // the recovery key is at hand
	lock   bool     // and the password of recoveryOS
}

func allCredentials() []credentials {
	everybody := append([]string{planAdmin, planStandard, planMobile}, planOthers()...)
	return []credentials{
		{"everything", everybody, everybody, true, true, true},
		{"passwords", everybody, everybody, false, false, false},
		{"the key", nil, everybody, false, true, true},
		{"nothing", nil, everybody, false, false, false},
		{"the admin's", []string{planAdmin}, []string{planAdmin}, true, false, true},
		{"the user's", []string{planStandard}, everybody, false, false, true},
		{"former ones", nil, everybody, true, false, false},
		{"passwords by telephone", everybody, nil, false, false, true},
		{"the key, and nobody comes", nil, nil, false, true, false},
	}
}

// planWorld is a Mac with its people, as plans change them.
type planWorld struct {
	mac    state.Mac
	knows  map[string]bool
	comes  map[string]bool
	denied map[string]bool // of whom it was said that nobody knows the password
	lock   bool
	lost   int               // which fact no check brings; none where it is 0
	ade    bool              // the Mac is in Apple Business Manager
	former map[string]string // what people remember, by name
	key    bool
	reset  map[string]bool // the password was set by the plan
	anew   bool            // enrolled by the plan
	proven bool            // a validation by somebody with credentials succeeded since the token was made
}

func newPlanWorld(m *state.Mac, c credentials) *planWorld {
	w := &planWorld{mac: m.Clone(), knows: map[string]bool{}, comes: map[string]bool{}, denied: map[string]bool{}, former: map[string]string{}, key: c.key, reset: map[string]bool{}}
	for _, name := range c.knows {
		w.knows[name] = true
	}
	for _, name := range c.comes {
		w.comes[name] = true
	}
	w.lock, w.ade = c.lock, m.Enrollment.DEP || m.Enrollment.MDM == state.NotEnrolled && c.key
	for _, a := range m.People() {
		if c.former && a.Token.Tag {
			w.former[a.Name] = a.Token.Password
		}
	}
	return w
}

// clone is a copy that can be changed.
func (w *planWorld) clone() *planWorld {
	c := *w
	c.mac = w.mac.Clone()
	c.knows, c.reset, c.former, c.denied = copied(w.knows), copied(w.reset), copied(w.former), copied(w.denied)
	return &c
}

func copied[V any](m map[string]V) map[string]V {
	c := make(map[string]V, len(m))
	maps.Copy(c, m)
	return c
}

// opens says whether somebody remembers the former password with which the token of
// a user opens.
func (w *planWorld) remembers(a *state.Account) bool {
	former, there := w.former[a.Name]
	return there && a.Token.Tag && a.Drifted() && former == a.Token.Password
}

// answer is what people say to a question.
func (w *planWorld) answer(about plan.Credential) health.Tri {
	a, ok := w.mac.Account(about.User)
	switch about.Kind {
	case plan.Password:
		return health.TriOf(ok && w.knows[a.Name])
	case plan.Presence:
		return health.TriOf(ok && w.knows[a.Name] && w.comes[a.Name])
	case plan.Visit:
		return health.TriOf(ok && w.comes[a.Name])
	case plan.FormerPassword:
		return health.TriOf(ok && w.remembers(a))
	case plan.RecoveryKey:
		return health.TriOf(w.key && w.mac.RecoveryKeyText() != "")
	case plan.RecoveryLock:
		return health.TriOf(w.lock)
	case plan.TokenOpens:
		return health.TriOf(ok && a.Usable())
	case plan.Administers:
		return health.TriOf(ok && w.mac.IsAdmin(a))
	default: // nobody is asked for the rest
		return health.Unknown
	}
}

// hears is what was answered, as far as the end depends on it.
func (w *planWorld) hears(about plan.Credential, answer health.Tri) {
	if about.Kind == plan.Password && answer == health.No {
		w.denied[about.User] = true
	}
}

// reached is the truth about a goal.
func (w *planWorld) reached(g plan.Goal) bool {
	m := &w.mac
	a, there := m.Account(g.User)
	usable := there && a.Usable() && !a.Disabled
	switch g.Kind {
	case plan.TokenFor, plan.RepairFor:
		return usable
	case plan.TokensForAll:
		return planAll(m, func(a *state.Account) bool { return a.Usable() || a.Disabled })
	case plan.Escrow:
		return m.BootstrapValid() && m.Bootstrap.Escrowed && m.BootstrapSupported()
	case plan.ValidEscrow:
		return m.BootstrapValid() && m.BootstrapSupported()
	case plan.ResetPassword:
		return w.reset[g.User] && there && (a.Usable() || !a.Holds())
	case plan.RemoveUser:
		return !there
	case plan.UnlockFor:
		return usable && (m.FileVault.State != state.On && m.FileVault.State != state.Encrypting || a.FileVault)
	case plan.FileVaultOn:
		return (m.FileVault.State == state.On || m.FileVault.State == state.Encrypting) && w.key
	case plan.SafeToWipe:
		return w.wipes()
	case plan.Update:
		e := m.Enrollment
		if e.MDM != state.UserApproved || e.BYOD {
			return false
		}
		return m.Chip != state.AppleSilicon || m.OS.AtLeast(11, 2) && m.BootstrapValid() && (e.DEP || e.BootstrapAuthAllowed)
	case plan.NoLockOut:
		n := w.waysIn()
		return n > 1 || n == 1 && (m.FileVault.State == state.On || m.FileVault.State == state.Encrypting) && w.key
	case plan.Reenrol:
		return w.anew && m.BootstrapValid()
	}
	return false
}

// waysIn counts who gets in after a restart, but for those of whom it was said that
// nobody knows the password.
func (w *planWorld) waysIn() (n int) {
	for _, a := range w.mac.People() {
		if w.enters(a) && !w.denied[a.Name] {
			n++
		}
	}
	return n
}

// enters says whether an account is a way in, for whoever knows its password.
func (w *planWorld) enters(a *state.Account) bool {
	m := &w.mac
	locks := m.FileVault.State == state.On || m.FileVault.State == state.Encrypting
	return a.Usable() && !a.Disabled && (!locks || a.FileVault) && (m.Chip != state.AppleSilicon || a.Token.VolumeOwner)
}

func (w *planWorld) wipes() bool {
	m := &w.mac
	switch {
	case m.Chip == state.Intel || !m.OS.AtLeast(12):
		return false
	case m.OS.AtLeast(13, 3):
		return m.Preflight() == "success"
	}
	return m.Enrollment.MDM != state.NotEnrolled && (m.Chip == state.T2 || m.BootstrapValid())
}

func planAll(m *state.Mac, is func(*state.Account) bool) bool {
	for _, a := range m.People() {
		if !is(a) {
			return false
		}
	}
	return true
}

func planUsable(m *state.Mac) (n int) {
	for _, a := range m.People() {
		if a.Usable() && !a.Disabled {
			n++
		}
	}
	return n
}

// hidden says whether the Mac looks exactly like one on which the goal is reached:
// then no program can tell, and none is to blame. What cannot be seen is what opens
// a token, and what the server keeps.
func (w *planWorld) hidden(g plan.Goal) bool {
	return w.looksLike(g, true, false) || w.looksLike(g, false, true) || w.looksLike(g, true, true)
}

func (w *planWorld) looksLike(g plan.Goal, tokens, server bool) bool {
	twin := w.clone()
	for i := range twin.mac.Accounts {
		if a := &twin.mac.Accounts[i]; tokens && a.Token.Tag && a.Token.CryptoUser {
			a.Token.Password = a.Password
		}
	}
	if server {
		twin.mac.Server.Token = twin.mac.Bootstrap.Local
	}
	return twin.reached(g) && reflect.DeepEqual(twin.shows(), w.shows())
}
