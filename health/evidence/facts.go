package evidence

import (
	"slices"
	"strings"
	"time"
)

// A FactName names an observation in a report. The names are a contract with
// other people's programs: one is never renamed, only added.
type FactName string

// The facts of a report, in the order in which they are shown.
const (
	OSVersionFact          FactName = "os.version"
	OSBuildFact            FactName = "os.build"
	SerialFact             FactName = "device.serial"
	HardwareUUIDFact       FactName = "device.hardware_uuid"
	ModelFact              FactName = "device.model"
	ChipFact               FactName = "device.chip"
	DEPFact                FactName = "enrollment.dep"
	MDMFact                FactName = "enrollment.mdm"
	UserApprovedFact       FactName = "enrollment.user_approved"
	MDMServerFact          FactName = "enrollment.server"
	EACSPreflightFact      FactName = "mdm.eacs_preflight"
	BootstrapSupportedFact FactName = "bootstrap.supported"
	BootstrapEscrowedFact  FactName = "bootstrap.escrowed"
	FileVaultStateFact     FactName = "filevault.state"
	FileVaultPercentFact   FactName = "filevault.percent"
	FileVaultDeferredFact  FactName = "filevault.deferred"
	FileVaultDeferUserFact FactName = "filevault.deferred_user"
	FileVaultUsersFact     FactName = "filevault.users"
	DirectoryFact          FactName = "accounts.directory"
	CryptoUsersFact        FactName = "accounts.crypto_users"
	AdminsFact             FactName = "accounts.admins"
	ConsoleUserFact        FactName = "accounts.console_user"
	TokenStatusFact        FactName = "accounts.token_status"

	OSExtraFact      FactName = "os.version_extra"
	AppleSiliconFact FactName = "device.apple_silicon"
	VirtualFact      FactName = "device.virtual"
	BootedAtFact     FactName = "device.booted_at"
	FileSystemFact   FactName = "device.file_system"
	SIPFact          FactName = "device.sip"

	StartupModeFact      FactName = "startup.mode"
	StartupUserMDMFact   FactName = "startup.mdm_by_user"
	StartupDEPMDMFact    FactName = "startup.mdm_by_enrollment"
	FirmwarePasswordFact FactName = "startup.firmware_password"

	SupervisedFact      FactName = "mdm.supervised"
	AwaitingFact        FactName = "mdm.awaiting_configuration"
	BootstrapOptionFact FactName = "mdm.bootstrap_option"
	ActivationLockFact  FactName = "mdm.activation_lock"
	ManagedAdminsFact   FactName = "mdm.managed_admins"
	ProxyFact           FactName = "network.proxy"
	MDMReachFact        FactName = "network.mdm"

	SecureBootFact         FactName = "security.secure_boot"
	MDMControlFact         FactName = "security.mdm_control"
	BootstrapForAuthFact   FactName = "security.bootstrap_for_authentication"
	BootstrapForUpdateFact FactName = "security.bootstrap_for_update"
	BootstrapForKextsFact  FactName = "security.bootstrap_for_kexts"
	RecoveryLockFact       FactName = "security.recovery_lock"
	SecurityFirmwareFact   FactName = "security.firmware_password"
	SecurityDEPFact        FactName = "security.dep"
	SecurityApprovedFact   FactName = "security.user_approved"
	UserEnrollmentFact     FactName = "security.user_enrollment"
	SecurityKeyFact        FactName = "security.personal_recovery_key"
	SecurityIRKFact        FactName = "security.institutional_recovery_key"
	KeySealedFact          FactName = "security.recovery_key_sealed"

	FileVaultRecordsFact FactName = "filevault.records"
	PersonalKeyFact      FactName = "filevault.personal_recovery_key"
	InstitutionalKeyFact FactName = "filevault.institutional_recovery_key"
	DeferralFact         FactName = "filevault.deferral"
	SealedAtFact         FactName = "filevault.key_sealed_at"
	SealedEmptyFact      FactName = "filevault.key_sealed_empty"
	EscrowProfileFact    FactName = "filevault.escrow_profile"

	GroupsFact      FactName = "accounts.groups"
	PasswordsFact   FactName = "accounts.passwords"
	LoginsFact      FactName = "accounts.logins"
	PolicyFact      FactName = "accounts.password_policy"
	PlatformSSOFact FactName = "accounts.platform_sso"
	ADDomainFact    FactName = "accounts.ad_domain"

	PeersFact FactName = "peers"
	FDAFact   FactName = "agent.full_disk_access"
)

