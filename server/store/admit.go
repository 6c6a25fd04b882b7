package store

import "time"

// The bounds of what waits for a person. A flood of invented Macs fills the room for
// strangers and nothing else: a Mac whose serial was imported has room of its own, and
// whoever brings a code or the former key does not wait at all.
const (
	MaxStrangers   = 1000                // pending keys whose serial was not imported
	MaxPerSerial   = 5                   // pending keys of one serial
	MaxPendingAge  = 30 * 24 * time.Hour // then a pending key is forgotten; it may ask again
	ByCode         = "code"
	BySerial       = "serial"
	ByPreviousKey  = "previous key"
	ByServerItself = "server"
)

// Standing is what a store knows of a claim at the moment at which it decides. Keys
// are others than that of the claim, but where they are counted.
type Standing struct {
	CodeFits   bool // unused, not expired, for this serial or for any
	CodeBound  bool // for this serial alone
	Rotation   bool // Claim.Previous is active and of the same hardware UUID and serial
	Expected   bool // the serial was imported
	Seen       bool // a key was let in for this serial or hardware UUID at some time
	Active     bool // one is active
	Contradict bool // one that is active has this hardware UUID and another serial
	Strangers  int  // pending keys of all Macs whose serial was not imported
	OfSerial   int  // pending keys of this serial
}

// Admit decides about a key that is new or pending: whether it is active or waits for a
// person, and what let it in. The error is ErrUninvited or ErrFull. It is the one place
// that holds the rules, so every store has the same.
//
// A code that is for any Mac cannot take over one that is known: whoever found it would
// speak for a Mac of his choice.
func Admit(c Claim, s Standing) (state KeyState, by string, err error) {
	switch {
	case s.Rotation:
		return KeyActive, ByPreviousKey, nil
	case s.CodeFits && (!s.Active || s.CodeBound && !s.Contradict):
		return KeyActive, ByCode, nil
	case !c.Invited && !s.CodeFits:
		return "", "", ErrUninvited
	case c.Invited && c.BySerial && s.Expected && !s.Seen:
		return KeyActive, BySerial, nil
	case s.OfSerial >= MaxPerSerial && c.Serial != "", !s.Expected && s.Strangers >= MaxStrangers:
		return "", "", ErrFull
	}
	return KeyPending, "", nil
}

// May says whether a person can still bring a key from one state to another.
func May(from, to KeyState) bool {
	switch to {
	case KeyActive, KeyRefused:
		return from == KeyPending
	case KeyRevoked:
		return from == KeyPending || from == KeyActive || from == KeyRetired
	case KeyPending, KeyRetired:
	}
	return false
}
