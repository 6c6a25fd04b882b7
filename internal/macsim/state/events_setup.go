package state

// Configure is the server's configuration of Setup Assistant, which the Mac gets
// while it is held there: AccountConfiguration and the FileVault profile.
type Configure struct {
	Admin           string  `yaml:"admin"`            // short name of AutoSetupAdminAccounts; empty: none
	RealName        string  `yaml:"real_name"`        //
	Password        *string `yaml:"password"`         // NAME-pw unless given; the Mac gets its hash
	Hidden          bool    `yaml:"hidden"`           //
	SkipPrimary     bool    `yaml:"skip_primary"`     // SkipPrimarySetupAccountCreation
	PrimaryStandard bool    `yaml:"primary_standard"` // SetPrimarySetupAccountAsRegularUser
	FileVault       bool    `yaml:"filevault"`        // ForceEnableInSetupAssistant
}

// SetUp is a person who goes through Setup Assistant and makes the first
// account, or none where the server skips that.
type SetUp struct {
	User     string  `yaml:"user"` // empty where it is skipped
	RealName string  `yaml:"real_name"`
	Password *string `yaml:"password"` // NAME-pw unless given
	GUID     string  `yaml:"guid"`     // made up unless given
}

// Upgrade installs another version of macOS.
type Upgrade struct {
	Version string `yaml:"version"`
	Build   string `yaml:"build"`
}

// Erase is the command EraseDevice.
type Erase struct {
	Behavior Obliteration `yaml:"behavior"` // Default unless given
}

// Obliteration is the key ObliterationBehavior: what to do where "Erase All
// Content and Settings" cannot be done.
type Obliteration string

// The behaviours. documented.
const (
	Default               Obliteration = "Default"
	DoNotObliterate       Obliteration = "DoNotObliterate"
	ObliterateWithWarning Obliteration = "ObliterateWithWarning"
	Always                Obliteration = "Always"
)

// Restore is a restore of firmware and system from another Mac, which leaves it
// as it came from the factory.
type Restore struct{}

// Edit changes the state by hand, where no other event tells how it came to be.
// It says what is found, not why.
type Edit struct {
	User    string `yaml:"user"`    // whose account to change
	Account Patch  `yaml:"account"` // keys of the account
	Mac     Patch  `yaml:"mac"`     // keys of the Mac
}
