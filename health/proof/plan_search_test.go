package proof

import (
	"fmt"
	"slices"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// mostSearched bounds the search for a way that a plan says is not there.
const mostSearched = 1500

// reachable looks through everything that people could safely do with what they
// have, in every order: the actions A01 to A24, with the rules that hold for all
// plans, and no erase. It is exhaustive unless it says otherwise.
func (w *planWorld) reachable(g plan.Goal) (path []string, found, exhausted bool) {
	type seen struct {
		w    *planWorld
		path []string
	}
	known := map[string]bool{w.text(): true}
	queue := []seen{{w: w}}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at.w.reached(g) && at.w.tidy(w) && at.w.provable(g) {
			return at.path, true, true
		}
		for _, c := range at.w.safe(g, w) {
			next := at.w.clone()
			if why, err := next.happen(c.event); err != nil || why != state.NotRefused || next.mac.Phase == state.Wiped {
				continue
			}
			if c.then != nil {
				c.then(next)
			}
			if next.mac.Phase != state.Running || known[next.text()] {
				continue
			}
			if len(known) >= mostSearched {
				return nil, false, false
			}
			known[next.text()] = true
			queue = append(queue, seen{next, append(slices.Clone(at.path), state.EventName(c.event)+fmt.Sprintf("%+v", c.event))})
		}
	}
	return nil, false, true
}

// text tells worlds apart as far as it changes what people can still reach: less
// than what can be seen on a Mac.
func (w *planWorld) text() string {
	m := &w.mac
	e, f, s, own := &m.Enrollment, &m.FileVault, &m.Server, &m.Bootstrap
	b := make([]byte, 0, 160)
	b = append(b, m.OS.Version...)
	b = append(b, m.Chip[0], m.Security.Boot[0], e.MDM[2], byte(len(e.Capability)), f.State[len(f.State)-1])
	b = planBits(b, m.Offline, e.DEP, e.BYOD, e.BootstrapAuthAllowed, s.Down, s.Refuses, s.StoresNothing, s.Token > 0)
	b = planBits(b, own.Local > 0, own.Local == s.Token, own.Escrowed, f.RecoveryKey.Generation > 0, e.Setup.SkipPrimary, w.key, w.anew, w.proven)
	b = planBits(b, w.lock, w.ade, m.Security.RecoveryLock != "")
	for i := range m.Accounts {
		a := &m.Accounts[i]
		if a.Kind == state.System {
			continue
		}
		t := a.Token
		b = append(b, a.Name[0], byte(len(a.Password)), byte(len(t.Status)))
		b = planBits(b, t.Tag, t.CryptoUser, a.Token.Password == a.Password, a.FileVault, m.IsAdmin(a), a.Hashed, a.DisabledTag, a.Disabled)
		b = planBits(b, a.Managed, w.knows[a.Name], w.reset[a.Name], w.remembers(a), t.VolumeOwner, a.Password == planFresh, t.Password == planFresh)
		b = planBits(b, w.comes[a.Name], w.denied[a.Name])
	}
	return string(b)
}

// planBits packs at most eight answers.
func planBits(b []byte, answers ...bool) []byte {
	var packed byte
	for i, yes := range answers {
		if yes {
			packed |= 1 << i
		}
	}
	return append(b, packed)
}

// tidy says whether nobody was left an administrator.
func (w *planWorld) tidy(before *planWorld) bool {
	return planAll(&w.mac, func(a *state.Account) bool {
		old, ok := before.mac.Account(a.Name)
		return !ok || w.mac.IsAdmin(a) == before.mac.IsAdmin(old)
	})
}

// provable says, of a goal that wants a proof, whether there can be one.
func (w *planWorld) provable(g plan.Goal) bool {
	m := &w.mac
	switch g.Kind {
	case plan.ValidEscrow, plan.Reenrol, plan.Update, plan.SafeToWipe:
	case plan.Escrow: // one that cannot be got looks like one that is gone
		return !m.Offline && !m.Server.Down && !m.Server.Refuses && !m.Enrollment.Expired
	default:
		return true
	}
	apple := m.Chip == state.AppleSilicon
	if g.Kind != plan.ValidEscrow && g.Kind != plan.Reenrol && !apple {
		return true
	}
	return apple && m.Preflight() == "success" || w.proven
}

