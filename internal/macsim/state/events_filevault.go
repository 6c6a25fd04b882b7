package state

// FileVaultOn turns FileVault on.
type FileVaultOn struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"` // the right one unless given
	ICloud   bool    `yaml:"icloud"`   // the iCloud account holds the recovery, not a key
}

// FileVaultDefer has FileVault turned on at the next login or logout, by a
// profile or by fdesetup enable -defer.
type FileVaultDefer struct {
	User string `yaml:"user"` // empty: whoever comes
	Off  bool   `yaml:"off"`  // not any more
}

// FileVaultOff turns FileVault off.
type FileVaultOff struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"`
	Key      string  `yaml:"key"` // the recovery key instead; "right" means the right one
}

// Encrypted is the end of encryption or decryption, or a step of it.
type Encrypted struct {
	Percent int `yaml:"percent"` // 100 unless given
}

// FileVaultAdd adds a user to those who may unlock.
type FileVaultAdd struct {
	User           string  `yaml:"user"`
	Password       *string `yaml:"password"`
	Unlocker       string  `yaml:"unlocker"` // who may already
	UnlockPassword *string `yaml:"unlock_password"`
	Key            string  `yaml:"key"` // the recovery key instead
}

// FileVaultRemove removes one.
type FileVaultRemove struct {
	User string `yaml:"user"` // name or UUID
}

// FileVaultSync brings the list in line with the directory.
type FileVaultSync struct{}

// ChangeKey makes a new personal recovery key.
type ChangeKey struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"`
	Key      string  `yaml:"key"` // the recovery key instead; "right" means the right one
}

// RemoveKey removes the personal recovery key.
type RemoveKey struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"`
	Key      string  `yaml:"key"`
}

// EscrowKeys is the profile that sends recovery keys to the server, installed or
// removed.
type EscrowKeys struct {
	Off bool `yaml:"off"`
}

// UpdatePreboot writes the list of users at the FileVault window anew.
type UpdatePreboot struct{}
