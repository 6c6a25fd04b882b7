package wire

import "time"

// Queued is a report that waits for the server: what the spool hands to the
// uplink. Data is the report's JSON, never changed after it was written.
type Queued struct {
	ID   string
	Seq  uint64
	Data []byte
}

// Delivery says how the sending goes.
type Delivery struct {
	Server      string     `json:"server,omitempty"` // empty: none is configured
	Waiting     int        `json:"waiting"`
	Quarantined int        `json:"quarantined"`
	Dropped     uint64     `json:"dropped"`
	LastAck     *time.Time `json:"last_ack,omitempty"`
	LastError   string     `json:"last_error,omitempty"` // empty after a success
	NextTry     *time.Time `json:"next_try,omitempty"`
}

// DaemonStatus is what a running daemon says of itself on its socket.
type DaemonStatus struct {
	Version   string    `json:"version"`
	Started   time.Time `json:"started"`
	NextCheck time.Time `json:"next_check"`
	Checking  bool      `json:"checking"`
	Stretched string    `json:"stretched,omitempty"` // why checks are rarer than they were set to be: low_battery
	Report    *Report   `json:"report"`              // null until the first check has ended
	Delivery  Delivery  `json:"delivery"`
	Triggers  []Watched `json:"triggers"` // what else than time is a reason to check
}

// Watched is where the daemon is told that something has happened.
type Watched struct {
	Cause   string `json:"cause"`             // such as network
	Path    string `json:"path,omitempty"`    // of a file or folder
	How     string `json:"how"`               // watched, compared (once a minute), denied
	Problem string `json:"problem,omitempty"` // why it is not watched
}
