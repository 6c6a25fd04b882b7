package state

// ChangePassword is a user who changes the own password and knows the old one.
type ChangePassword struct {
	User string  `yaml:"user"`
	Old  *string `yaml:"old"` // the right one unless given
	New  string  `yaml:"new"`
}

// ResetPassword sets somebody's password without the old one.
type ResetPassword struct {
	User            string   `yaml:"user"`
	New             string   `yaml:"new"`
	By              Resetter `yaml:"by"`               // admin unless given
	Granter         string   `yaml:"granter"`          // of admin: who authorises it
	GranterPassword *string  `yaml:"granter_password"` // the right one unless given
}

// Resetter is who resets a password, and how.
type Resetter string

// The resetters.
const (
	ByAdmin      Resetter = "admin"  // System Settings or sysadminctl, with an administrator's credentials
	ByRoot       Resetter = "root"   // sysadminctl, without
	ByRootDscl   Resetter = "dscl"   // dscl -passwd as root
	ByRootPasswd Resetter = "passwd" // passwd as root
	ByHash       Resetter = "hash"   // the hash is written into the record
	ByMDMHash    Resetter = "mdm"    // SetAutoAdminPassword, or a rotation of the managed administrator's password
	ByAgent      Resetter = "agent"  // of a vendor, over the record
)

// RecoveryReset resets a password in recoveryOS, with FileVault on after
// unlocking with the recovery key or another user's password.
type RecoveryReset struct {
	User           string  `yaml:"user"`
	New            string  `yaml:"new"`
	Key            string  `yaml:"key"`      // the recovery key; "right" means the right one
	Unlocker       string  `yaml:"unlocker"` // who unlocks instead
	UnlockPassword *string `yaml:"unlock_password"`
	RecoveryLock   string  `yaml:"recovery_lock"` // its password, where one is set
}

// DirectoryPassword is a password that was changed in the directory service,
// of which the Mac learns at the next login.
type DirectoryPassword struct {
	User string `yaml:"user"`
	New  string `yaml:"new"`
}

// TokenOn grants a Secure Token with an administrator's credentials.
type TokenOn struct {
	User            string  `yaml:"user"`
	Password        *string `yaml:"password"` // the right one unless given
	Granter         string  `yaml:"granter"`  // empty: nobody authorises it
	GranterPassword *string `yaml:"granter_password"`
}

// TokenOff takes a Secure Token away.
type TokenOff struct {
	User            string  `yaml:"user"`
	Password        *string `yaml:"password"` // the right one unless given; "" is none
	Granter         string  `yaml:"granter"`
	GranterPassword *string `yaml:"granter_password"`
}
