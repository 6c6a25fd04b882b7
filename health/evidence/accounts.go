package evidence

import "time"

// A Group is one group of the local directory that has members or groups in it.
type Group struct {
	Names  []string // record names, the first is the one that is shown
	GUID   string
	Users  []string // record names of its members
	GUIDs  []string // of its members
	Nested []string // GUIDs of the groups in it
}

// A PasswordRecord is what the directory notes about an account's password, from
// its accountPolicyData. It holds no password and no hash.
type PasswordRecord struct {
	Name       string
	Created    time.Time // of the account; zero where it is not noted
	Set        time.Time // when the password was last set; zero where it is not noted
	Failed     int       // attempts since the last that succeeded
	LastFailed time.Time // zero where none is noted
}

// Logins is the login history as last prints it. Its times have no year: they
// are those nearest before the check, and the history is read no further back
// than a year.
type Logins struct {
	Window []Login   // the latest login of each user at the login window
	Other  []string  // users whose logins came another way only: ssh, a terminal
	Since  time.Time // since when no login is left out; zero where it does not say
}

// A Login is one user's latest login at the login window.
type Login struct {
	User  string    // can be cut off after eight or ten characters
	At    time.Time // to the minute, by the Mac's clock and zone
	Open  bool      // still logged in
	Count int       // of all that user's logins there that the history knows
}

// A FileVaultRecord is one line of fdesetup list -extended.
type FileVaultRecord struct {
	UUID     string
	Type     string // as printed, such as "OS User" or "Bootstrap Token"
	Name     string // empty for what is no user
	Escrowed bool   // the column says Yes, which does not prove that it was sent
}

// RecoveryKeys is what the Mac says of the keys that open FileVault without a user.
type RecoveryKeys struct {
	Personal      Obs[bool]
	Institutional Obs[bool]
	Deferral      Obs[Deferral]  // Absent where no enablement is deferred
	Sealed        Obs[time.Time] // when FileVaultPRK.dat was written; Absent where there is none
	SealedEmpty   Obs[bool]      // it holds nothing
	EscrowProfile Obs[bool]      // the settings of an escrow payload are there
}

// Deferral is how FileVault is to be turned on later.
type Deferral struct {
	Profile bool     // by a configuration profile
	ShowKey bool     // the key will be shown to the user
	Users   []string // for these alone; empty: for whoever comes
}
