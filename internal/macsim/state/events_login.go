package state

// Login is somebody who logs in to a running Mac.
type Login struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"` // the right one unless given
	Via      Way     `yaml:"via"`      // window unless given
	Old      *string `yaml:"old"`      // typed when the Mac asks for the former password
}

// Way is how somebody logs in.
type Way string

// The ways. Only the login window is one for Secure Tokens. community.
const (
	Window        Way = "window"
	SSH           Way = "ssh" // with the password
	SSHKey        Way = "ssh_key"
	Terminal      Way = "terminal" // su, login
	ScreenSharing Way = "screen_sharing"
)

// Authenticate is a check of a password without a login, as dscl -authonly does.
// Where nobody holds a Secure Token, it can grant the first one.
type Authenticate struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"` // the right one unless given
}

// Logout ends the session on the screen.
type Logout struct{}

// Restart restarts the Mac. With FileVault on it waits to be unlocked then.
type Restart struct{}

// Unlock is somebody at the FileVault window: with a password, which logs that
// user in, or with the recovery key.
type Unlock struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"` // the one that opens the token unless given
	Key      string  `yaml:"key"`      // the recovery key; "right" means the right one
	SSH      bool    `yaml:"ssh"`      // over the network (26 and later)
}

// Charge is what the battery has left, and whether the Mac runs on it.
type Charge struct {
	Percent   int  `yaml:"percent"`
	Unplugged bool `yaml:"unplugged"`
}

// Connect gives the Mac a network or takes it away.
type Connect struct {
	Network bool `yaml:"network"`
}
