package store

import (
	"strings"
	"time"
)

// What let a key in, or did something to one, where it was no person.
const (
	ByCode         = "code"
	BySerial       = "serial"
	ByPreviousKey  = "previous key"
	ByServerItself = "server"
)

// RotationPause is how long a key stands that took the place of a former one by that
// one's signature, before it can be replaced in the same way. Every rotation stays in the
// database and in the audit, so a Mac that rotates without end would fill the disk.
const RotationPause = time.Hour

// Room bounds what waits for a person. A flood of invented Macs fills the room for
// strangers and nothing else: a Mac whose serial was imported does not count there, and
// whoever brings a code or the former key does not wait at all. Of one serial the oldest
// key makes place for a new one, so that nobody who knows a serial can keep its Mac out
// by being there first: the Mac asks again, and is in the list again.
type Room struct {
	Strangers int           // pending keys whose serial was not imported
	PerSerial int           // pending keys of one serial
	Age       time.Duration // after which a pending key that no longer asks is forgotten; it may ask again
}

// DefaultRoom is what a server has.
func DefaultRoom() Room { return Room{Strangers: 1000, PerSerial: 5, Age: 30 * 24 * time.Hour} }

// Standing is what a store knows of a claim at the moment at which it decides. Keys
// are others than that of the claim, but where they are counted.
type Standing struct {
	CodeFits   bool   // unused, not expired, for this serial or for any
	CodeBound  bool   // for this serial alone
	Rotation   bool   // Claim.Previous is active and of the same Mac, and no other active key is
	Hasty      bool   // and came by rotation itself, less than RotationPause ago
	Former     string // the serial of Claim.Previous
	Expected   bool   // the serial was imported
	Seen       bool   // a key was let in for this serial or hardware UUID at some time
	Contradict bool   // one that is active has this hardware UUID and another serial
	Strangers  int    // pending keys of all Macs whose serial was not imported
	OfSerial   int    // pending keys of this serial
}

// Admission is what was decided about a key.
type Admission struct {
	State  KeyState // KeyActive or KeyPending
	By     string   // what let it in
	Oldest bool     // the oldest pending key of its serial makes place for it
}

// Admit decides about a key that is new or pending: whether it is active or waits for a
// person, and what let it in. The error is ErrUninvited, ErrHasty or ErrFull. It is the
// one place that holds the rules, so every store has the same.
//
// A code that is for any Mac is for Macs that are not known: whoever found it would else
// speak for a Mac of his choice, and a Mac that was revoked would come back with it.
func Admit(c Claim, s Standing, room Room) (Admission, error) {
	crowded := s.OfSerial >= room.PerSerial && c.Serial != ""
	switch {
	case s.Rotation && !s.Hasty:
		return Admission{State: KeyActive, By: ByPreviousKey}, nil
	case s.CodeFits && (!s.Seen || s.CodeBound && !s.Contradict):
		return Admission{State: KeyActive, By: ByCode}, nil
	case s.Rotation:
		return Admission{}, ErrHasty
	case !c.Invited && !s.CodeFits:
		return Admission{}, ErrUninvited
	case c.Invited && c.BySerial && s.Expected && !s.Seen:
		return Admission{State: KeyActive, By: BySerial}, nil
	case !crowded && !s.Expected && s.Strangers >= room.Strangers:
		return Admission{}, ErrFull
	}
	return Admission{State: KeyPending, Oldest: crowded}, nil
}

// Ambiguous says whether an approval would do more than put a key in the place of the one
// that its Mac had: it would retire several, or one of the same hardware UUID whose serial
// is another. Somebody shows the hardware UUID of one Mac and the serial of another.
func Ambiguous(k DeviceKey, replaced []DeviceKey) bool {
	if len(replaced) == 0 {
		return false
	}
	r := replaced[0]
	return len(replaced) > 1 || r.HardwareUUID == k.HardwareUUID && otherSerial(r.Serial, k.Serial)
}

// SameMac says whether a key is that of the Mac that a claim describes. A serial that is
// not known contradicts none.
func SameMac(k DeviceKey, hardwareUUID, serial string) bool {
	return strings.EqualFold(k.HardwareUUID, hardwareUUID) && !otherSerial(k.Serial, serial)
}

func otherSerial(a, b string) bool { return a != "" && b != "" && !strings.EqualFold(a, b) }

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