// choice is something that people can do.
type choice struct {
	event state.Event
	then  func(*planWorld)
}

func (w *planWorld) safe(g plan.Goal, start *planWorld) []choice {
	all := []choice{
		{w.enrolment(), func(n *planWorld) { n.anew, n.proven = true, false }},
		{&state.Approve{}, nil},
		{&state.UpdateProfile{Capability: planCapability(&w.mac)}, nil},
	}
	if w.mac.BootstrapValid() && g.Kind != plan.Reenrol || w.mac.Enrollment.MDM != state.NotEnrolled && !w.somebodyOpens() {
		all = all[1:] // a token that works is not thrown away, nor one that nobody could make anew
	}
	for _, a := range w.open() {
		all = append(all, w.safeFor(a, g)...)
		if g.User == "" || g.User == a.Name { // nobody else gets another password for it
			all = append(all, w.safeReset(a, g)...)
			all = append(all, w.safeRecovery(a)...)
		}
		all = append(all, w.safeRights(a, start)...)
	}
	if a, ok := w.mac.Account(g.User); ok && g.Kind == plan.RemoveUser && w.othersOpen(a) && start.othersAdminister(a) {
		all = append(all, choice{&state.Delete{User: g.User}, nil})
	}
	return all
}

// othersOpen says whether an account can go: others get in whose passwords are known,
// and of a granter another is left.
func (w *planWorld) othersOpen(a *state.Account) bool {
	if !a.Holds() && !a.Token.CryptoUser && a.Token.Status != state.Enabled {
		return true
	}
	opens, grants := false, !w.mac.IsAdmin(a)
	for _, b := range w.mac.People() {
		if b.Name == a.Name || !w.enters(b) {
			continue
		}
		opens, grants = opens || w.knows[b.Name], grants || w.mac.IsAdmin(b)
	}
	return opens && grants
}

// somebodyOpens says whether somebody is at hand who can make a Bootstrap Token.
func (w *planWorld) somebodyOpens() bool {
	return slices.ContainsFunc(w.mac.People(), func(a *state.Account) bool { return a.Usable() && !a.Disabled && w.knows[a.Name] })
}

// drifting says whether somebody is to unlock the disk whose token is on a former
// password.
func (w *planWorld) drifting() bool {
	locks := w.mac.FileVault.State == state.On || w.mac.FileVault.State == state.Encrypting
	return locks && slices.ContainsFunc(w.mac.People(), func(a *state.Account) bool { return a.FileVault && a.Drifted() })
}

// open are the people whose accounts are not closed.
func (w *planWorld) open() []*state.Account {
	return slices.DeleteFunc(w.mac.People(), func(a *state.Account) bool { return a.Disabled })
}

// othersAdminister says whether the Mac keeps an administrator who was none for a
// moment.
func (w *planWorld) othersAdminister(a *state.Account) bool {
	n := 0
	for _, b := range w.mac.People() {
		if w.mac.IsAdmin(b) && !b.Disabled {
			n++
		}
	}
	old, ok := w.mac.Account(a.Name)
	if ok && w.mac.IsAdmin(old) && !old.Disabled {
		return n > 1
	}
	if ok && w.mac.IsAdmin(old) {
		return n > 0
	}
	return true
}

