package health

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// either is what one of two sources says of the same thing. Where they say
// opposite things, neither is believed.
func either(a, b Tri) Tri {
	switch {
	case a == Unknown:
		return b
	case b == Unknown, a == b:
		return a
	}
	return Unknown
}

// has is triObs for what not every Mac has: where there is no such thing, the
// answer is no.
func has(o evidence.Obs[bool]) Tri {
	if o.State == evidence.Unsupported {
		return No
	}
	return triObs(o)
}

func deriveEnrollment(s evidence.Snapshot, m Model) Enrollment {
	e := Enrollment{
		DEP: triObs(s.EnrolledDEP), Supervised: triObs(s.Managed.Supervised),
		UserEnrollment: triObs(s.Security.UserEnrollment), Awaiting: triObs(s.Managed.AwaitingConfiguration),
		Reachable: reachable(s), ManagedAdmins: managedAdmins(s),
	}
	e.Server, _ = s.MDMServer.Known()
	if m.Enrolled == Yes && e.Server != "" && e.DEP != Unknown {
		e.Identity = strings.Join([]string{e.Server, "dep " + e.DEP.String(), "approved " + m.UserApproved.String()}, ", ")
	}
	return e
}

func reachable(s evidence.Snapshot) Tri {
	switch reach, _ := s.Network.MDM.Known(); reach {
	case evidence.Reached:
		return Yes
	case evidence.Untrusted, evidence.NoTLS, evidence.TLSFailed, evidence.Refused, evidence.Unreachable,
		evidence.Unresolved, evidence.ProxyRefused, evidence.ProxyUnreachable:
		return No
	}
	return Unknown
}

func managedAdmins(s evidence.Snapshot) Tri {
	if s.Managed.Admins.State == evidence.Absent {
		return No
	}
	admins, ok := s.Managed.Admins.Known()
	if !ok {
		return Unknown
	}
	return TriOf(len(admins) > 0)
}

// deriveStartup brings together what the Mac's own tools and its answer to the
// server say.
func deriveStartup(s evidence.Snapshot, m Model) Startup {
	st := Startup{
		MDMControl:       either(Or(has(s.Startup.UserMDM), has(s.Startup.DEPMDM)), triObs(s.Security.MDMControl)),
		FirmwarePassword: either(has(s.Startup.FirmwarePassword), triObs(s.Security.FirmwarePassword)),
		RecoveryLock:     has(s.Security.RecoveryLock),
	}
	level, _ := s.Security.SecureBoot.Known()
	st.Full = oneOf(level, "full", "medium", "off")
	if m.AppleSilicon == Yes {
		mode, _ := s.Startup.Mode.Known()
		st.Full = either(oneOf(mode, evidence.FullSecurity, evidence.ReducedSecurity, evidence.PermissiveSecurity), st.Full)
	}
	sip, _ := s.Machine.SIP.Known()
	st.SIP = oneOf(sip, evidence.SIPEnabled, evidence.SIPDisabled, evidence.SIPCustom)
	return st
}

// oneOf says whether a word is the first one; any word that is none of them, which
// a later macOS may print, says nothing.
func oneOf[T comparable](word, yes T, no ...T) Tri {
	switch {
	case word == yes:
		return Yes
	case slices.Contains(no, word):
		return No
	}
	return Unknown
}

func deriveFileVault(s evidence.Snapshot) FileVault {
	f := FileVault{
		RecoveryKey:      either(triObs(s.RecoveryKeys.Personal), triObs(s.Security.RecoveryKey)),
		InstitutionalKey: either(triObs(s.RecoveryKeys.Institutional), triObs(s.Security.InstitutionalKey)),
		ICloud:           iCloudUser(s),
		KeySealed:        keySealed(s),
		Deferred:         triObs(s.FileVaultDeferred),
	}
	f.DeferredUser, _ = s.FileVaultDeferredUser.Known()
	if d, ok := s.RecoveryKeys.Deferral.Known(); ok {
		f.DeferredFor, f.ByProfile = d.Users, TriOf(d.Profile)
	}
	f.SealedAt, _ = s.RecoveryKeys.Sealed.Known()
	if there, ok := s.RecoveryKeys.EscrowProfile.Known(); ok && there {
		f.EscrowProfile = Yes // its absence proves nothing
	}
	switch state, _ := s.FileVault.Known(); state {
	case evidence.FileVaultOn:
		f.On, f.Busy = Yes, No
	case evidence.FileVaultEncrypting:
		f.On, f.Busy = Yes, Yes
	case evidence.FileVaultOff:
		f.On, f.Busy = No, No
	case evidence.FileVaultDecrypting:
		f.On, f.Busy = No, Yes
	}
	return f
}

// keySealed: the file decides, which is looked at in every check; an empty one
// holds no key. SecurityInfo sends its content, can be a day old, and alone can only
// say yes: a grave finding must not come because the file could not be looked at.
func keySealed(s evidence.Snapshot) Tri {
	switch s.RecoveryKeys.Sealed.State {
	case evidence.Observed:
		if empty, known := s.RecoveryKeys.SealedEmpty.Known(); known {
			return TriOf(!empty)
		}
	case evidence.Absent:
		return No
	case evidence.NotObserved, evidence.Unsupported, evidence.Denied, evidence.Failed:
	}
	if triObs(s.Security.KeySealed) == Yes {
		return Yes
	}
	return Unknown
}

func iCloudUser(s evidence.Snapshot) Tri {
	users, ok := s.CryptoUsers.Known()
	if !ok {
		return Unknown
	}
	for _, u := range users {
		if u.Type == evidence.ICloudRecovery || u.Type == evidence.ICloudRecoveryKey {
			return Yes
		}
	}
	return No
}

// networkUser is who is at the Mac without a record in the local directory.
func networkUser(s evidence.Snapshot) string {
	user, there := s.ConsoleUser.Known()
	accounts, complete := s.Directory.Known()
	if !there || !complete {
		return ""
	}
	for _, a := range accounts {
		if a.Name == user.Name || (a.UIDKnown && a.UID == user.UID) {
			return ""
		}
	}
	return user.Name
}
