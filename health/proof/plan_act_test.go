package proof

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// act does what a step tells people to do, and says whether they see afterwards what
// Verify promises. It knows the actions by their names and what a person would
// read in the step; it is written from the tables of tokens, not from the planner.
func (w *planWorld) act(st plan.Step) (worked bool, err error) {
	for _, c := range st.Needs {
		if w.answer(c) != health.Yes {
			return false, fmt.Errorf("%s needs %s of %q, which nobody has", st.Action, c.Kind, c.User)
		}
	}
	before := w.clone()
	why, err := w.happen(w.event(st))
	if err != nil {
		return false, err
	}
	w.learn(st, why == state.NotRefused)
	if st.Action == "A23" && !before.opensAfterRestart() {
		return false, errors.New("the Mac is shut down, and nobody can open it")
	}
	if err := w.openAgain(st); err != nil {
		return false, err
	}
	return w.verified(st, why), nil
}

func (w *planWorld) happen(e state.Event) (state.Refusal, error) {
	if e == nil {
		return state.NotRefused, nil
	}
	return w.mac.Do(planLater(&w.mac), e)
}

// event is what a step comes to.
func (w *planWorld) event(st plan.Step) state.Event {
	switch st.Action {
	case "A02":
		if st.Helper == "" {
			return nil // a check
		}
		return &state.ValidateBootstrap{User: st.Helper}
	case "A03", "A04":
		return &state.Login{User: st.User}
	case "A05":
		return &state.InstallBootstrap{User: st.Helper}
	case "A07":
		if takesBack(st) {
			return &state.MemberRemove{User: st.User}
		}
		return &state.MemberAdd{User: st.User}
	case "A08":
		return &state.TokenOn{User: st.User, Granter: st.Helper}
	case "A09":
		return &state.TokenOff{User: st.User, Granter: st.Helper}
	case "A11":
		if st.Helper == "" {
			return &state.ResetPassword{User: st.User, New: planFresh, By: state.ByRoot}
		}
		return &state.ResetPassword{User: st.User, New: planFresh, Granter: st.Helper}
	case "A12":
		return &state.ResetPassword{User: st.User, New: planFresh, By: state.ByAgent}
	case "A13":
		return &state.RecoveryReset{User: st.User, New: planFresh, Unlocker: st.Helper, Key: w.keyFor(st), RecoveryLock: w.lockText()}
	case "A14":
		return w.ownChange(st)
	}
	return w.diskEvent(st)
}

func takesBack(st plan.Step) bool {
	_, ends := st.Done[plan.Credential{Kind: plan.Promoted, User: st.User}]
	return ends && st.Done[plan.Credential{Kind: plan.Promoted, User: st.User}] == health.Unknown
}

func (w *planWorld) keyFor(st plan.Step) string {
	if st.Helper == "" && w.key {
		return "right"
	}
	return ""
}

func (w *planWorld) ownChange(st plan.Step) state.Event {
	for _, c := range st.Needs {
		if c.Kind == plan.FormerPassword {
			former := w.former[st.User]
			return &state.Login{User: st.User, Old: &former}
		}
	}
	return &state.ChangePassword{User: st.User, New: planFresh}
}

func (w *planWorld) diskEvent(st plan.Step) state.Event {
	switch st.Action {
	case "A16":
		return &state.ChangeKey{User: st.Helper}
	case "A17":
		return &state.FileVaultOn{User: st.User}
	case "A19":
		return &state.FileVaultAdd{User: st.User, Unlocker: st.Helper, Key: w.keyFor(st)}
	case "A20":
		return &state.UpdatePreboot{}
	case "A21":
		return &state.Delete{User: st.User}
	case "A22":
		return &state.UpdateProfile{Capability: planCapability(&w.mac)}
	case "A23":
		return &state.AllowBootstrapAuth{}
	case "A24":
		if st.Who == plan.TheUser {
			return &state.Approve{}
		}
		return w.enrolment()
	}
	return nil
}

// enrolment is the way in which this Mac can be enrolled.
func (w *planWorld) enrolment() state.Event {
	if w.ade {
		return &state.Enroll{Way: state.ADE}
	}
	by := planAdmin
	if people := w.mac.People(); len(people) > 0 && !slices.ContainsFunc(people, func(a *state.Account) bool { return a.Name == planAdmin }) {
		by = people[0].Name
	}
	return &state.Enroll{Way: state.ApprovedByUser, By: by}
}

