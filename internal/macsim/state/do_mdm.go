package state

import (
	"cmp"
	"errors"
	"fmt"
)

// apply enrols the Mac. What the server had from an earlier enrolment it
// forgets, unless it is one that keeps it.
func (e *Enroll) apply(m *Mac) (Refusal, error) {
	next, err := e.enrollment(m)
	moved := m.Server.URL != "" && next.Server != m.Server.URL
	switch {
	case err != nil:
		return "", err
	case m.Phase != Running && m.Phase != SetupAssistant:
		return "", errNotRunning
	case m.Offline || m.Server.Down && !moved: // whether the former server answers does not matter
		return ServerUnreachable, nil
	}
	if moved { // to one that knows nothing
		m.Server = Server{Address: m.Server.Address, Authority: m.Server.Authority}
		m.FileVault.RecoveryKey.Escrowed = 0
	}
	m.Server.URL = next.Server
	former := m.Enrollment
	m.Enrollment = next
	if why := m.authenticateAnew(); why != NotRefused {
		m.Enrollment = former
		return why, nil
	}
	m.Bootstrap.Escrowed, m.Bootstrap.Pending = false, false
	if by, ok := m.Account(e.By); ok && m.Switches.EscrowAtManualEnrolment && by.Usable() && by.Password != "" && m.mayUseBootstrap() {
		m.escrow()
	}
	return NotRefused, nil
}

// enrollment is what the Mac knows afterwards.
func (e *Enroll) enrollment(m *Mac) (Enrollment, error) {
	next := Enrollment{
		MDM: UserApproved, Server: cmp.Or(m.Server.Address, e.Server, "https://mdm.example.com/mdm/checkin"),
		Capability: m.usualCapability(), By: e.By,
	}
	if e.Capability != nil {
		next.Capability = *e.Capability
	}
	switch cmp.Or(e.Way, ADE) {
	case ADE:
		next.DEP, next.Awaiting = true, m.Phase == SetupAssistant
	case ApprovedByUser:
	case NotApproved:
		next.MDM = Unapproved
	case UserEnrollment:
		next.BYOD = true
	default:
		return next, fmt.Errorf("way: %q is none of ade, user_approved, unapproved, byod", e.Way)
	}
	if _, ok := m.Account(e.By); e.By != "" && !ok {
		return next, fmt.Errorf("by: there is no account %q", e.By)
	}
	return next, nil
}

// usualCapability is how servers announce it to this version. documented.
func (m *Mac) usualCapability() Capability {
	switch {
	case m.OS.AtLeast(11):
		return ByProfile
	case m.OS.AtLeast(10, 15):
		return ByOption
	}
	return NoCapability
}

func (e *Approve) apply(m *Mac) (Refusal, error) {
	if m.Enrollment.MDM != Unapproved {
		return "", errors.New("there is no enrolment to approve")
	}
	m.Enrollment.MDM = UserApproved
	return NotRefused, nil
}

// apply removes the enrolment. community: the Bootstrap Token's cryptographic
// user stays on the volume, and so do the users' tokens; a log of one Mac says
// that its token was removed, which is the switch.
func (e *Unenroll) apply(m *Mac) (Refusal, error) {
	if m.Enrollment.MDM == NotEnrolled {
		return "", errors.New("the Mac is not enrolled")
	}
	if m.link != nil && m.reachable() {
		_ = m.link.CheckOut(m.device()) // a Mac does not wait for what the server thinks of it
	}
	m.Enrollment = Enrollment{MDM: NotEnrolled}
	m.Bootstrap.Escrowed, m.Bootstrap.Pending = false, false
	m.FileVault.EscrowProfile = false
	if m.Switches.UnenrolRemovesLocal {
		m.dropBootstrap()
	}
	return NotRefused, nil
}

// apply renews the certificate. community: the Mac sends no token afterwards and
// goes on saying that it is escrowed.
func (e *RenewIdentity) apply(m *Mac) (Refusal, error) {
	switch {
	case m.Enrollment.MDM == NotEnrolled:
		return "", errors.New("the Mac is not enrolled")
	case m.Offline || m.Server.Down:
		return ServerUnreachable, nil
	}
	why := m.authenticateAnew()
	m.Enrollment.Expired = m.Enrollment.Expired && why != NotRefused
	return why, nil
}

func (e *ExpireIdentity) apply(m *Mac) (Refusal, error) {
	if m.Enrollment.MDM == NotEnrolled {
		return "", errors.New("the Mac is not enrolled")
	}
	m.Enrollment.Expired = true
	return NotRefused, nil
}

// apply installs an enrolment profile that says something else. U6: whether a
// token is escrowed without a login.
func (e *UpdateProfile) apply(m *Mac) (Refusal, error) {
	switch {
	case m.Enrollment.MDM == NotEnrolled:
		return "", errors.New("the Mac is not enrolled")
	case !m.reachable():
		return ServerUnreachable, nil
	}
	m.Enrollment.Capability = e.Capability
	if a, ok := m.Account(m.Console.User); ok && m.Switches.ProfileUpdateEscrows {
		m.escrowAtLogin(a, true)
	}
	return NotRefused, nil
}

func (e *ServerDoes) apply(m *Mac) (Refusal, error) {
	if m.link != nil {
		return "", errors.New("the server is a real one, and does what it does")
	}
	set(&m.Server.Down, e.Down)
	set(&m.Server.Refuses, e.Refuses)
	set(&m.Server.StoresNothing, e.StoresNothing)
	set(&m.Server.KeepsToken, e.KeepsToken)
	set(&m.Server.ForgetsAfter, e.ForgetsAfter)
	if e.Forgets {
		m.Server.Token = 0
	}
	return NotRefused, nil
}

func set[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

func (e *AllowBootstrapAuth) apply(m *Mac) (Refusal, error) {
	if m.Chip != AppleSilicon {
		return "", errors.New("only Apple silicon asks for it")
	}
	m.Security.MDMAllowed, m.Enrollment.BootstrapAuthAllowed = true, true
	if m.Security.Boot == FullSecurity {
		m.Security.Boot = ReducedSecurity
	}
	return NotRefused, nil
}
