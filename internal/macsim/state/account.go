package state

import (
	"slices"
	"strings"
	"time"
)

// Account is one user record of the Mac's directory together with what the
// other sources know of that user.
type Account struct {
	Name       string   `yaml:"name"`
	OtherNames []string `yaml:"other_names,omitempty,flow"` // further record names
	RealName   string   `yaml:"real_name,omitempty"`        // the name unless given
	UID        int      `yaml:"uid"`
	GUID       string   `yaml:"guid"`
	Kind       Kind     `yaml:"kind,omitempty"`
	SSO        bool     `yaml:"platform_sso,omitempty"` // made by Platform SSO
	Managed    bool     `yaml:"managed,omitempty"`      // the administrator that the server asked for in Setup Assistant
	Admin      Admin    `yaml:"admin,omitempty"`
	Token      Token    `yaml:"token,omitempty"`
	FileVault  bool     `yaml:"filevault"` // in the list of fdesetup; follows the cryptographic user unless given
	Preboot    bool     `yaml:"preboot"`   // shown at the FileVault window; follows the list unless given

	Password  string `yaml:"password"`                     // of the login; see NoPassword
	Directory string `yaml:"directory_password,omitempty"` // of the directory, where it differs from the cached one
	Keychain  string `yaml:"keychain_password,omitempty"`  // of the login keychain, where it was left behind
	Hashed    bool   `yaml:"hashed,omitempty"`             // the Mac has never seen the password itself, only a hash
	Set       Times  `yaml:"times,omitempty"`

	Home       string   `yaml:"home,omitempty"`
	OtherHomes []string `yaml:"other_homes,omitempty,flow"`
	Shell      string   `yaml:"shell,omitempty"`
	Hidden     bool     `yaml:"hidden"` // a service account is unless given

	DisabledTag  bool   `yaml:"disabled_tag,omitempty"`  // a Secure Token is not granted by itself
	Disabled     bool   `yaml:"disabled,omitempty"`      // may not log in
	OriginalNode string `yaml:"original_node,omitempty"` // the directory a mobile account comes from

	Logins  int  `yaml:"logins,omitempty"`   // on the screen
	Failed  int  `yaml:"failed,omitempty"`   // wrong passwords since the last right one
	OffNode bool `yaml:"off_node,omitempty"` // its record in the directory service has vanished
}

// Times are when things happened to an account; zero: unknown or never.
type Times struct {
	Created     time.Time `yaml:"created,omitempty"`
	Password    time.Time `yaml:"password,omitempty"`
	LastLogin   time.Time `yaml:"last_login,omitempty"` // on the screen
	LastFailure time.Time `yaml:"last_failure,omitempty"`
}

// NoPassword is the password of an account that nobody can log in to with one.
// The empty text is a blank password.
const NoPassword = "*"

// Kind is where an account comes from.
type Kind string

// The kinds of accounts.
const (
	Local   Kind = "local"
	Mobile  Kind = "mobile"  // a cached account of a network directory
	Network Kind = "network" // of a network directory, not cached: no local record
	Service Kind = "service" // made by management software: hidden, with a home outside /Users
	Role    Kind = "role"    // an account of a daemon: an underscore, IDs from 200 to 400
	Sharing Kind = "sharing" // for file sharing alone
	System  Kind = "system"  // made by macOS, without a password
)

// Admin is membership of the group admin, which keeps a list of names and a
// list of GUIDs. The two can differ. In a scenario `admin: true` means both.
type Admin struct {
	Name bool `yaml:"name"`
	GUID bool `yaml:"guid"`
}

// Token is a user's Secure Token: what the Mac's sources say of it, and the
// password that opens it. In a scenario `token: true` means that all of them
// say yes.
type Token struct {
	Tag         bool   `yaml:"tag"`              // in the user's AuthenticationAuthority
	CryptoUser  bool   `yaml:"crypto_user"`      // on the volume; follows the tag unless given
	Status      Status `yaml:"status,omitempty"` // what sysadminctl says; follows the tag unless given
	VolumeOwner bool   `yaml:"volume_owner"`     // follows the cryptographic user unless given
	Password    string `yaml:"password"`         // that unwraps its key; the account's unless given
}

// Status is an answer of sysadminctl. Empty means that it follows the tag.
type Status string

// The answers of sysadminctl.
const (
	Enabled  Status = "enabled"
	Disabled Status = "disabled"
)

// Says is what sysadminctl says of the token.
func (t Token) Says() Status {
	switch {
	case t.Status != "":
		return t.Status
	case t.Tag:
		return Enabled
	default:
		return Disabled
	}
}

// Holds says whether the user has a Secure Token at all, usable or not.
func (a *Account) Holds() bool { return a.Token.Tag }

// Drifted says whether the token opens with another password than the account.
func (a *Account) Drifted() bool {
	return a.Token.Tag && a.Token.Password != a.Password
}

// Usable says whether the user's own password opens the user's own token.
func (a *Account) Usable() bool {
	return a.Token.Tag && a.Token.CryptoUser && a.Token.Password == a.Password
}

// Names are all names that a record answers to, the first being its own.
func (a *Account) Names() []string {
	return append([]string{a.Name}, a.OtherNames...)
}

// PrimaryGroup is the account's group.
func (a *Account) PrimaryGroup() int {
	if a.Kind == System {
		return a.UID // observed (26): nobody; inferred: the others
	}
	return 20 // staff
}

// Account returns the account with that record name, in the Mac itself: what is
// changed in it is changed there. inferred: names ignore case.
func (m *Mac) Account(name string) (*Account, bool) {
	for i := range m.Accounts {
		if slices.ContainsFunc(m.Accounts[i].Names(), func(n string) bool { return strings.EqualFold(n, name) }) {
			return &m.Accounts[i], true
		}
	}
	return nil, false
}

// People are the accounts that are none of the system's own.
func (m *Mac) People() []*Account {
	var people []*Account
	for i := range m.Accounts {
		if m.Accounts[i].Kind != System {
			people = append(people, &m.Accounts[i])
		}
	}
	return people
}
