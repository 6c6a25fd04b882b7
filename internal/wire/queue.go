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
	LastError   string     `json:"last_error,omitempty"` // empty after a success, but for a clock that the server put up with
	NextTry     *time.Time `json:"next_try,omitempty"`

	Trouble    Trouble     `json:"trouble,omitempty"`    // what kind LastError is of; empty with it
	Enrollment EnrollState `json:"enrollment,omitempty"` // empty where the server wants none
	DeviceID   string      `json:"device_id,omitempty"`  // what the server calls this Mac
}

// Trouble is a kind of reason for which nothing is delivered.
type Trouble string

// The kinds of trouble. A reader takes one that it does not know as TroubleOther.
const (
	TroubleUnreachable Trouble = "unreachable" // no name, no way, nobody listens
	TroublePortal      Trouble = "portal"      // something that is not the server answers in its place: a captive portal, a middlebox
	TroubleStalled     Trouble = "stalled"     // a connection on which nothing comes, or too slowly
	TroubleCertificate Trouble = "certificate" // ended, not yet valid, for another name, or of an authority that is not trusted
	TroubleClock       Trouble = "clock"       // the server says that this Mac's clock is wrong
	TroubleProxy       Trouble = "proxy"       // the proxy cannot be reached, or wants a password
	TroubleRefused     Trouble = "refused"     // the server does not want this Mac's reports: 401, 403, 404 and their like
	TroublePending     Trouble = "pending"     // the enrolment waits for a person
	TroubleRevoked     Trouble = "revoked"     // the key of this Mac was revoked
	TroubleBusy        Trouble = "busy"        // 408, 425, 429, 5xx
	TroubleLocal       Trouble = "local"       // this Mac's own files: the spool, the token, the keys
	TroubleOther       Trouble = "other"
)

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
