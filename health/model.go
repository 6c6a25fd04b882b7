package health

import (
	"slices"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// A Chip is what a Mac is built on. It decides about volume ownership and about
// how it can be erased.
type Chip string

// The chips, as a report names them.
const (
	AppleSilicon Chip = "apple_silicon"
	T2           Chip = "t2"
	Intel        Chip = "intel"
	UnknownChip  Chip = "unknown"
)

// Model is one Mac as far as it is known: the evidence of all sources brought
// together. It is a value, and holds no secret.
type Model struct {
	TakenAt      time.Time
	OS           Version
	AppleSilicon Tri
	Chip         Chip
	APFS         Tri       // the startup volume is one: tokens exist on no other
	BootedAt     time.Time // zero where it is not known

	Enrolled     Tri
	UserApproved Tri
	Enrollment   Enrollment

	Bootstrap Bootstrap
	FileVault FileVault
	Startup   Startup

	Accounts    []Account // every record of the local directory, by UID and name
	NetworkUser string    // who is at the Mac and in no local record; empty where nobody is, or it is not known
	Orphans     []string  // crypto users of accounts that are gone, as UUIDs
	Holders     Holders
	PlatformSSO Tri      // set up on this Mac: its accounts can be made at a login
	Peers       []string // other tools that handle logins, tokens or recovery keys
	Conflicts   []Conflict
	Gaps        []evidence.FactName // essential facts that are not known
	Lost        []evidence.FactName // facts that were asked for and are not known, sorted
	Past        Ledger              // what earlier checks found; empty where there were none
}

// Enrollment is what is known of the Mac's relation to its management server,
// beside that there is one.
type Enrollment struct {
	Server         string // URL; empty where it is not known
	DEP            Tri    // by Automated Device Enrollment
	Supervised     Tri
	UserEnrollment Tri    // of a Mac that belongs to its user
	Awaiting       Tri    // held in Setup Assistant until the server is done
	Reachable      Tri    // the server answered a connection that was made the way the Mac would
	ManagedAdmins  Tri    // the server had Setup Assistant make an administrator
	Identity       string // changes with the enrolment: server, way, approval; empty where it is not known
}

// Startup is what the startup security lets a management server and a person in
// recoveryOS do.
type Startup struct {
	Full             Tri // full security
	MDMControl       Tri // the server may manage kernel extensions and updates
	FirmwarePassword Tri
	RecoveryLock     Tri // recoveryOS wants a password
	SIP              Tri // System Integrity Protection is on as a whole
}

// Strength says how well it is known that the Bootstrap Token works.
type Strength uint8

// The strengths of the Bootstrap Token. They come from the Mac's own evidence.
const (
	StrengthUnknown Strength = iota
	StrengthNone             // not escrowed, or the server has no support
	StrengthRefuted          // the Mac tried to get it and could not
	StrengthClaimed          // the Mac once sent it; whether the server still has it, nobody asked
	StrengthProven           // the Mac got it
)

var strengthNames = [...]string{"unknown", "none", "refuted", "claimed", "proven"}

// String returns the name that a report uses.
func (s Strength) String() string {
	if int(s) < len(strengthNames) {
		return strengthNames[s]
	}
	return strengthNames[StrengthUnknown]
}

// MarshalText writes the name that a report uses.
func (s Strength) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a strength. A word that is not known reads as unknown.
func (s *Strength) UnmarshalText(b []byte) error {
	*s = Strength(max(slices.Index(strengthNames[:], string(b)), 0))
	return nil
}

// Bootstrap is what is known of the Bootstrap Token: never one boolean.
type Bootstrap struct {
	Supported   Tri // the server announced support
	Escrowed    Tri // the Mac's own belief
	CryptoUser  Tri // the volume has its key
	VolumeOwner Tri
	Strength    Strength
	ProvenAt    time.Time // when it was last proven in this enrolment; zero where it never was
	Auth        Tri       // the server may use it to authorise updates and extensions; documented: Apple silicon alone
	ForUpdates  Tri       // updates by the server need it
	ForKexts    Tri       // so do kernel extensions
	Preflight   string    // what EACSPreflight printed; empty where it is not known
}

// Usable says whether a login could bring a token, as far as this Mac can tell.
// Where it got a token that it says it never escrowed, that is a conflict first.
func (b Bootstrap) Usable() bool {
	return (b.Strength == StrengthClaimed || b.Strength == StrengthProven) && b.Escrowed != No
}

// Missing says whether it was observed that there is no escrowed token.
func (b Bootstrap) Missing() Tri { return Or(Not(b.Supported), Not(b.Escrowed)) }

// FileVault is what is known of the startup volume's encryption.
type FileVault struct {
	On           Tri // on, or on its way there
	Busy         Tri // encrypting or decrypting
	Deferred     Tri // to be turned on at a login or logout
	DeferredUser string
	DeferredFor  []string // who alone can turn it on then, by record name; empty: whoever comes
	ByProfile    Tri      // a configuration profile deferred it

	RecoveryKey      Tri       // there is a personal recovery key
	InstitutionalKey Tri       // there is an institutional one
	ICloud           Tri       // the iCloud account of a user opens the disk
	KeySealed        Tri       // the personal one lies sealed on this Mac, for the server to fetch
	SealedAt         time.Time // zero where it is not known
	EscrowProfile    Tri       // new keys go to the server; never No, since what is missing proves nothing
}

// Kind is what sort of account a record is.
type Kind string

// The kinds of accounts.
const (
	KindLocal   Kind = "local"
	KindMobile  Kind = "mobile"
	KindService Kind = "service"
	KindSharing Kind = "sharing"
	KindGuest   Kind = "guest"

	KindManagedAdmin Kind = "managed_admin" // made in Setup Assistant for the management server
	KindNetwork      Kind = "network"       // in no local record: never a token
)

// TokenState is what an account's Secure Token is worth.
type TokenState uint8

// The states of a Secure Token.
const (
	TokenUnknown  TokenState = iota
	TokenAbsent              // no source knows of one
	TokenUnusable            // some source says there is one, but it cannot unlock
	TokenUsable              // all sources agree, and the account can log in
)

var tokenNames = [...]string{"unknown", "absent", "present_but_unusable", "usable"}

// String returns the name that a report uses.
func (t TokenState) String() string {
	if int(t) < len(tokenNames) {
		return tokenNames[t]
	}
	return tokenNames[TokenUnknown]
}

// Account is one record of the local directory.
type Account struct {
	Name, RealName, GUID string
	UID                  int
	UIDKnown             bool
	Kind                 Kind
	Person               Tri // somebody works with it, as far as the record shows
	Admin                Tri
	Hidden               bool
	Barred               bool // tagged not to get the first token (;DisabledTags;SecureToken)
	Console              Tri  // owns the console session
	CanLogIn             Tri

	// What each source says of its Secure Token.
	Tag        Tri // the directory
	CryptoUser Tri // the volume
	Status     Tri // sysadminctl
	Stranger   Tri // sysadminctl knows no such account, though the directory has it
	Unlocks    Tri // fdesetup: offered at the FileVault screen

	Holder      Tri // the volume has a key for it, and the record exists
	Token       TokenState
	VolumeOwner Tri

	// What the directory and the login history note. A time that is zero is not
	// known.
	Created     time.Time
	PasswordSet time.Time
	LastLogin   time.Time // at the login window, to the minute
	LoggedIn    Tri       // ever, at the login window, as far as the history goes back
	Remote      Tri       // logged in some other way: ssh, a terminal
	Session     Tri       // that latest login has not ended
	Drift       Tri       // the password was set since the last login: the token may open with a former one
	PasswordHad Tri       // a password was once set
}

// Subject is how findings refer to the account.
func (a *Account) Subject() string {
	if a.GUID != "" {
		return a.GUID
	}
	return a.Name
}

// Usable says whether the token is one that opens the disk with the account's
// own password, as far as can be seen: all sources agree, and nothing suggests
// that the password was set by somebody else since.
func (a *Account) Usable() Tri {
	switch a.Token {
	case TokenUsable:
		if a.Drift == Yes {
			return Unknown
		}
		return Yes
	case TokenAbsent, TokenUnusable:
		return No
	case TokenUnknown:
	}
	return Unknown
}

// Lacks says whether it was observed that the account has no Secure Token.
func (a *Account) Lacks() Tri { return And(Not(a.CryptoUser), Not(a.Tag)) }

// Holders sums up the accounts that hold a Secure Token. A crypto user without
// an account is no holder. Exists and Admin are unknown where one account that
// is not known could make the difference.
type Holders struct {
	Exists      Tri
	Admin       Tri // at least one is an admin
	AllStandard Tri // there is one, and none is an admin
	Accessible  Tri // one of them can log in
	Count       int // the known ones
	CountKnown  bool
}

// Conflict is a disagreement between sources. It is kept, never averaged.
type Conflict struct {
	Subject string
	Because []evidence.FactName
	Text    string
}

// NameOf returns the record name of the account that a finding is about; the
// subject itself where it is about no account of this Mac.
func (m *Model) NameOf(subject string) string {
	if a, ok := m.Account(subject); ok {
		return a.Name
	}
	return subject
}

// Account returns the account with that subject or record name, in the model
// itself.
func (m *Model) Account(subjectOrName string) (*Account, bool) {
	for i := range m.Accounts {
		if a := &m.Accounts[i]; a.Name == subjectOrName || evidence.SameUUID(a.GUID, subjectOrName) {
			return a, true
		}
	}
	return nil, false
}