// Facts that are read out of another observation rather than asked for.
const (
	BootstrapCryptoUserFact  FactName = "bootstrap.crypto_user"
	BootstrapVolumeOwnerFact FactName = "bootstrap.volume_owner"
)

// A Fact is one observation as a report shows it. Value is a string, a bool, a
// number, or the number of entries of a list; nil where there is none.
type Fact struct {
	Name  FactName
	Value any
	Meta  Meta
}

// field ties a fact's name to the place in a snapshot where it lives.
type field struct {
	name FactName
	get  func(*Snapshot) Fact
	lose func(*Snapshot, Meta)
}

// plain makes a field whose value is reported as it is.
func plain[T any](name FactName, at func(*Snapshot) *Obs[T]) field {
	return counted(name, at, func(v T) any { return v })
}

// counted makes a field whose value is reported through show.
func counted[T any](name FactName, at func(*Snapshot) *Obs[T], show func(T) any) field {
	return field{
		name: name,
		get: func(s *Snapshot) Fact {
			o := at(s)
			f := Fact{Name: name, Meta: o.Meta()}
			if v, ok := o.Known(); ok {
				f.Value = show(v)
			}
			return f
		},
		lose: func(s *Snapshot, m Meta) {
			o := at(s)
			m.From, m.At, m.Took = o.From, o.At, o.Took
			var none T
			*o = Is(m, none)
		},
	}
}

func length[T any](v []T) any { return len(v) }

// chip turns what uname prints into the name of a chip. An Intel Mac with a T2
// prints the same as one without, so x86_64 says nothing about the chip.
func chip(arch string) any {
	if arch == "arm64" {
		return "apple_silicon"
	}
	return "unknown"
}

// fields is the one table that connects names and observations. A new
// observation is one line here, and the property tests of package health then
// try what happens when it is lost.
func fields() []field { return append(firstFields(), laterFields()...) }

func firstFields() []field {
	return []field{
		plain(OSVersionFact, func(s *Snapshot) *Obs[string] { return &s.OSVersion }),
		plain(OSBuildFact, func(s *Snapshot) *Obs[string] { return &s.OSBuild }),
		plain(SerialFact, func(s *Snapshot) *Obs[string] { return &s.Serial }),
		plain(HardwareUUIDFact, func(s *Snapshot) *Obs[string] { return &s.HardwareUUID }),
		plain(ModelFact, func(s *Snapshot) *Obs[string] { return &s.Model }),
		counted(ChipFact, func(s *Snapshot) *Obs[string] { return &s.Arch }, chip),
		plain(DEPFact, func(s *Snapshot) *Obs[bool] { return &s.EnrolledDEP }),
		plain(MDMFact, func(s *Snapshot) *Obs[bool] { return &s.EnrolledMDM }),
		plain(UserApprovedFact, func(s *Snapshot) *Obs[bool] { return &s.UserApproved }),
		plain(MDMServerFact, func(s *Snapshot) *Obs[string] { return &s.MDMServer }),
		plain(EACSPreflightFact, func(s *Snapshot) *Obs[string] { return &s.EACSPreflight }),
		plain(BootstrapSupportedFact, func(s *Snapshot) *Obs[bool] { return &s.BootstrapSupported }),
		plain(BootstrapEscrowedFact, func(s *Snapshot) *Obs[bool] { return &s.BootstrapEscrowed }),
		counted(FileVaultStateFact, func(s *Snapshot) *Obs[FileVaultState] { return &s.FileVault },
			func(v FileVaultState) any { return string(v) }),
		plain(FileVaultPercentFact, func(s *Snapshot) *Obs[float64] { return &s.FileVaultPercent }),
		plain(FileVaultDeferredFact, func(s *Snapshot) *Obs[bool] { return &s.FileVaultDeferred }),
		plain(FileVaultDeferUserFact, func(s *Snapshot) *Obs[string] { return &s.FileVaultDeferredUser }),
		counted(FileVaultUsersFact, func(s *Snapshot) *Obs[[]FileVaultUser] { return &s.FileVaultUsers }, length),
		counted(DirectoryFact, func(s *Snapshot) *Obs[[]DirectoryAccount] { return &s.Directory }, length),
		counted(CryptoUsersFact, func(s *Snapshot) *Obs[[]CryptoUser] { return &s.CryptoUsers }, length),
		counted(AdminsFact, func(s *Snapshot) *Obs[AdminGroup] { return &s.AdminGroup },
			func(g AdminGroup) any { return max(len(g.Names), len(g.GUIDs)) }),
		counted(ConsoleUserFact, func(s *Snapshot) *Obs[ConsoleUser] { return &s.ConsoleUser },
			func(u ConsoleUser) any { return u.Name }),
		tokenStatusField(),
	}
}

