package health

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

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

// deriveStartup goes by the Mac's own tools. What it answers its server besides is
// compared with them (serverConflicts) and decides nothing: if either could speak
// where the other is silent, losing the one that contradicts would make certain
// what is in doubt. SecurityInfo alone tells what an Intel Mac may start.
func deriveStartup(s evidence.Snapshot, m Model) Startup {
	sip, _ := s.Machine.SIP.Known()
	return Startup{
		Full: fullSecurity(s, m), MDMControl: Or(has(s.Startup.UserMDM), has(s.Startup.DEPMDM)),
		FirmwarePassword: has(s.Startup.FirmwarePassword), RecoveryLock: has(s.Security.RecoveryLock),
		SIP: oneOf(sip, evidence.SIPEnabled, evidence.SIPDisabled, evidence.SIPCustom),
	}
}

func fullSecurity(s evidence.Snapshot, m Model) Tri {
	if m.AppleSilicon == No {
		level, _ := s.Security.SecureBoot.Known()
		return oneOf(level, "full", "medium", "off")
	}
	mode, _ := s.Startup.Mode.Known()
	return oneOf(mode, evidence.FullSecurity, evidence.ReducedSecurity, evidence.PermissiveSecurity)
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

// deriveFileVault goes by fdesetup, as deriveStartup does by the Mac's own tools.
func deriveFileVault(s evidence.Snapshot) FileVault {
	f := FileVault{
		RecoveryKey:      triObs(s.RecoveryKeys.Personal),
		InstitutionalKey: triObs(s.RecoveryKeys.Institutional),
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

// keySealed goes by the file, which is looked at in every check; an empty one holds
// no key. SecurityInfo sends its content, can be a day old, and decides nothing.
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
