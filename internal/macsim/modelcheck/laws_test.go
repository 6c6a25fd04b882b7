package modelcheck

import (
	"errors"
	"fmt"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// law is something that holds on every Mac at every step, or that a step cannot
// do.
type law struct {
	name  string
	holds func(before *state.Mac, event state.Event, why state.Refusal, after *state.Mac) error
}

// laws are the known ones. documented: 1 and 2; community: the others.
func laws() []law { return allLaws[:] }

var allLaws = [...]law{
	{"I1 no tokens without APFS", noTokensWithoutAPFS},
	{"I2 who unlocks holds a token and owns the volume", unlockersHold},
	{"I3 a grant needs a password in clear text", grantsNeedPasswords},
	{"I4 a further token needs a holder, the Bootstrap Token or recoveryOS", furtherTokens},
	{"I5 the last holder stays", lastHolderStays},
	{"I6 the tag takes no token away and stops no Bootstrap Token", tagOnlyStopsTheFirst},
	{"I7 a Bootstrap Token is made by a holder", bootstrapNeedsHolder},
	{"I8 believing in an escrow grants nothing", beliefGrantsNothing},
	{"I9 who cannot open a token cannot change its password", tokenPasswordIsSafe},
	{"I10 an exit status proves nothing", exitProvesNothing},
	{"a refusal gives nobody a token", refusalsGrantNothing},
	{"a wrong password opens nothing", mistakesOpenNothing},
	{"a Mac that no Mac could be", wellFormed},
}

func holders(m *state.Mac) (n int) {
	for _, a := range m.People() {
		if a.Holds() {
			n++
		}
	}
	return n
}

// gained calls f for everybody who holds a token now and did not before.
func gained(before, after *state.Mac, f func(*state.Account) error) error {
	var errs []error
	for _, a := range after.People() {
		if old, existed := before.Account(a.Name); a.Holds() && (!existed || !old.Holds()) {
			errs = append(errs, f(a))
		}
	}
	return errors.Join(errs...)
}

func noTokensWithoutAPFS(_ *state.Mac, _ state.Event, _ state.Refusal, after *state.Mac) error {
	if after.FileSystem != state.APFS && (holders(after) > 0 || after.Bootstrap.Local > 0) {
		return errors.New("a token on HFS+")
	}
	return nil
}

func unlockersHold(_ *state.Mac, _ state.Event, _ state.Refusal, after *state.Mac) error {
	for _, a := range after.People() {
		if a.FileVault && !a.Holds() && after.Switches.TokenOffKeepsFileVault {
			continue // U4: the place in the list stays, and opens nothing
		}
		if a.FileVault && (!a.Holds() || !a.Token.CryptoUser || !a.Token.VolumeOwner) {
			return fmt.Errorf("%s unlocks without", a.Name)
		}
	}
	return nil
}

func grantsNeedPasswords(before *state.Mac, event state.Event, _ state.Refusal, after *state.Mac) error {
	return gained(before, after, func(a *state.Account) error {
		first := holders(before) == 0
		if a.Password == state.NoPassword || a.Password == "" && !first {
			return fmt.Errorf("%s has no password and got a token", a.Name)
		}
		if e, ok := event.(*state.ResetPassword); ok && (e.By == state.ByAgent || e.By == state.ByHash || e.By == state.ByMDMHash) {
			return fmt.Errorf("%s got a token from a hash", a.Name)
		}
		if e, ok := event.(*state.Create); ok && (e.With == state.InstallPackage || e.With == state.Agent) {
			return fmt.Errorf("%s got a token from a hash", a.Name)
		}
		if e, ok := event.(*state.Login); ok && e.Via == state.SSHKey {
			return fmt.Errorf("%s got a token and typed no password", a.Name)
		}
		return nil
	})
}

// furtherTokens knows the ways to a second token, from the facts and not from
// the rules.
func furtherTokens(before *state.Mac, event state.Event, _ state.Refusal, after *state.Mac) error {
	if holders(before) == 0 {
		return nil
	}
	return gained(before, after, func(a *state.Account) error {
		if entitled(before, event) {
			return nil
		}
		return fmt.Errorf("%s got a token, and nobody gave it", a.Name)
	})
}

func entitled(before *state.Mac, event state.Event) bool {
	usable := func(name string) bool {
		a, ok := before.Account(name)
		return ok && a.Usable()
	}
	switch e := event.(type) {
	case *state.Login:
		return countsOnScreen(before, e.Via) && bootstrapAnswers(before)
	case *state.Unlock:
		return bootstrapAnswers(before)
	case *state.CreateMobile:
		return usable(e.Granter) || bootstrapAnswers(before)
	case *state.Create:
		return usable(e.Granter) || e.With == state.PlatformSSO && bootstrapAnswers(before)
	case *state.TokenOn:
		return usable(e.Granter) && e.Granter != e.User // SelfGrantWorks: who can holds one already
	case *state.FileVaultAdd:
		return e.Key != "" && before.RecoveryKeyText() != "" || usable(e.Unlocker) || drifted(before, e.Unlocker)
	case *state.RecoveryReset:
		return true
	}
	return false
}

// countsOnScreen says whether a login is one for the Bootstrap Token, which two
// switches are about.
func countsOnScreen(m *state.Mac, via state.Way) bool {
	switch via {
	case state.SSH:
		return m.Switches.SSHGrants
	case state.ScreenSharing:
		return !m.Switches.ScreenSharingIsNoLogin
	default:
		return via == "" || via == state.Window
	}
}

// drifted says that a user's former password still opens the volume.
func drifted(m *state.Mac, name string) bool {
	a, ok := m.Account(name)
	return ok && a.Drifted() && a.FileVault
}

// bootstrapAnswers says whether the server would give the right token now.
func bootstrapAnswers(m *state.Mac) bool {
	return m.BootstrapValid() && !m.Offline && !m.Server.Down && !m.Server.Refuses && !m.Enrollment.Expired
}

// mayBeHelped says whether a Mac that was enrolled in this way may have a Bootstrap
// Token at all, of which X1 and X15 are contested.
func mayBeHelped(m *state.Mac) bool {
	e := m.Enrollment
	late := m.OS.AtLeast(10, 15, 4) && !m.Switches.BootstrapNeedsADE
	return m.BootstrapSupported() && e.MDM == state.UserApproved && !e.BYOD && (e.DEP || late)
}

func lastHolderStays(before *state.Mac, event state.Event, _ state.Refusal, after *state.Mac) error {
	switch e := event.(type) {
	case *state.TokenOff:
	case *state.Delete:
		if e.With == state.ByHand {
			return nil
		}
	default:
		return nil
	}
	if holders(before) > 0 && holders(after) == 0 {
		return errors.New("the last holder is gone")
	}
	return nil
}

func tagOnlyStopsTheFirst(before *state.Mac, event state.Event, why state.Refusal, after *state.Mac) error {
	if e, ok := event.(*state.Tag); ok {
		old, existed := before.Account(e.User)
		if now, _ := after.Account(e.User); existed && old.Holds() != now.Holds() {
			return errors.New("the tag changed a token")
		}
	}
	e, ok := event.(*state.Login)
	if !ok || why != state.NotRefused || e.Via == state.SSH || !countsOnScreen(before, e.Via) {
		return nil
	}
	a, existed := before.Account(e.User)
	helps := before.OS.AtLeast(11) || before.OS.AtLeast(10, 15) && (a.Kind == state.Mobile || a.Managed)
	if !existed || a.Password == "" || !helps || holders(before) == 0 || !bootstrapAnswers(before) || !mayBeHelped(before) {
		return nil
	}
	if now, _ := after.Account(e.User); !now.Usable() {
		return fmt.Errorf("the Bootstrap Token did not help %s (tagged: %v)", e.User, a.DisabledTag)
	}
	return nil
}

func bootstrapNeedsHolder(before *state.Mac, _ state.Event, _ state.Refusal, after *state.Mac) error {
	if after.Bootstrap.Local == 0 || after.Bootstrap.Local == before.Bootstrap.Local {
		return nil
	}
	for _, a := range after.People() {
		if a.Usable() && a.Password != "" {
			return nil
		}
	}
	return errors.New("nobody could make it")
}

func beliefGrantsNothing(before *state.Mac, event state.Event, _ state.Refusal, after *state.Mac) error {
	if !before.Bootstrap.Escrowed || before.Server.Token == before.Bootstrap.Local || holders(before) == 0 {
		return nil
	}
	switch e := event.(type) {
	case *state.Login, *state.Unlock:
	case *state.CreateMobile:
		if e.Granter != "" {
			return nil
		}
	default:
		return nil
	}
	return gained(before, after, func(a *state.Account) error { return fmt.Errorf("%s got a token by it", a.Name) })
}

func tokenPasswordIsSafe(before *state.Mac, event state.Event, _ state.Refusal, after *state.Mac) error {
	e, ok := event.(*state.ResetPassword)
	if !ok || e.By == state.ByAdmin {
		return nil
	}
	if e.By == state.ByRoot && before.Switches.RootResetsSoleHolder && holders(before) == 1 {
		return nil // X7
	}
	old, existed := before.Account(e.User)
	now, _ := after.Account(e.User)
	if existed && old.Holds() && now.Holds() && old.Token.Password != now.Token.Password {
		return fmt.Errorf("the token of %s opens with another password", e.User)
	}
	return nil
}

// exitProvesNothing asks the tool for the same, and compares what it says with
// what it has done.
func exitProvesNothing(before *state.Mac, event state.Event, why state.Refusal, after *state.Mac) error {
	e, ok := event.(*state.TokenOn)
	a, existed := before.Account(standard)
	if !ok || !existed || e.User != standard || e.Granter == "" || before.Phase != state.Running {
		return nil
	}
	granter, existed := before.Account(e.Granter)
	if !existed {
		return nil
	}
	twin := before.Clone()
	got := tool.Answer(&twin, tool.Call{Path: "/usr/sbin/sysadminctl", Args: []string{
		"-secureTokenOn", a.Name, "-password", typed(e.Password, a), "-adminUser", granter.Name, "-adminPassword", typed(e.GranterPassword, granter),
	}})
	if got.Exit != 0 {
		return fmt.Errorf("sysadminctl ends with %d, refused for %q", got.Exit, why)
	}
	now, _ := twin.Account(standard)
	if same, _ := after.Account(standard); now.Holds() != same.Holds() {
		return errors.New("sysadminctl does not do what the event does")
	}
	return nil
}

// typed is the password in an event, or the right one.
func typed(given *string, a *state.Account) string {
	if given == nil {
		return a.Password
	}
	return *given
}

func refusalsGrantNothing(before *state.Mac, event state.Event, why state.Refusal, after *state.Mac) error {
	if _, mobile := event.(*state.CreateMobile); why == state.NotRefused || mobile || holders(before) == 0 {
		return nil
	}
	return gained(before, after, func(a *state.Account) error { return fmt.Errorf("%s got a token", a.Name) })
}

// mistakesOpenNothing is about the events with the password or key that is
// nobody's.
func mistakesOpenNothing(_ *state.Mac, event state.Event, why state.Refusal, _ *state.Mac) error {
	if why == state.NotRefused && mistaken(event) {
		return errors.New("it was accepted")
	}
	return nil
}

// mistaken says whether what somebody typed is wrong, where it is asked for
// always.
func mistaken(event state.Event) bool {
	is := func(typed *string) bool { return typed != nil && *typed == wrong }
	switch e := event.(type) {
	case *state.Login:
		return is(e.Password)
	case *state.Unlock:
		return is(e.Password) || e.Key == wrong
	case *state.Authenticate:
		return is(e.Password)
	case *state.ChangePassword:
		return is(e.Old)
	case *state.ResetPassword:
		return is(e.GranterPassword)
	case *state.TokenOn:
		return is(e.Password) || is(e.GranterPassword)
	case *state.TokenOff: // TokenOffNeedsPassword: the user's own is asked for or not
		return is(e.GranterPassword)
	case *state.InstallBootstrap:
		return is(e.Password)
	case *state.RemoveBootstrap:
		return is(e.Password)
	case *state.FileVaultOn:
		return is(e.Password)
	case *state.FileVaultOff:
		return is(e.Password)
	case *state.FileVaultAdd:
		return is(e.Password) || is(e.UnlockPassword) || e.Key == wrong
	case *state.Create:
		return is(e.GranterPassword)
	}
	return false
}

func wellFormed(_ *state.Mac, _ state.Event, _ state.Refusal, after *state.Mac) error {
	for _, a := range after.People() {
		if a.Holds() != a.Token.CryptoUser {
			return fmt.Errorf("the sources disagree about %s, and nobody made them", a.Name)
		}
	}
	return nil
}
