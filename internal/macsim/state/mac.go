// Package state is the state of one simulated Mac, and the rules by which it
// changes: who gets a Secure Token and when, what becomes of the Bootstrap
// Token, which password opens what.
//
// A [Mac] is data. It changes by events alone ([Mac.Do]), which are what people,
// servers and tools do to a Mac. The state holds what is so, and beside it what
// the Mac's own sources say where the two can differ: a Mac whose sources
// disagree can be described. What the command-line tools print is none of this
// package's business.
//
// It must not know what anybody hopes to read from a Mac, so it imports nothing
// of the diagnosis. Every behaviour is marked with how well it is known:
// documented (by Apple), observed (on a Mac, the version is named), community
// (scripts, vendors and posts that show it) or inferred (our conclusion,
// possibly wrong). What is contested or inferred and matters is one of
// [Switches].
package state

import "time"

// Mac is the whole state of one simulated Mac. [Decode] completes and checks
// it; a Mac made otherwise is neither.
type Mac struct {
	OS           OS         `yaml:"os"`
	Chip         Chip       `yaml:"chip"`
	Model        string     `yaml:"model"`           // such as Mac15,6
	Board        string     `yaml:"board,omitempty"` // node name in the I/O registry; the model unless given
	Serial       string     `yaml:"serial"`
	HardwareUUID string     `yaml:"hardware_uuid"`
	Volume       string     `yaml:"volume,omitempty"`      // what diskutil calls "/"; usual for the version unless given
	FileSystem   FileSystem `yaml:"file_system,omitempty"` // apfs unless given
	Virtual      bool       `yaml:"virtual,omitempty"`     // a virtual machine
	Security     Security   `yaml:"security,omitempty"`

	Clock   time.Time `yaml:"clock,omitempty"` // when the last event happened
	Phase   Phase     `yaml:"phase,omitempty"`
	Booted  time.Time `yaml:"booted,omitempty"`
	Offline bool      `yaml:"offline,omitempty"` // no network
	Proxy   Proxy     `yaml:"proxy,omitempty"`
	Power   Power     `yaml:"power,omitempty"`

	Enrollment Enrollment `yaml:"enrollment,omitempty"`
	Server     Server     `yaml:"server,omitempty"`
	Bootstrap  Bootstrap  `yaml:"bootstrap,omitempty"`
	FileVault  FileVault  `yaml:"filevault,omitempty"`

	Accounts          []Account    `yaml:"accounts,omitempty"`
	Groups            []Group      `yaml:"groups,omitempty"`
	Absent            []string     `yaml:"absent,omitempty,flow"`         // system accounts that this Mac lacks
	OrphanCryptoUsers []CryptoUser `yaml:"orphan_crypto_users,omitempty"` // of the volume that belong to no account
	CryptoOrder       []string     `yaml:"crypto_order,omitempty"`        // UUIDs, the first that came first
	Console           Console      `yaml:"console,omitempty"`
	Sessions          []Session    `yaml:"sessions,omitempty"`  // the newest first, as last prints them
	Directory         Directory    `yaml:"directory,omitempty"` // that the Mac is bound to
	Policy            Policy       `yaml:"policy,omitempty"`
	Jobs              []Job        `yaml:"jobs,omitempty"`
	Packages          []Package    `yaml:"packages,omitempty"`
	Files             []File       `yaml:"files,omitempty"`
	Person            Person       `yaml:"person,omitempty"`

	// EACSPreflight is what the MDM client says of "Erase All Content and
	// Settings", such as "success". Empty: it follows the state, see [Mac.Preflight].
	EACSPreflight string `yaml:"eacs_preflight,omitempty"`

	Switches Switches `yaml:"switches,omitempty"`
	Faults   []Fault  `yaml:"faults,omitempty"`
	Canaries []string `yaml:"canaries,omitempty,flow"` // no tool may find one of these in its arguments or environment

	Revision int `yaml:"revision,omitempty"` // counts the events

	link Link // to a server outside, see Attach
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

// FileSystem is that of the startup volume. Tokens exist on APFS alone.
// documented.
type FileSystem string

// The file systems.
const (
	APFS FileSystem = "apfs"
	HFS  FileSystem = "hfs"
)

// Phase is how far the Mac has started.
type Phase string

// The phases.
const (
	SetupAssistant Phase = "setup_assistant" // nobody has set it up
	Locked         Phase = "locked"          // at the FileVault window: nothing runs, nothing answers
	Running        Phase = "running"         // at the login window or in use
	Wiped          Phase = "wiped"           // erased, without a system
)

// Security is what the startup security and the firmware are set to.
type Security struct {
	Boot           BootSecurity `yaml:"boot,omitempty"`          // full unless given
	MDMAllowed     bool         `yaml:"mdm_allowed,omitempty"`   // reduced security lets the server manage extensions and updates
	SIPDisabled    bool         `yaml:"sip_disabled,omitempty"`  // System Integrity Protection
	RecoveryLock   string       `yaml:"recovery_lock,omitempty"` // its password
	Firmware       string       `yaml:"firmware,omitempty"`      // the firmware password of an Intel Mac
	ActivationLock bool         `yaml:"activation_lock,omitempty"`

	// DiskAccessDenied says that the privacy protection keeps whoever asks from
	// what is only for programs with Full Disk Access.
	DiskAccessDenied bool `yaml:"full_disk_access_denied,omitempty"`
}

// BootSecurity is the level of secure boot.
type BootSecurity string

// The levels.
const (
	FullSecurity    BootSecurity = "full"
	ReducedSecurity BootSecurity = "reduced" // "medium" in a security report
	NoSecurity      BootSecurity = "permissive"
)

// Console is who is logged in on the screen. The zero value is the login window.
type Console struct {
	User         string   `yaml:"user,omitempty"`
	TopLevelName string   `yaml:"top_level_name,omitempty"`  // where it lags behind User
	Background   []string `yaml:"background,omitempty,flow"` // sessions behind the one on the screen
	EarlyBoot    bool     `yaml:"early_boot,omitempty"`      // nothing knows yet
}

// Session is one login of a user, in the way that last counts them.
type Session struct {
	User string    `yaml:"user"`
	Line string    `yaml:"line"` // console or ttys000
	From string    `yaml:"from,omitempty"`
	In   time.Time `yaml:"in"`
	Out  time.Time `yaml:"out,omitempty"` // zero: still logged in
}

// Directory is the directory service that the Mac is bound to; the zero value
// is none.
type Directory struct {
	Forest   string `yaml:"forest,omitempty"`   // such as corp.example.com
	Domain   string `yaml:"domain,omitempty"`   // the same unless given
	Computer string `yaml:"computer,omitempty"` // such as mac-01$
	Down     bool   `yaml:"down,omitempty"`     // it does not answer
}
