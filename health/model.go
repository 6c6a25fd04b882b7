package health

import (
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

	Enrolled     Tri
	UserApproved Tri

	Bootstrap Bootstrap
	FileVault FileVault

	Accounts  []Account // every record of the local directory, by UID and name
	Orphans   []string  // crypto users of accounts that are gone, as UUIDs
	Holders   Holders
	Conflicts []Conflict
	Gaps      []evidence.FactName // essential facts that are not known
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

// Bootstrap is what is known of the Bootstrap Token: never one boolean.
type Bootstrap struct {
	Supported   Tri // the server announced support
	Escrowed    Tri // the Mac's own belief
	CryptoUser  Tri // the volume has its key
	VolumeOwner Tri
	Strength    Strength
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
	On Tri // on, or on its way there
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
	Unlocks    Tri // fdesetup: offered at the FileVault screen

	Holder      Tri // the volume has a key for it, and the record exists
	Token       TokenState
	VolumeOwner Tri
}

// Subject is how findings refer to the account.
func (a Account) Subject() string {
	if a.GUID != "" {
		return a.GUID
	}
	return a.Name
}

// Lacks says whether it was observed that the account has no Secure Token.
func (a Account) Lacks() Tri { return And(Not(a.CryptoUser), Not(a.Tag)) }

// Holders sums up the accounts that hold a Secure Token. A crypto user without
// an account is no holder. Exists and Admin are unknown where one account that
// is not known could make the difference.
type Holders struct {
	Exists      Tri
	Admin       Tri // at least one is an admin
	AllStandard Tri // there is one, and none is an admin
	Count       int // the known ones
	CountKnown  bool
}

// Conflict is a disagreement between sources. It is kept, never averaged.
type Conflict struct {
	Subject string
	Because []evidence.FactName
	Text    string
}
