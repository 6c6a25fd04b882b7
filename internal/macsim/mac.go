// Package macsim is a simulated Mac: it answers as Apple's command-line tools
// do, from a state that a scenario file describes.
//
// It is for tests, demonstrations and people without a Mac at hand. It must not
// know what anybody hopes to read from the answers, so it imports nothing of the
// diagnosis. It must not invent Apple's words either: what is not simulated, or
// what nobody has published, is answered by a text that begins with "macsim:"
// on the error stream and by a failure: exit code 125, unless more is known.
//
// Every behaviour is marked with how well it is known: documented (by Apple),
// observed (on a Mac, the version is named), community (scripts and posts that
// quote real output) or inferred (our conclusion, possibly wrong).
package macsim

// Mac is the whole state of one simulated Mac. [Decode] completes and checks
// it; a Mac made otherwise is neither. The state holds what each tool would
// find, not what would be consistent: a Mac whose sources disagree can be
// described.
type Mac struct {
	OS           OS     `yaml:"os"`
	Chip         Chip   `yaml:"chip"`
	Model        string `yaml:"model"`           // such as Mac15,6
	Board        string `yaml:"board,omitempty"` // node name in the I/O registry; the model unless given
	Serial       string `yaml:"serial"`
	HardwareUUID string `yaml:"hardware_uuid"`
	Volume       string `yaml:"volume,omitempty"` // what diskutil calls "/"; usual for the version unless given

	Enrollment Enrollment `yaml:"enrollment,omitempty"`
	Bootstrap  Bootstrap  `yaml:"bootstrap,omitempty"`
	FileVault  FileVault  `yaml:"filevault,omitempty"`

	Accounts          []Account    `yaml:"accounts,omitempty"`
	Absent            []string     `yaml:"absent,omitempty,flow"` // system accounts that this Mac lacks
	OrphanCryptoUsers []CryptoUser `yaml:"orphan_crypto_users,omitempty"`
	Console           Console      `yaml:"console,omitempty"`

	// EACSPreflight is what the MDM client says of "Erase All Content and
	// Settings", such as "success"; empty where it says nothing.
	EACSPreflight string `yaml:"eacs_preflight,omitempty"`
}

// OS is the system as sw_vers reports it.
type OS struct {
	Product string `yaml:"product,omitempty"` // by the version unless given
	Version string `yaml:"version"`           // such as 15.7.1
	Build   string `yaml:"build"`             // such as 24G231
	Extra   string `yaml:"extra,omitempty"`   // a rapid security response, such as (a)
}

// Chip is what the Mac is built on. It decides about volume ownership.
type Chip string

// The chips.
const (
	AppleSilicon Chip = "apple_silicon"
	T2           Chip = "t2"
	Intel        Chip = "intel"
)

// Enrollment is the Mac's relation to its management server.
type Enrollment struct {
	DEP    bool   `yaml:"dep,omitempty"` // enrolled by Automated Device Enrollment
	MDM    MDM    `yaml:"mdm,omitempty"`
	Server string `yaml:"server,omitempty"` // URL
}

// MDM is how far a Mac is managed.
type MDM string

// The degrees of management.
const (
	NotEnrolled  MDM = "none"
	Unapproved   MDM = "unapproved"
	UserApproved MDM = "user_approved"
)

// Bootstrap is the Bootstrap Token as the Mac sees it. The four are separate
// facts: a Mac can believe that a token is escrowed which it no longer has.
type Bootstrap struct {
	Supported   bool `yaml:"supported"`
	Escrowed    bool `yaml:"escrowed"`
	Local       bool `yaml:"local"` // its cryptographic user is on the volume
	VolumeOwner bool `yaml:"volume_owner"`
}

// FileVault is the encryption of the startup volume.
type FileVault struct {
	State               Encryption `yaml:"state,omitempty"`
	Percent             int        `yaml:"percent,omitempty"` // of encrypting and decrypting
	DeferredUser        string     `yaml:"deferred_user,omitempty"`
	PersonalRecoveryKey bool       `yaml:"personal_recovery_key,omitempty"`
	Institutional       bool       `yaml:"institutional,omitempty"` // there is an institutional recovery key
}

// Encryption is the state of FileVault.
type Encryption string

// The states of FileVault.
const (
	Off        Encryption = "off"
	On         Encryption = "on"
	Encrypting Encryption = "encrypting"
	Decrypting Encryption = "decrypting"
)

// CryptoUser is a cryptographic user of the startup volume that belongs to no
// account of the Mac.
type CryptoUser struct {
	UUID        string     `yaml:"uuid"`
	Type        CryptoType `yaml:"type,omitempty"` // LocalOpenDirectory unless given
	VolumeOwner bool       `yaml:"volume_owner"`
}

// Console is who is logged in on the screen. The zero value is the login window.
type Console struct {
	User         string   `yaml:"user,omitempty"`
	TopLevelName string   `yaml:"top_level_name,omitempty"`  // where it lags behind User
	Background   []string `yaml:"background,omitempty,flow"` // sessions behind the one on the screen
	EarlyBoot    bool     `yaml:"early_boot,omitempty"`      // nothing knows yet
}
