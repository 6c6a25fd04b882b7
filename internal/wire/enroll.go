package wire

// EnrollPath is where a device makes itself known.
const EnrollPath = "/v1/enroll"

// EnrollRequest is the body of POST /v1/enroll. The request is signed with the new
// key; where the device had another one before and still has it, with that one as
// well. Sent again with the same key it only asks how the enrolment stands.
type EnrollRequest struct {
	Secret     string `json:"secret,omitempty"` // the organisation's enrolment secret, or a code for one device
	SigningKey string `json:"signing_key"`      // Ed25519, 32 bytes, standard base64
	Recipient  string `json:"recipient"`        // an X25519 recipient of age, age1…
	Device     Device `json:"device"`
	Agent      Agent  `json:"agent"`
}

// EnrollAnswer says how an enrolment stands.
type EnrollAnswer struct {
	DeviceID string      `json:"device_id"`
	State    EnrollState `json:"state"`
}

// EnrollState is how far a device's enrolment got.
type EnrollState string

// The states of an enrolment. A reader takes one that it does not know as pending:
// nothing may rest on it.
const (
	EnrollPending EnrollState = "pending" // until a person approves
	EnrollActive  EnrollState = "active"
	EnrollRevoked EnrollState = "revoked" // told with a problem, never with a 200
)

// ProblemReports is the type of a 400 or 422 about the reports of a request: sent again
// they would get the same answer. One of another type comes from something in between,
// or is about the request, and gives no report up.
const ProblemReports = "reports"

// The types of the problems with which a server tells a device what to do about its
// identity.
const (
	ProblemClock      = "clock"       // 401: the time of the signature is too far from the server's; its Date header says how far
	ProblemSignature  = "signature"   // 401: there is none, or it does not fit the request
	ProblemUnknownKey = "unknown_key" // 401: enrol
	ProblemPending    = "pending"     // 403: enrolled, and not approved yet
	ProblemRevoked    = "revoked"     // 403: this key will never be taken again
	ProblemDevice     = "device"      // 403: the key is not that of the Mac that the report is about
	ProblemSecret     = "secret"      // 403: the enrolment secret is wrong, or there is none
)
