package macsim

import "slices"

// Account is one user record of the Mac's directory together with what the
// other tools know of that user.
type Account struct {
	Name       string   `yaml:"name"`
	OtherNames []string `yaml:"other_names,omitempty,flow"` // further record names
	RealName   string   `yaml:"real_name,omitempty"`        // the name unless given
	UID        int      `yaml:"uid"`
	GUID       string   `yaml:"guid"`
	Kind       Kind     `yaml:"kind,omitempty"`
	Admin      Admin    `yaml:"admin,omitempty"`
	Token      Token    `yaml:"token,omitempty"`
	FileVault  bool     `yaml:"filevault"` // in the list of fdesetup; follows the cryptographic user unless given

	Home       string   `yaml:"home,omitempty"`
	OtherHomes []string `yaml:"other_homes,omitempty,flow"`
	Shell      string   `yaml:"shell,omitempty"`
	Hidden     bool     `yaml:"hidden,omitempty"`

	DisabledTag  bool   `yaml:"disabled_tag,omitempty"`  // a Secure Token is never granted by itself
	Disabled     bool   `yaml:"disabled,omitempty"`      // may not log in
	OriginalNode string `yaml:"original_node,omitempty"` // the directory a mobile account comes from
}

// Kind is where an account comes from.
type Kind string

// The kinds of accounts.
const (
	Local   Kind = "local"
	Mobile  Kind = "mobile"  // a cached account of a network directory
	Service Kind = "service" // made by management software: hidden, with a home outside /Users
	System  Kind = "system"  // made by macOS, without a password
)

// Admin is membership of the group admin, which keeps a list of names and a
// list of GUIDs. The two can differ. In a scenario `admin: true` means both.
type Admin struct {
	Name bool `yaml:"name"`
	GUID bool `yaml:"guid"`
}

// Token is what the Mac's sources say of a user's Secure Token. In a scenario
// `token: true` means that all of them say yes.
type Token struct {
	Tag         bool   `yaml:"tag"`              // in the user's AuthenticationAuthority
	CryptoUser  bool   `yaml:"crypto_user"`      // on the volume; follows the tag unless given
	Status      Status `yaml:"status,omitempty"` // what sysadminctl says; follows the tag unless given
	VolumeOwner bool   `yaml:"volume_owner"`     // follows the cryptographic user unless given
}

// Status is an answer of sysadminctl. Empty means that it follows the tag.
type Status string

// The answers of sysadminctl.
const (
	Enabled  Status = "enabled"
	Disabled Status = "disabled"
)

func (t Token) status() Status {
	switch {
	case t.Status != "":
		return t.Status
	case t.Tag:
		return Enabled
	default:
		return Disabled
	}
}

// names are all names that a record answers to, the first being its own.
func (a Account) names() []string {
	return append([]string{a.Name}, a.OtherNames...)
}

func (a Account) primaryGroup() int {
	if a.Kind == System {
		return a.UID // observed (26): nobody; inferred: the others
	}
	return 20 // staff
}

// account returns the account with that record name.
func (m *Mac) account(name string) (Account, bool) {
	i := slices.IndexFunc(m.Accounts, func(a Account) bool { return slices.Contains(a.names(), name) })
	if i < 0 {
		return Account{}, false
	}
	return m.Accounts[i], true
}
