package runbook

import (
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// example is a Mac in a certain trouble, by what its tools would say.
type example struct {
	os          string // 15.7.1 unless given
	intel       bool
	unmanaged   bool
	byHand      bool // enrolled by a person, not by Automated Device Enrollment
	unsupported bool // the server keeps no Bootstrap Tokens
	escrowed    bool
	preflight   string // success or a reason
	fileVault   bool
	sealed      bool // the recovery key lies sealed for the server
	people      []person
}

// person is one account of an example.
type person struct {
	name            string
	admin, holder   bool
	mobile, drifted bool
	unlisted        bool // not in the list of FileVault, in spite of the token
	phantom         bool // a token that the directory has, and the volume does not
	managed         bool // made in Setup Assistant for the server
	neverCame       bool // has not logged in yet
	atTheMac        bool
}

// guidOf stands before a name where a real page would have a GeneratedUID.
const guidOf = "GUID-OF-"

const day = 24 * time.Hour

// observed is the day on which all examples were looked at.
func observed() time.Time { return time.Date(2026, 1, 12, 8, 0, 0, 0, time.UTC) }

func is[T any](value T) evidence.Obs[T] {
	return evidence.Is(evidence.Meta{State: evidence.Observed, At: observed()}, value)
}

func none[T any]() evidence.Obs[T] {
	var zero T
	return evidence.Is(evidence.Meta{State: evidence.Absent, At: observed()}, zero)
}

func (e example) model() health.Model {
	s := evidence.Snapshot{TakenAt: observed(), TokenStatus: map[string]evidence.Obs[evidence.TokenStatus]{}}
	e.machine(&s)
	e.management(&s)
	e.accounts(&s)
	return health.Derive(s, health.Ledger{})
}

func (e example) machine(s *evidence.Snapshot) {
	s.OSVersion, s.Arch = is("15.7.1"), is("arm64")
	if e.os != "" {
		s.OSVersion = is(e.os)
	}
	s.Machine.AppleSilicon = is(true)
	if e.intel {
		s.Arch, s.Machine.AppleSilicon = is("x86_64"), none[bool]()
	}
	s.Machine.FileSystem, s.Machine.Virtual, s.Machine.SIP = is("apfs"), is(false), is(evidence.SIPEnabled)
	s.Machine.BootedAt = is(observed().Add(-3 * day))
	s.Startup.Mode = is(evidence.FullSecurity)
	s.Security.RecoveryLock = is(false)
	s.FileVault = is(evidence.FileVaultOff)
	if e.fileVault {
		s.FileVault = is(evidence.FileVaultOn)
	}
	s.RecoveryKeys.Personal, s.RecoveryKeys.Institutional = is(e.fileVault), is(false)
	s.Security.KeySealed = is(e.sealed)
	if e.sealed {
		s.RecoveryKeys.Sealed, s.RecoveryKeys.SealedEmpty = is(observed().Add(-72*time.Hour)), is(false)
	}
}

func (e example) management(s *evidence.Snapshot) {
	s.EnrolledMDM, s.EnrolledDEP = is(!e.unmanaged), is(!e.unmanaged && !e.byHand)
	if e.unmanaged {
		s.UserApproved, s.MDMServer = none[bool](), none[string]()
		return
	}
	s.UserApproved, s.MDMServer = is(true), is("https://mdm.example.com/mdm/checkin")
	s.Managed.Supervised, s.Managed.AwaitingConfiguration = is(true), is(false)
	s.Managed.Admins = none[[]evidence.ManagedAdmin]()
	s.Security.UserEnrollment = is(false)
	s.Security.BootstrapForAuth = is("allowed")
	s.Network.MDM = is(evidence.Reached)
	s.BootstrapSupported, s.BootstrapEscrowed = is(!e.unsupported), is(e.escrowed)
	if e.unsupported {
		s.BootstrapEscrowed = none[bool]()
	}
	if e.preflight != "" {
		s.EACSPreflight = is(e.preflight)
	}
}

func (e example) accounts(s *evidence.Snapshot) {
	passwords, logins, managed := []evidence.PasswordRecord{}, evidence.Logins{Since: observed().Add(-300 * day)}, []evidence.ManagedAdmin{}
	s.ConsoleUser = none[evidence.ConsoleUser]()
	for i, p := range e.people {
		s.TokenStatus[p.name] = is(p.status())
		passwords = append(passwords, p.password())
		if !p.neverCame {
			logins.Window = append(logins.Window, evidence.Login{User: p.name, At: observed().Add(-2 * day), Count: 2})
		}
		if p.atTheMac {
			s.ConsoleUser = is(evidence.ConsoleUser{Name: p.name, UID: 501 + i})
		}
		if p.managed {
			managed = append(managed, evidence.ManagedAdmin{GUID: p.guid(), Name: p.name})
		}
	}
	if len(managed) > 0 {
		s.Managed.Admins = is(managed)
	}
	s.Directory, s.AdminGroup = is(e.directory()), is(e.admins())
	s.CryptoUsers, s.FileVaultUsers = is(e.cryptoUsers()), is(e.unlockers())
	s.Groups, s.Passwords, s.Logins = is([]evidence.Group{}), is(passwords), is(logins)
}

func (e example) directory() (all []evidence.DirectoryAccount) {
	for i, p := range e.people {
		all = append(all, evidence.DirectoryAccount{
			Name: p.name, RealName: p.name, GUID: p.guid(), UID: 501 + i, UIDKnown: true, Home: "/Users/" + p.name, Shell: "/bin/zsh",
			TokenTag: p.holder || p.phantom, Mobile: p.mobile, PasswordKnown: true,
		})
	}
	return all
}

func (e example) admins() evidence.AdminGroup {
	group := evidence.AdminGroup{Names: []string{"root"}}
	for _, p := range e.people {
		if p.admin {
			group.Names, group.GUIDs = append(group.Names, p.name), append(group.GUIDs, p.guid())
		}
	}
	return group
}

// cryptoUsers are those of the volume. On Apple silicon they own it.
func (e example) cryptoUsers() (all []evidence.CryptoUser) {
	owns := !e.intel
	for _, p := range e.people {
		if p.holder {
			all = append(all, evidence.CryptoUser{UUID: p.guid(), Type: evidence.LocalUser, VolumeOwner: &owns})
		}
	}
	if e.escrowed {
		all = append(all, evidence.CryptoUser{UUID: evidence.BootstrapTokenUUID, Type: evidence.BootstrapTokenUser, VolumeOwner: &owns})
	}
	return all
}

func (e example) unlockers() []evidence.FileVaultUser {
	all := []evidence.FileVaultUser{}
	for _, p := range e.people {
		if e.fileVault && p.holder && !p.unlisted {
			all = append(all, evidence.FileVaultUser{Name: p.name, UUID: p.guid()})
		}
	}
	return all
}

func (p person) guid() string { return guidOf + p.name }

func (p person) status() evidence.TokenStatus {
	if p.holder || p.phantom {
		return evidence.TokenEnabled
	}
	return evidence.TokenDisabled
}

// password is when the account's was set: long ago, or since its last login.
func (p person) password() evidence.PasswordRecord {
	r := evidence.PasswordRecord{
		Name: p.name, Created: observed().Add(-200 * day), Set: observed().Add(-200 * day),
	}
	if p.drifted {
		r.Set = observed().Add(-day)
	}
	return r
}