// safeFor is what a user can do, or what can be done with the user's password.
func (w *planWorld) safeFor(a *state.Account, g plan.Goal) (all []choice) {
	name := a.Name
	if w.remembers(a) && w.knows[name] && w.comes[name] {
		former := w.former[name]
		all = append(all, choice{&state.Login{User: name, Old: &former}, nil})
	}
	if !w.knows[name] {
		return all
	}
	if w.comes[name] {
		all = append(all, choice{&state.Login{User: name}, nil})
	}
	all = append(all,
		choice{&state.InstallBootstrap{User: name}, func(n *planWorld) { n.proven = false }},
		choice{&state.ValidateBootstrap{User: name}, func(n *planWorld) { n.proven = true }})
	for _, by := range w.open() {
		if by.Name == name || !w.knows[by.Name] {
			continue
		}
		all = append(all, choice{&state.TokenOn{User: name, Granter: by.Name}, nil})
		if a.Holds() && !a.Usable() {
			all = append(all, choice{&state.TokenOff{User: name, Granter: by.Name}, nil})
		}
		if by.Usable() || w.remembers(by) {
			all = append(all, choice{&state.FileVaultAdd{User: name, Unlocker: by.Name}, nil})
		}
	}
	if w.key {
		all = append(all, choice{&state.FileVaultAdd{User: name, Key: "right"}, nil})
	}
	if g.Kind == plan.FileVaultOn {
		shown := w.mac.RecoveryKeyText() == ""
		all = append(all, choice{&state.FileVaultOn{User: name}, func(n *planWorld) { n.key = n.key || shown }})
	}
	if (g.Kind == plan.NoLockOut || g.Kind == plan.FileVaultOn) && !w.key && (a.Usable() || w.remembers(a)) {
		all = append(all, choice{&state.ChangeKey{User: name}, func(n *planWorld) { n.key = true }})
	}
	if g.Kind == plan.Update && w.enters(a) && w.mac.IsAdmin(a) && !w.drifting() && (w.lock || w.mac.Security.RecoveryLock == "") {
		all = append(all, choice{&state.AllowBootstrapAuth{}, nil})
	}
	return all
}

// safeReset are new passwords that leave no token behind.
func (w *planWorld) safeReset(a *state.Account, g plan.Goal) (all []choice) {
	name := a.Name
	set := func(n *planWorld) { n.knows[name], n.reset[name], n.denied[name] = true, true, false }
	for _, by := range w.open() {
		if by.Name != name && w.knows[by.Name] && by.Usable() {
			all = append(all, choice{&state.ResetPassword{User: name, New: planFresh, Granter: by.Name}, set})
		}
	}
	if !a.Holds() {
		all = append(all, choice{&state.ResetPassword{User: name, New: planFresh, By: state.ByRoot}, set})
	}
	if w.knows[name] && w.comes[name] && name == g.User {
		all = append(all, choice{&state.ChangePassword{User: name, New: planFresh}, set})
	}
	m := &w.mac
	sure := m.Chip == state.AppleSilicon && m.Preflight() == "success" || w.proven
	if name == g.User && g.Kind == plan.ResetPassword && a.Holds() && !w.knows[name] && w.comes[name] && sure && health.TriOf(m.OS.AtLeast(11)) == health.Yes {
		all = append(all, choice{&state.ResetPassword{User: name, New: planFresh, By: state.ByAgent}, set})
	}
	return all
}

// safeRecovery are resets in recoveryOS, with a login after them.
func (w *planWorld) safeRecovery(a *state.Account) (all []choice) {
	name := a.Name
	then := func(n *planWorld) {
		n.knows[name], n.reset[name], n.denied[name] = true, true, false
		if n.mac.Phase == state.Locked {
			_, _ = n.happen(&state.Unlock{User: name})
		}
	}
	if w.mac.FileVault.State == state.Off {
		return []choice{{&state.RecoveryReset{User: name, New: planFresh, RecoveryLock: w.lockText()}, then}}
	}
	if w.key {
		all = append(all, choice{&state.RecoveryReset{User: name, New: planFresh, Key: "right", RecoveryLock: w.lockText()}, then})
	}
	for _, by := range w.open() {
		if by.Name != name && w.knows[by.Name] && by.Usable() || w.remembers(by) {
			all = append(all, choice{&state.RecoveryReset{User: name, New: planFresh, Unlocker: by.Name, RecoveryLock: w.lockText()}, then})
		}
	}
	return all
}

// safeRights are rights for a moment: of a standard user who holds a token.
func (w *planWorld) safeRights(a *state.Account, start *planWorld) []choice {
	old, ok := start.mac.Account(a.Name)
	was := ok && start.mac.IsAdmin(old)
	switch is := w.mac.IsAdmin(a); {
	case !is && a.Usable() && w.knows[a.Name]:
		return []choice{{&state.MemberAdd{User: a.Name}, nil}}
	case is && !was:
		return []choice{{&state.MemberRemove{User: a.Name}, nil}}
	}
	return nil
}
