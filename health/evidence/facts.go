package evidence

import "slices"

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
			m.From, m.At = o.From, o.At
			var none T
			*o = Is(m, none)
		},
	}
}

func length[T any](v []T) any { return len(v) }

// Chips as a report names them.
const (
	AppleSilicon = "apple_silicon"
	UnknownChip  = "unknown"
)

// chip turns what uname prints into the name of a chip. An Intel Mac with a T2
// prints the same as one without, so x86_64 says nothing about the chip.
func chip(arch string) any {
	if arch == "arm64" {
		return AppleSilicon
	}
	return UnknownChip
}

// fields is the one table that connects names and observations. A new
// observation is one line here, and the property tests of package health then
// try what happens when it is lost.
func fields() []field {
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

const tokenStatusSource Source = "sysadminctl -secureTokenStatus"

// tokenStatusField stands for all answers of sysadminctl together: there is one
// process per account, but one fact in the report.
func tokenStatusField() field {
	return field{
		name: TokenStatusFact,
		get: func(s *Snapshot) Fact {
			f := Fact{Name: TokenStatusFact, Meta: Meta{From: tokenStatusSource}}
			answered := 0
			for _, name := range s.StatusNames() {
				o := s.TokenStatus[name]
				if o.State == Observed {
					answered++
				}
				if answered == 0 || o.State == Observed {
					f.Meta = o.Meta()
					f.Meta.From = tokenStatusSource // without the account's name
				}
			}
			if answered > 0 {
				f.Value = answered
			}
			return f
		},
		lose: func(s *Snapshot, m Meta) {
			lost := make(map[string]Obs[TokenStatus], len(s.TokenStatus))
			for name, o := range s.TokenStatus {
				lost[name] = Is(Meta{m.State, m.Reason, o.At, o.From}, TokenStatus(""))
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
