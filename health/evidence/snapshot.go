package evidence

import (
	"slices"
	"time"
)

// Snapshot is everything that one check observed. Nothing in it is an opinion,
// and nothing in it is a secret. It is a value: copies do not share what a
// caller may change, as long as slices and maps are replaced, never edited.
type Snapshot struct {
	TakenAt time.Time

	OSVersion    Obs[string]
	OSBuild      Obs[string]
	OSExtra      Obs[string] // of a Rapid Security Response, such as (a); Absent without one
	Serial       Obs[string]
	HardwareUUID Obs[string]
	Model        Obs[string]
	Arch         Obs[string] // what uname -m prints: arm64, x86_64
	Machine      Machine
	Startup      Startup

	ConsoleUser Obs[ConsoleUser] // Absent at the login window

	EnrolledDEP  Obs[bool]
	EnrolledMDM  Obs[bool]
	UserApproved Obs[bool] // Absent where the Mac is not enrolled
	MDMServer    Obs[string]
	Managed      Managed
	Security     Security
	Network      Network

	BootstrapSupported Obs[bool]
	BootstrapEscrowed  Obs[bool]   // the Mac's own belief; Absent where the server has no support
	EACSPreflight      Obs[string] // as printed

	CryptoUsers Obs[[]CryptoUser]

	FileVault             Obs[FileVaultState]
	FileVaultPercent      Obs[float64]
	FileVaultDeferred     Obs[bool]
	FileVaultDeferredUser Obs[string]
	FileVaultUsers        Obs[[]FileVaultUser]
	FileVaultRecords      Obs[[]FileVaultRecord] // Absent while FileVault is off
	RecoveryKeys          RecoveryKeys

	Directory   Obs[[]DirectoryAccount]
	AdminGroup  Obs[AdminGroup]
	TokenStatus map[string]Obs[TokenStatus] // by record name, for the accounts that were asked
	Groups      Obs[[]Group]
	Passwords   Obs[[]PasswordRecord]
	Logins      Obs[Logins]
	Policy      Obs[bool]   // a password policy for all accounts is set
	PlatformSSO Obs[bool]   // set up on this Mac
	ADDomain    Obs[string] // Active Directory that the Mac is bound to; Absent where it is not

	Peers Obs[[]string] // names of other tools that handle logins, tokens or recovery keys
	FDA   Obs[bool]     // this program has Full Disk Access
}

// ConsoleUser is who owns the console session.
type ConsoleUser struct {
	Name string
	UID  int
}

// A CryptoUserType is the kind of an APFS cryptographic user.
type CryptoUserType string

// The kinds that diskutil is known to print.
const (
	LocalUser                CryptoUserType = "local"
	BootstrapTokenUser       CryptoUserType = "bootstrap_token"
	PersonalRecoveryUser     CryptoUserType = "personal_recovery"
	InstitutionalRecovery    CryptoUserType = "institutional_recovery"
	InstitutionalRecoveryKey CryptoUserType = "institutional_recovery_key"
	ICloudRecovery           CryptoUserType = "icloud_recovery"
	ICloudRecoveryKey        CryptoUserType = "icloud_recovery_key"
	DiskUser                 CryptoUserType = "disk"
	OtherCryptoUser          CryptoUserType = "other"
)

// A CryptoUser is one record that can unwrap the volume's key.
type CryptoUser struct {
	UUID        string         `json:"uuid"` // as printed; not always hexadecimal
	Type        CryptoUserType `json:"type"`
	VolumeOwner *bool          `json:"volume_owner"` // nil: this macOS does not say (before 11)
}

// A FileVaultState is what fdesetup says of the startup volume.
type FileVaultState string

// The states of FileVault.
const (
	FileVaultOn         FileVaultState = "on"
	FileVaultOff        FileVaultState = "off"
	FileVaultEncrypting FileVaultState = "encrypting"
	FileVaultDecrypting FileVaultState = "decrypting"
)

// A FileVaultUser is one line of fdesetup list.
type FileVaultUser struct {
	Name string `json:"name"` // empty where the record behind it is gone
	UUID string `json:"uuid"`
}

// A DirectoryAccount is one record of the local directory. Of its
// AuthenticationAuthority only the tags are kept: the rest can hold hashes.
type DirectoryAccount struct {
	Name          string // the first record name
	OtherNames    []string
	RealName      string
	GUID          string // as printed; empty where the record has none
	UID           int
	UIDKnown      bool
	Home          string
	Shell         string
	Hidden        bool
	OriginalNode  string // where a mobile account came from
	TokenTag      bool   // ;SecureToken;
	DisabledTag   bool   // ;DisabledTags;SecureToken: blocks the first token of macOS 11 and later
	Mobile        bool   // ;LocalCachedUser;
	DisabledUser  bool   // ;DisabledUser;
	PasswordKnown bool   // a ShadowHash entry: a password was once set
}

// AdminGroup is the membership of the local group admin, by name and by GUID.
type AdminGroup struct {
	Names []string
	GUIDs []string
}

// A TokenStatus is what sysadminctl says of one account.
type TokenStatus string

// The answers of sysadminctl -secureTokenStatus.
const (
	TokenEnabled  TokenStatus = "enabled"
	TokenDisabled TokenStatus = "disabled"
	TokenNoUser   TokenStatus = "unknown_user"
)

// StatusNames returns the accounts that sysadminctl was asked about, sorted.
func (s Snapshot) StatusNames() []string {
	names := make([]string, 0, len(s.TokenStatus))
	for n := range s.TokenStatus {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
