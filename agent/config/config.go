// Package config is the agent's configuration: one immutable value, put together
// from layers of which the strongest wins, key by key, and checked strictly. A key
// that does not exist, a number without a unit, a value of the wrong kind is a
// problem that names the file, the line and the key: a typo must never be a silent
// default.
//
// Every key stands once in [Keys], with its names, its bounds and who may set it.
// What others read of it (the documentation, the manifest, the schema) is made from
// there. A command is strict ([Load]), the daemon goes on with what it has
// ([Current]).
package config

import (
	"time"

	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

// Config is what an admin can set. It is never changed after it was loaded.
type Config struct {
	Interval   time.Duration `mapstructure:"interval"`    // between checks
	Splay      time.Duration `mapstructure:"splay"`       // added at random, and to the first delivery, so that a fleet does not report at once
	CheckLimit time.Duration `mapstructure:"check_limit"` // for one check as a whole
	ToolLimit  time.Duration `mapstructure:"tool_limit"`  // caps each tool's own limit

	ServiceAccounts []string `mapstructure:"service_accounts"` // nobody works with these

	Policy     Policy     `mapstructure:"policy"`
	Device     Device     `mapstructure:"device"`
	Server     Server     `mapstructure:"server"`
	Enrollment Enrollment `mapstructure:"enrollment"`
	Privacy    Privacy    `mapstructure:"privacy"`
	Schedule   Schedule   `mapstructure:"schedule"`
	Spool      Spool      `mapstructure:"spool"`
	Log        Log        `mapstructure:"log"`

	Remediation Remediation `mapstructure:"remediation"`
	Orders      Orders      `mapstructure:"orders"`
}

// Device is what an admin says of the Mac.
type Device struct {
	Name   string       `mapstructure:"name"` // empty: the host name
	Labels []wire.Label `mapstructure:"labels"`
}

// Server is where reports go. Without a URL they go nowhere.
type Server struct {
	URL       string        `mapstructure:"url"`
	TokenFile string        `mapstructure:"token_file"` // holds the bearer token; readable by its owner only
	CAFile    string        `mapstructure:"ca_file"`    // PEM; empty: the system's roots
	CA        string        `mapstructure:"ca"`         // PEM as well, for a profile that can hold no file; not both
	Timeout   time.Duration `mapstructure:"timeout"`    // for one request
	Format    string        `mapstructure:"format"`     // tokenward, or plain: the same JSON to any HTTPS endpoint, where any 2xx takes it
	Proxy     string        `mapstructure:"proxy"`      // http://host:port; "none" for none; empty: the environment's

	ClientCertFile string `mapstructure:"client_cert_file"` // PEM, with the key in the other file: mTLS, for format plain
	ClientKeyFile  string `mapstructure:"client_key_file"`
}

// Enrollment is how this Mac makes itself known to the server. Without a secret it
// asks without one.
type Enrollment struct {
	Secret     secret.Text `mapstructure:"secret"`      // in managed preferences only, where everybody can read it: it opens no more than a pending enrolment
	SecretFile string      `mapstructure:"secret_file"` // mode 0600; deleted after it was used
}

// Hashed is how names leave a Mac that keeps them to itself.
const Hashed = "hashed"

// Privacy is what a report leaves out.
type Privacy struct {
	Names string `mapstructure:"names"` // plain, or hashed: names of accounts as keyed hashes
}

// Schedule is what else than the interval decides when a check is made.
type Schedule struct {
	BatteryLow    int `mapstructure:"battery_low"`    // percent; at or below it, without power, checks are rarer; 0: never
	BatteryFactor int `mapstructure:"battery_factor"` // so many times rarer
}

// Spool bounds what waits for the server.
type Spool struct {
	MaxReports int `mapstructure:"max_reports"`
	MaxBytes   int `mapstructure:"max_bytes"`

	MaxAge time.Duration `mapstructure:"max_age"` // 0: no matter how old
}

// Log says how much is logged.
type Log struct {
	Level    string `mapstructure:"level"`     // debug, info, warn, error
	MaxBytes int    `mapstructure:"max_bytes"` // of one file
	MaxFiles int    `mapstructure:"max_files"` // with the one that is written to
}

// Default returns the configuration of a Mac on which nobody set anything.
func Default() Config {
	return Config{
		Interval: 15 * time.Minute, Splay: time.Minute, CheckLimit: 2 * time.Minute, ToolLimit: time.Minute,
		ServiceAccounts: []string{},
		Device:          Device{Labels: []wire.Label{}},
		Server:          Server{Timeout: 30 * time.Second, Format: "tokenward"},
		Privacy:         Privacy{Names: "plain"},
		Schedule:        Schedule{BatteryLow: 20, BatteryFactor: 4},
		Spool:           Spool{MaxReports: 5000, MaxBytes: 64 << 20, MaxAge: 90 * 24 * time.Hour},
		Log:             Log{Level: "info", MaxBytes: 5 << 20, MaxFiles: 5},
		Remediation:     Remediation{Level: Observe, Actions: []ActionLevel{}},
		Orders:          Orders{Operators: []Operator{}, Approvals: []Approval{}},
	}
}
