package state

import "errors"

var errNotRunning = errors.New("the Mac is not running")

// apply composes the rules of a login in the order in which they act: the first
// token, the Bootstrap Token's help, the repair of a drifted token, the escrow,
// and FileVault that was put off. inferred: the order.
func (e *Login) apply(m *Mac) (Refusal, error) {
	if m.Phase != Running {
		return "", errNotRunning
	}
	a, ok := m.Account(e.User)
	if !ok {
		return UnknownAccount, nil
	}
	held := a.Holds() // before the password is checked, which can give the first token
	if why := m.admit(a, e); why != NotRefused {
		return why, nil
	}
	switch e.Via {
	case Window, "", ScreenSharing:
		m.logInOnScreen(a, e.Old, held, e.Via != ScreenSharing || !m.Switches.ScreenSharingIsNoLogin)
	case SSH:
		if m.Switches.SSHGrants {
			m.bootstrapGrant(a)
		}
	case SSHKey, Terminal:
	default:
		return "", errors.New("via: " + string(e.Via) + " is none of window, ssh, ssh_key, terminal, screen_sharing")
	}
	m.openSession(a, e.Via)
	return NotRefused, nil
}

// admit checks the password. A directory account takes over a password that was
// changed in the directory, if the network is there. community.
func (m *Mac) admit(a *Account, e *Login) Refusal {
	if a.Disabled || a.Kind == Sharing || a.Kind == System || m.Policy.MaxFailures > 0 && a.Failed >= m.Policy.MaxFailures {
		return AccountDisabled
	}
	if e.Via == SSHKey {
		return NotRefused
	}
	online := !m.Offline && !m.Directory.Down && !a.OffNode
	if a.Kind == Network && !online {
		return NoNetwork
	}
	right := a.Password
	if a.Directory != "" && online {
		right = a.Directory
	}
	if typed(e.Password, right) != right || right == NoPassword {
		m.countFailure(a)
		return WrongPassword
	}
	if right != a.Password {
		m.setPassword(a, right, false)
	}
	if online {
		a.Directory = "" // it is the cached one now
	}
	m.verify(a, right)
	return NotRefused
}

// logInOnScreen is what the login window does beyond checking the password. Only
// a login that counts as one there changes tokens; held says whether the user had
// one when it began. community: that a user who is asked for the former password
// brings the token along with it.
func (m *Mac) logInOnScreen(a *Account, old *string, held, counts bool) {
	a.Logins++
	a.Set.LastLogin = m.Clock
	m.toScreen(a)
	if !counts {
		return
	}
	m.bootstrapGrant(a)
	if a.Drifted() && old != nil && *old == a.Token.Password {
		a.Token.Password, a.Keychain = a.Password, ""
	}
	m.regain(a)
	m.escrowAtLogin(a, held)
	m.deferredFileVault(a)
}

// toScreen puts a user on the screen, and who was there behind it.
func (m *Mac) toScreen(a *Account) {
	c := &m.Console
	if c.User == a.Name {
		return
	}
	behind := without(c.Background, a.Name)
	if c.User != "" {
		behind = append([]string{c.User}, behind...)
	}
	*c = Console{User: a.Name, Background: behind}
}

// openSession adds what last will print.
func (m *Mac) openSession(a *Account, via Way) {
	s := Session{User: a.Name, Line: "console", In: m.Clock}
	if via == SSH || via == SSHKey || via == Terminal {
		s.Line = "ttys000"
	}
	m.Sessions = append([]Session{s}, m.Sessions...)
}

// closeSessions ends the open sessions of a user on the screen, or all.
func (m *Mac) closeSessions(user string) {
	for i := range m.Sessions {
		s := &m.Sessions[i]
		if s.Out.IsZero() && (user == "" || s.User == user && s.Line == "console") {
			s.Out = m.Clock
		}
	}
}

func (e *Logout) apply(m *Mac) (Refusal, error) {
	if m.Console.User == "" {
		return "", errors.New("nobody is logged in on the screen")
	}
	m.closeSessions(m.Console.User)
	if a, ok := m.Account(m.Console.User); ok {
		m.deferredFileVault(a)
	}
	m.Console = Console{Background: m.Console.Background}
	return NotRefused, nil
}

func (e *Authenticate) apply(m *Mac) (Refusal, error) {
	a, ok := m.Account(e.User)
	if !ok {
		return UnknownAccount, nil
	}
	if !m.verify(a, typed(e.Password, a.Password)) {
		return WrongPassword, nil
	}
	return NotRefused, nil
}

func (e *Restart) apply(m *Mac) (Refusal, error) {
	if m.Phase != Running && m.Phase != Locked {
		return "", errNotRunning
	}
	m.restart()
	return NotRefused, nil
}

// restart ends everything that runs. documented: with FileVault the Mac waits
// for somebody who may unlock it.
func (m *Mac) restart() {
	if a, ok := m.Account(m.Console.User); ok {
		m.deferredFileVault(a) // who is logged in is logged out
	}
	m.closeSessions("")
	m.Console = Console{}
	m.Booted = m.Clock
	m.Phase = Running
	if m.FileVault.State == On || m.FileVault.State == Encrypting {
		m.Phase = Locked
	}
}

// apply unlocks the volume. documented: a user who unlocks it is logged in with
// the same password; inferred: who has another one by now meets the login
// window. documented (26): SSH unlocks it too, without a session.
func (e *Unlock) apply(m *Mac) (Refusal, error) {
	switch {
	case m.Phase != Locked:
		return "", errors.New("the Mac does not wait at the FileVault window")
	case e.SSH && !m.OS.AtLeast(26):
		return ServerUnreachable, nil // nothing answers before 26
	}
	if why := m.unlockedBy(e.User, e.Password, e.Key); why != NotRefused {
		return why, nil
	}
	a, ok := m.Account(e.User)
	if ok && e.Key == "" && !a.Preboot {
		return NotListed, nil
	}
	m.Phase = Running
	if !ok || e.Key != "" || e.SSH || a.Token.Password != a.Password {
		return NotRefused, nil
	}
	password := a.Password
	_, err := (&Login{User: a.Name, Password: &password}).apply(m) // refused: the login window, on a volume that is open
	return NotRefused, err
}

func (e *Connect) apply(m *Mac) (Refusal, error) {
	m.Offline = !e.Network
	if e.Network && m.Switches.EscrowRetriesOnline && m.Bootstrap.Pending && m.mayUseBootstrap() {
		m.sendBootstrap()
	}
	return NotRefused, nil
}