// laterFields are the observations that came after the first version of the
// report, in the order in which they are shown after it.
func laterFields() []field {
	return slices.Concat(machineFields(), serverFields(), recoveryFields(), accountFields())
}

func machineFields() []field {
	return []field{
		plain(OSExtraFact, func(s *Snapshot) *Obs[string] { return &s.OSExtra }),
		plain(AppleSiliconFact, func(s *Snapshot) *Obs[bool] { return &s.Machine.AppleSilicon }),
		plain(VirtualFact, func(s *Snapshot) *Obs[bool] { return &s.Machine.Virtual }),
		counted(BootedAtFact, func(s *Snapshot) *Obs[time.Time] { return &s.Machine.BootedAt }, stamp),
		plain(FileSystemFact, func(s *Snapshot) *Obs[string] { return &s.Machine.FileSystem }),
		counted(SIPFact, func(s *Snapshot) *Obs[SIP] { return &s.Machine.SIP }, word[SIP]),
		counted(StartupModeFact, func(s *Snapshot) *Obs[StartupMode] { return &s.Startup.Mode }, word[StartupMode]),
		plain(StartupUserMDMFact, func(s *Snapshot) *Obs[bool] { return &s.Startup.UserMDM }),
		plain(StartupDEPMDMFact, func(s *Snapshot) *Obs[bool] { return &s.Startup.DEPMDM }),
		plain(FirmwarePasswordFact, func(s *Snapshot) *Obs[bool] { return &s.Startup.FirmwarePassword }),
	}
}

func serverFields() []field {
	return []field{
		plain(SupervisedFact, func(s *Snapshot) *Obs[bool] { return &s.Managed.Supervised }),
		plain(AwaitingFact, func(s *Snapshot) *Obs[bool] { return &s.Managed.AwaitingConfiguration }),
		plain(BootstrapOptionFact, func(s *Snapshot) *Obs[bool] { return &s.Managed.BootstrapOption }),
		plain(ActivationLockFact, func(s *Snapshot) *Obs[bool] { return &s.Managed.ActivationLock }),
		counted(ManagedAdminsFact, func(s *Snapshot) *Obs[[]ManagedAdmin] { return &s.Managed.Admins }, length),
		counted(ProxyFact, func(s *Snapshot) *Obs[Proxy] { return &s.Network.Proxy }, func(p Proxy) any { return string(p.Kind) }),
		counted(MDMReachFact, func(s *Snapshot) *Obs[Reach] { return &s.Network.MDM }, word[Reach]),
		plain(SecureBootFact, func(s *Snapshot) *Obs[string] { return &s.Security.SecureBoot }),
		plain(MDMControlFact, func(s *Snapshot) *Obs[bool] { return &s.Security.MDMControl }),
		plain(BootstrapForAuthFact, func(s *Snapshot) *Obs[string] { return &s.Security.BootstrapForAuth }),
		plain(BootstrapForUpdateFact, func(s *Snapshot) *Obs[bool] { return &s.Security.BootstrapForUpdate }),
		plain(BootstrapForKextsFact, func(s *Snapshot) *Obs[bool] { return &s.Security.BootstrapForKexts }),
		plain(RecoveryLockFact, func(s *Snapshot) *Obs[bool] { return &s.Security.RecoveryLock }),
		plain(SecurityFirmwareFact, func(s *Snapshot) *Obs[bool] { return &s.Security.FirmwarePassword }),
		plain(SecurityDEPFact, func(s *Snapshot) *Obs[bool] { return &s.Security.DEP }),
		plain(SecurityApprovedFact, func(s *Snapshot) *Obs[bool] { return &s.Security.UserApproved }),
		plain(UserEnrollmentFact, func(s *Snapshot) *Obs[bool] { return &s.Security.UserEnrollment }),
		plain(SecurityKeyFact, func(s *Snapshot) *Obs[bool] { return &s.Security.RecoveryKey }),
		plain(SecurityIRKFact, func(s *Snapshot) *Obs[bool] { return &s.Security.InstitutionalKey }),
		plain(KeySealedFact, func(s *Snapshot) *Obs[bool] { return &s.Security.KeySealed }),
	}
}

