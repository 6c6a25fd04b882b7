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
	former bool     // and people remember former ones
	key    bool     // the recovery key is at hand
}

func allCredentials() []credentials {
	everybody := []string{planAdmin, planStandard, planMobile}
	return []credentials{
		{"everything", everybody, true, true},
		{"passwords", everybody, false, false},
		{"the key", nil, false, true},
		{"nothing", nil, false, false},
		{"the admin's", []string{planAdmin}, true, false},
		{"the user's", []string{planStandard}, false, false},
		{"former ones", nil, true, false},
	}
}

// planWorld is a Mac with its people, as plans change them.
type planWorld struct {
	mac    state.Mac
	knows  map[string]bool
	former map[string]string // what people remember, by name
	key    bool
	reset  map[string]bool // the password was set by the plan
	anew   bool            // enrolled by the plan
	proven bool            // a validation by somebody with credentials succeeded since the token was made
}

func newPlanWorld(m *state.Mac, c credentials) *planWorld {
	w := &planWorld{mac: m.Clone(), knows: map[string]bool{}, former: map[string]string{}, key: c.key, reset: map[string]bool{}}
	for _, name := range c.knows {
		w.knows[name] = true
	}
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
	c.knows, c.reset, c.former = copied(w.knows), copied(w.reset), copied(w.former)
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
	case plan.Password, plan.Presence:
		return health.TriOf(ok && w.knows[a.Name])
	case plan.FormerPassword:
		return health.TriOf(ok && w.remembers(a))
	case plan.RecoveryKey:
		return health.TriOf(w.key && w.mac.RecoveryKeyText() != "")
	case plan.RecoveryLock:
		return health.Yes
	case plan.TokenOpens:
		return health.TriOf(ok && a.Usable())
	case plan.Administers:
		return health.TriOf(ok && w.mac.IsAdmin(a))
	default: // nobody is asked for the rest
		return health.Unknown
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
		return m.Chip != state.AppleSilicon || m.BootstrapValid() && (e.DEP || e.BootstrapAuthAllowed)
	case plan.NoLockOut:
		n := planUsable(m)
		return n > 1 || n == 1 && (m.FileVault.State == state.On || m.FileVault.State == state.Encrypting) && w.key
	case plan.Reenrol:
		return w.anew && m.BootstrapValid()
	}
	return false
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
	return twin.reached(g) && reflect.DeepEqual(witness(&twin.mac), witness(&w.mac))
}
