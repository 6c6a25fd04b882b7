package state

// Create makes a local account on a running Mac.
type Create struct {
	User            string  `yaml:"user"`
	RealName        string  `yaml:"real_name"`
	Password        *string `yaml:"password"` // NAME-pw unless given; "" is blank
	UID             int     `yaml:"uid"`      // the next free one unless given
	GUID            string  `yaml:"guid"`     // made up unless given
	Home            string  `yaml:"home"`
	Shell           string  `yaml:"shell"`
	Admin           bool    `yaml:"admin"`
	Hidden          bool    `yaml:"hidden"`
	Kind            Kind    `yaml:"kind"` // local unless given
	With            Maker   `yaml:"with"` // sysadminctl unless given
	Tag             bool    `yaml:"tag"`  // ;DisabledTags;SecureToken before the password is set
	Granter         string  `yaml:"granter"`
	GranterPassword *string `yaml:"granter_password"` // the right one unless given
}

// Maker is what makes an account.
type Maker string

// The makers.
const (
	Sysadminctl    Maker = "sysadminctl"
	Settings       Maker = "settings" // Users & Groups, unlocked by Granter
	DirectoryTools Maker = "dscl"     // record first, password later: in clear text
	InstallPackage Maker = "package"  // a record with a hash, such as pycreateuserpkg makes
	Agent          Maker = "agent"    // of management software
	PlatformSSO    Maker = "platform_sso"
)

// CreateMobile is the first login of a directory user, who gets a mobile
// account, or a network account where none is cached.
type CreateMobile struct {
	User            string   `yaml:"user"`
	RealName        string   `yaml:"real_name"`
	OtherNames      []string `yaml:"other_names,flow"`
	Password        *string  `yaml:"password"` // NAME-pw unless given
	UID             int      `yaml:"uid"`      // made up unless given, as directories do
	GUID            string   `yaml:"guid"`
	Home            string   `yaml:"home"`
	Node            string   `yaml:"node"` // such as /Active Directory/CORP/corp.example.com; of the Mac's directory unless given
	Admin           bool     `yaml:"admin"`
	NotCached       bool     `yaml:"not_cached"` // a network account
	Bypass          bool     `yaml:"bypass"`     // the dialog for a token administrator was passed by, or suppressed
	Granter         string   `yaml:"granter"`    // the administrator named in the dialog
	GranterPassword *string  `yaml:"granter_password"`
}

// Delete removes an account.
type Delete struct {
	User string  `yaml:"user"`
	With Remover `yaml:"with"` // sysadminctl unless given
}

// Remover is what removes an account.
type Remover string

// The removers.
const (
	BySysadminctl Remover = "sysadminctl"
	ByDscl        Remover = "dscl"
	ByMDM         Remover = "mdm"
	ByHand        Remover = "rm" // the file of the record, past the directory
)

// MemberAdd puts an account into a group: by name, by GUID, or, without either
// being asked for, by both.
type MemberAdd struct {
	User  string `yaml:"user"`
	Group string `yaml:"group"` // admin unless given
	Name  bool   `yaml:"name"`
	GUID  bool   `yaml:"guid"`
}

// MemberRemove takes an account out of a group.
type MemberRemove struct {
	User  string `yaml:"user"`
	Group string `yaml:"group"` // admin unless given
	Name  bool   `yaml:"name"`
	GUID  bool   `yaml:"guid"`
}

// Tag writes or removes ;DisabledTags;SecureToken.
type Tag struct {
	User string `yaml:"user"`
	Off  bool   `yaml:"off"`
}

// Hide hides an account, or shows it again.
type Hide struct {
	User string `yaml:"user"`
	Off  bool   `yaml:"off"`
}

// Disable shuts an account, or opens it again.
type Disable struct {
	User string `yaml:"user"`
	Off  bool   `yaml:"off"`
}