func recoveryFields() []field {
	return []field{
		counted(FileVaultRecordsFact, func(s *Snapshot) *Obs[[]FileVaultRecord] { return &s.FileVaultRecords }, length),
		plain(PersonalKeyFact, func(s *Snapshot) *Obs[bool] { return &s.RecoveryKeys.Personal }),
		plain(InstitutionalKeyFact, func(s *Snapshot) *Obs[bool] { return &s.RecoveryKeys.Institutional }),
		counted(DeferralFact, func(s *Snapshot) *Obs[Deferral] { return &s.RecoveryKeys.Deferral }, func(Deferral) any { return true }),
		counted(SealedAtFact, func(s *Snapshot) *Obs[time.Time] { return &s.RecoveryKeys.Sealed }, stamp),
		plain(SealedEmptyFact, func(s *Snapshot) *Obs[bool] { return &s.RecoveryKeys.SealedEmpty }),
		plain(EscrowProfileFact, func(s *Snapshot) *Obs[bool] { return &s.RecoveryKeys.EscrowProfile }),
	}
}

func accountFields() []field {
	return []field{
		counted(GroupsFact, func(s *Snapshot) *Obs[[]Group] { return &s.Groups }, length),
		counted(PasswordsFact, func(s *Snapshot) *Obs[[]PasswordRecord] { return &s.Passwords }, length),
		counted(LoginsFact, func(s *Snapshot) *Obs[Logins] { return &s.Logins }, func(l Logins) any { return len(l.Window) }),
		plain(PolicyFact, func(s *Snapshot) *Obs[bool] { return &s.Policy }),
		plain(PlatformSSOFact, func(s *Snapshot) *Obs[bool] { return &s.PlatformSSO }),
		plain(ADDomainFact, func(s *Snapshot) *Obs[string] { return &s.ADDomain }),
		counted(PeersFact, func(s *Snapshot) *Obs[[]string] { return &s.Peers }, func(v []string) any { return strings.Join(v, ", ") }),
		plain(FDAFact, func(s *Snapshot) *Obs[bool] { return &s.FDA }),
	}
}

func stamp(t time.Time) any { return t.UTC().Format(time.RFC3339) }

func word[T ~string](v T) any { return string(v) }

const tokenStatusSource Source = "sysadminctl -secureTokenStatus"

// tokenStatusField stands for all answers of sysadminctl together: there is one
// process per account, but one fact in the report. It is as old as the oldest of
// the answers, and observed only if all of them came.
func tokenStatusField() field {
	return field{
		name: TokenStatusFact,
		get: func(s *Snapshot) Fact {
			f := Fact{Name: TokenStatusFact, Meta: Meta{From: tokenStatusSource}}
			for n, name := range s.StatusNames() {
				is := s.TokenStatus[name].Meta()
				is.From = tokenStatusSource // without the account's name
				switch {
				case n == 0, f.Meta.State == Observed && is.State != Observed:
					f.Meta = is
				case is.State == f.Meta.State && is.At.Before(f.Meta.At):
					f.Meta.At = is.At
				}
			}
			if f.Meta.State == Observed {
				f.Value = len(s.TokenStatus)
			}
			return f
		},
		lose: func(s *Snapshot, m Meta) {
			lost := make(map[string]Obs[TokenStatus], len(s.TokenStatus))
			for name, o := range s.TokenStatus {
				lost[name] = Is(Meta{m.State, m.Reason, o.At, o.Took, o.From}, TokenStatus(""))
			}
			s.TokenStatus = lost
		},
	}
}

// Facts returns every observation in a fixed order, those that were not made
// included.
func (s Snapshot) Facts() []Fact {
	all := fields()
	facts := make([]Fact, 0, len(all))
	for _, f := range all {
		facts = append(facts, f.get(&s))
	}
	return facts
}

// Fact returns the observation of that name.
func (s Snapshot) Fact(name FactName) (Fact, bool) {
	for _, f := range fields() {
		if f.name == name {
			return f.get(&s), true
		}
	}
	return Fact{}, false
}

// Without returns the snapshot as it would be had that observation ended in
// another way: the tool missing, too slow, denied.
func (s Snapshot) Without(name FactName, how Meta) Snapshot {
	all := fields()
	if i := slices.IndexFunc(all, func(f field) bool { return f.name == name }); i >= 0 {
		all[i].lose(&s, how)
	}
	return s
}