func (w *planWorld) lockText() string {
	if w.lock {
		return w.mac.Security.RecoveryLock
	}
	return ""
}

// opensAfterRestart says whether somebody gets in if the Mac restarts now.
func (w *planWorld) opensAfterRestart() bool {
	c := w.clone()
	if _, err := c.happen(&state.Restart{}); err != nil || c.mac.Phase == state.Running {
		return err == nil
	}
	if _, err := c.happen(&state.Unlock{Key: w.keyText()}); w.key && err == nil && c.mac.Phase == state.Running {
		return true
	}
	for _, a := range w.mac.People() {
		var secret *string
		if former, ok := w.former[a.Name]; ok && w.remembers(a) {
			secret = &former
		} else if !w.knows[a.Name] {
			continue
		}
		if _, err := c.happen(&state.Unlock{User: a.Name, Password: secret}); err == nil && c.mac.Phase == state.Running {
			return true
		}
	}
	return false
}

func (w *planWorld) keyText() string {
	if w.key && w.mac.RecoveryKeyText() != "" {
		return "right"
	}
	return ""
}

func planCapability(m *state.Mac) state.Capability {
	if m.OS.AtLeast(11) {
		return state.ByProfile
	}
	return state.ByOption
}

// learn is what people know after a step.
func (w *planWorld) learn(st plan.Step, done bool) {
	if !done {
		return
	}
	switch st.Action {
	case "A11", "A12", "A13":
		w.knows[st.User], w.reset[st.User], w.denied[st.User] = true, true, false
	case "A14":
		if a, ok := w.mac.Account(st.User); ok && a.Password == planFresh {
			w.reset[st.User] = true
		}
	case "A16":
		w.key = true
	case "A17":
		_, shown := st.Done[plan.Credential{Kind: plan.RecoveryKey}]
		w.key = w.key || shown
	case "A24":
		w.anew = w.anew || st.Who != plan.TheUser
	}
}

// openAgain is the end of a step in recoveryOS: the user logs in with the new
// password, and where FileVault does not know it, whoever unlocked before does so
// again.
func (w *planWorld) openAgain(st plan.Step) error {
	fresh := planFresh
	if st.Action == "A23" || st.Action != "A13" {
		return nil
	}
	if w.mac.Phase == state.Locked {
		if _, err := w.happen(&state.Unlock{User: st.User, Password: &fresh}); err != nil {
			return err
		}
	}
	if w.mac.Phase == state.Locked {
		if _, err := w.happen(&state.Unlock{User: st.Helper, Key: w.keyFor(st)}); err != nil {
			return err
		}
	}
	if w.mac.Phase != state.Running {
		return fmt.Errorf("after %s nobody can open the Mac", st.Action)
	}
	_, err := w.happen(&state.Login{User: st.User})
	return err
}

// verified is what people see. A tool that says that it is done proves nothing.
func (w *planWorld) verified(st plan.Step, why state.Refusal) bool {
	m := &w.mac
	a, there := m.Account(st.User)
	usable := there && a.Usable()
	switch st.Action {
	case "A02":
		if st.Helper == "" {
			return m.Preflight() == "success"
		}
	case "A03":
		return m.Bootstrap.Escrowed
	case "A04", "A08", "A13":
		return usable && why == state.NotRefused
	case "A09":
		return there && !a.Holds()
	case "A11":
		return why == state.NotRefused && (usable || !a.Holds() && !first(st))
	case "A14":
		return why == state.NotRefused && (usable || !a.Holds())
	case "A19":
		return usable && a.FileVault
	case "A21":
		return !there
	case "A22":
		return m.BootstrapSupported()
	case "A23":
		return why == state.NotRefused && health.Derive(witness(m), health.Ledger{}).Bootstrap.Auth == health.Yes
	}
	return why == state.NotRefused
}

// first says whether a reset was to bring a token too.
func first(st plan.Step) bool {
	return st.Done[plan.Credential{Kind: plan.TokenOpens, User: st.User}] == health.Yes
}
