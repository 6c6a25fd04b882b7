package wire

import "time"

// EnrollmentRow is a key of a Mac, as GET /v1/enrollments lists it.
type EnrollmentRow struct {
	Fingerprint  string     `json:"fingerprint"` // SHA-256 of the signing key, as `tokenward self --card` prints it
	State        string     `json:"state"`       // pending, active, retired, refused, revoked
	Serial       string     `json:"serial"`
	HardwareUUID string     `json:"hardware_uuid"`
	Name         string     `json:"name"`
	Model        string     `json:"model"`
	OSVersion    string     `json:"os_version"`
	AgentVersion string     `json:"agent_version"`
	SigningKey   []byte     `json:"signing_key"` // Ed25519, base64
	Recipient    string     `json:"recipient"`
	AskedAt      time.Time  `json:"asked_at"`
	DecidedAt    *time.Time `json:"decided_at"` // null while it is pending
	DecidedBy    string     `json:"decided_by"` // a person; or code, serial, previous key
	Expected     bool       `json:"expected"`   // its serial was imported
	Known        bool       `json:"known"`      // it claims to be a Mac that has, or had, another key

	Replaces []ReplacedKey `json:"replaces"` // the active keys that an approval would retire; none once it is decided
}

// ReplacedKey is an active key that would be retired.
type ReplacedKey struct {
	Fingerprint  string `json:"fingerprint"`
	Serial       string `json:"serial"`
	HardwareUUID string `json:"hardware_uuid"`
}

// EnrollmentList is the body of GET /v1/enrollments, the oldest first.
type EnrollmentList struct {
	Enrollments []EnrollmentRow `json:"enrollments"`
	NextCursor  *string         `json:"next_cursor"`
}

// EnrollmentDecision is the body of POST /v1/enrollments/{fingerprint}/approve,
// refuse and revoke, which may be empty.
type EnrollmentDecision struct {
	Reason  string `json:"reason,omitempty"`
	Replace bool   `json:"replace,omitempty"` // approve even where that retires keys of several Macs
}

// CodeRequest is the body of POST /v1/codes.
type CodeRequest struct {
	Serial   string `json:"serial,omitempty"` // empty: any Mac that is not known yet
	ExpiresS int64  `json:"expires_s"`        // seconds from now
}

// CodeAnswer holds a one-time code, which is told this once.
type CodeAnswer struct {
	Code      string    `json:"code"`
	Serial    string    `json:"serial"`
	ExpiresAt time.Time `json:"expires_at"`
}

// SerialsRequest is the body of POST /v1/serials.
type SerialsRequest struct {
	Serials []string `json:"serials"`
}

// SerialsAnswer says how many of the serials were new.
type SerialsAnswer struct {
	Added int `json:"added"`
}

// AuditList is the body of GET /v1/audit, the newest first.
type AuditList struct {
	Acts       []AuditRow `json:"acts"`
	NextCursor *string    `json:"next_cursor"`
}

// AuditRow says who did what.
type AuditRow struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Action  string    `json:"action"`
	Subject string    `json:"subject"`
	Detail  string    `json:"detail"`
}
