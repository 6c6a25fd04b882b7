package store

import (
	"crypto/ed25519"
	"strings"
	"time"
)

const maxSerial = 64 // bytes

// IsSerial says whether a text has the form of a serial number: printable ASCII without a
// blank, and without what stands between the columns of a table.
func IsSerial(s string) bool {
	ok := strings.IndexFunc(s, func(c rune) bool { return c <= ' ' || c > '~' || c == ',' || c == ';' || c == '"' }) < 0
	return ok && s != "" && len(s) <= maxSerial
}

// KeyState is where the key of a device stands.
type KeyState string

// The states of a key. Only an active one speaks for its Mac; from the last three no
// way leads back.
const (
	KeyPending KeyState = "pending" // until a person decides
	KeyActive  KeyState = "active"
	KeyRetired KeyState = "retired" // another key of the same Mac took its place
	KeyRefused KeyState = "refused" // a person did not let it in
	KeyRevoked KeyState = "revoked" // a person took it back
)

// A DeviceKey is what a signature is checked against.
type DeviceKey struct {
	Fingerprint  string // see reqsign.Fingerprint
	Public       ed25519.PublicKey
	State        KeyState
	HardwareUUID string // lower case
	Serial       string // empty where the Mac has none, or could not read it
}

// A Claim is what a key says of itself when it asks to be let in, with what the
// server found out about the asking. The signature of the key itself was checked.
type Claim struct {
	Fingerprint  string
	Public       ed25519.PublicKey
	Recipient    string
	HardwareUUID string // lower case
	Serial       string
	Name         string
	Model        string
	OSVersion    string
	AgentVersion string

	CodeHash []byte // SHA-256 of what may be a one-time code; nil where nothing was sent
	Previous string // fingerprint of the key that signed as well; empty where none did
	Invited  bool   // it may wait for a person: the enrolment secret fits, or none is needed
	BySerial bool   // the site lets an imported serial in without a person
}

// An Enrollment is a key with all that is known of how it came in.
type Enrollment struct {
	DeviceKey

	Recipient    string
	Name         string
	Model        string
	OSVersion    string
	AgentVersion string
	AskedAt      time.Time
	DecidedAt    time.Time // zero while it is pending
	DecidedBy    string    // a person, or what let it in: code, serial, previous key
	Expected     bool      // its serial was imported
	// Known says that other keys were let in for this serial or hardware UUID: the
	// Mac lost its key, or somebody claims to be it.
	Known bool
	// Replaces lists the active keys that an approval would retire, while it is pending.
	Replaces []DeviceKey
}

// A Decision is what a person says about a key.
type Decision struct {
	Fingerprint string
	State       KeyState // KeyActive, KeyRefused or KeyRevoked
	By          string   // the name of the person
	Reason      string
	Replace     bool // approve even where that is Ambiguous
}

// An Invitation is a one-time code: it lets one key in, once.
type Invitation struct {
	Hash    []byte // SHA-256
	Serial  string // the only Mac that it is for; empty: any that is not known yet
	Expires time.Time
}

// EnrollmentQuery selects keys, the oldest first.
type EnrollmentQuery struct {
	State  KeyState  // empty: all
	At     time.Time // now: pending keys that were forgotten by then are left out
	Limit  int
	Cursor string
}

// EnrollmentPage is one page of keys.
type EnrollmentPage struct {
	Enrollments []Enrollment
	Next        string // empty on the last one
}

// An Act is a line of the audit: who did what to what. Acts are never changed.
type Act struct {
	At      time.Time
	By      string // a person; "server" for what the rules let in
	Action  string // approve, refuse, revoke, retire, enroll, serial, code, serials
	Subject string // a fingerprint or a serial
	Detail  string
}

// AuditPage is one page of the audit, the newest act first.
type AuditPage struct {
	Acts []Act
	Next string // empty on the last one
}
