package wire

import "time"

// DeviceCard is what an operator pins of a Mac: which one it is, and the public keys
// that are its own. It is obtained at the Mac and not from the server, which could
// name keys of its own.
type DeviceCard struct {
	Serial       string    `json:"serial"`
	HardwareUUID string    `json:"hardware_uuid"`
	Fingerprint  string    `json:"fingerprint"` // SHA-256 of the signing key's 32 bytes, lower-case hexadecimal
	SigningKey   string    `json:"signing_key"` // Ed25519, standard base64
	Recipient    string    `json:"recipient"`   // of age, age1…
	MadeAt       time.Time `json:"made_at"`
}
