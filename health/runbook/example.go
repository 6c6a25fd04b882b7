package runbook

import (
	"fmt"
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
	managed         bool // made in Setup Assistant for the server
	atTheMac        bool
}

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
	s.Machine.BootedAt = is(observed().Add(-72 * time.Hour))
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
	var accounts []evidence.DirectoryAccount
	var users []evidence.CryptoUser
	var listed []evidence.FileVaultUser
	var passwords []evidence.PasswordRecord
	var logins evidence.Logins
	admins := evidence.AdminGroup{Names: []string{"root"}}
	owns := !e.intel
	for i, p := range e.people {
		guid := fmt.Sprintf("6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A%04d", i+1)
		accounts = append(accounts, evidence.DirectoryAccount{
			Name: p.name, RealName: p.name, GUID: guid, UID: 501 + i, UIDKnown: true, Home: "/Users/" + p.name, Shell: "/bin/zsh",
			TokenTag: p.holder, Mobile: p.mobile, PasswordKnown: true,
		})
		status := evidence.TokenDisabled
		if p.holder {
			status = evidence.TokenEnabled
			users = append(users, evidence.CryptoUser{UUID: guid, Type: evidence.LocalUser, VolumeOwner: &owns})
		}
		s.TokenStatus[p.name] = is(status)
		if e.fileVault && p.holder && !p.unlisted {
			listed = append(listed, evidence.FileVaultUser{Name: p.name, UUID: guid})
		}
		if p.admin {
			admins.Names, admins.GUIDs = append(admins.Names, p.name), append(admins.GUIDs, guid)
		}
		if p.atTheMac {
			s.ConsoleUser = is(evidence.ConsoleUser{Name: p.name, UID: 501 + i})
		}
		if p.managed {
			s.Managed.Admins = is([]evidence.ManagedAdmin{{GUID: guid, Name: p.name}})
		}
		passwords = append(passwords, p.password())
		logins.Window = append(logins.Window, evidence.Login{User: p.name, At: observed().Add(-48 * time.Hour), Count: 2})
	}
	if e.escrowed {
		users = append(users, evidence.CryptoUser{UUID: evidence.BootstrapTokenUUID, Type: evidence.BootstrapTokenUser, VolumeOwner: &owns})
	}
	logins.Since = observed().Add(-300 * 24 * time.Hour)
	s.Directory, s.CryptoUsers, s.FileVaultUsers, s.AdminGroup = is(accounts), is(users), is(listed), is(admins)
	s.Groups, s.Passwords, s.Logins = is([]evidence.Group{}), is(passwords), is(logins)
	if s.ConsoleUser.State == evidence.NotObserved {
		s.ConsoleUser = none[evidence.ConsoleUser]()
	}
}

// password is when the account's was set: long ago, or since its last login.
func (p person) password() evidence.PasswordRecord {
	r := evidence.PasswordRecord{
		Name: p.name, Created: observed().Add(-200 * 24 * time.Hour), Set: observed().Add(-200 * 24 * time.Hour),
	}
	if p.drifted {
		r.Set = observed().Add(-24 * time.Hour)
	}
	return r
}
