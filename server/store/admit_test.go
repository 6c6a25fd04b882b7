package store_test

import (
	"errors"
	"testing"

	"github.com/tokenward/tokenward/server/store"
)

func TestAdmit(t *testing.T) {
	t.Parallel()
	serial, invited := store.Claim{Serial: "C02"}, store.Claim{Serial: "C02", Invited: true}
	both := store.Claim{Serial: "C02", Invited: true, BySerial: true}
	for _, c := range []struct {
		name  string
		claim store.Claim
		known store.Standing
		state store.KeyState
		by    string
		err   error
	}{
		{"nothing", serial, store.Standing{}, "", "", store.ErrUninvited},
		{"the secret", invited, store.Standing{}, store.KeyPending, "", nil},
		{"the secret for a known Mac", invited, store.Standing{Seen: true}, store.KeyPending, "", nil},
		{"the former key", serial, store.Standing{Rotation: true, Seen: true}, store.KeyActive, store.ByPreviousKey, nil},
		{"the former key, and a full room", serial, store.Standing{Rotation: true, Strangers: 1000}, store.KeyActive, store.ByPreviousKey, nil},
		{"a code", serial, store.Standing{CodeFits: true}, store.KeyActive, store.ByCode, nil},
		{"a code for a known Mac", serial, store.Standing{CodeFits: true, Seen: true}, store.KeyPending, "", nil},
		{"its own code", serial, store.Standing{CodeFits: true, CodeBound: true, Seen: true}, store.KeyActive, store.ByCode, nil},
		{"its own code and the UUID of another", serial, store.Standing{CodeFits: true, CodeBound: true, Seen: true, Contradict: true}, store.KeyPending, "", nil},
		{"a serial alone", store.Claim{BySerial: true}, store.Standing{Expected: true}, "", "", store.ErrUninvited},
		{"a serial that the site does not trust", invited, store.Standing{Expected: true}, store.KeyPending, "", nil},
		{"a serial", both, store.Standing{Expected: true}, store.KeyActive, store.BySerial, nil},
		{"a serial that is not imported", both, store.Standing{}, store.KeyPending, "", nil},
		{"a serial's second key", both, store.Standing{Expected: true, Seen: true}, store.KeyPending, "", nil},
		{"a full room", invited, store.Standing{Strangers: 1000}, "", "", store.ErrFull},
		{"a full room, and an imported serial", invited, store.Standing{Strangers: 1000, Expected: true}, store.KeyPending, "", nil},
		{"a code for any Mac, and one that was revoked", serial, store.Standing{CodeFits: true, Seen: true}, store.KeyPending, "", nil},
		{"the former key too soon", invited, store.Standing{Rotation: true, Hasty: true, Seen: true}, "", "", store.ErrHasty},
		{"the former key too soon, and its own code", serial, store.Standing{Rotation: true, Hasty: true, Seen: true, CodeFits: true, CodeBound: true}, store.KeyActive, store.ByCode, nil},
		{"Macs without a serial", store.Claim{Invited: true}, store.Standing{OfSerial: 5}, store.KeyPending, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := store.Admit(c.claim, c.known, store.DefaultRoom())
			if got.State != c.state || got.By != c.by || got.Oldest || !errors.Is(err, c.err) {
				t.Errorf("%+v, %v; want %q by %q, %v", got, err, c.state, c.by, c.err)
			}
		})
	}
}

// Of one serial the oldest key makes place, even where the room for strangers is full.
func TestTheOldestOfASerialMakesPlace(t *testing.T) {
	t.Parallel()
	full := store.Standing{OfSerial: 5, Strangers: 1000}
	got, err := store.Admit(store.Claim{Serial: "C02", Invited: true}, full, store.DefaultRoom())
	if want := (store.Admission{State: store.KeyPending, Oldest: true}); got != want || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := store.Admit(store.Claim{Invited: true}, full, store.DefaultRoom()); !errors.Is(err, store.ErrFull) {
		t.Errorf("without a serial: %v", err)
	}
}

func TestAmbiguous(t *testing.T) {
	t.Parallel()
	key := store.DeviceKey{HardwareUUID: "a", Serial: "C02A"}
	for name, c := range map[string]struct {
		replaced []store.DeviceKey
		want     bool
	}{
		"none":                            {nil, false},
		"the same Mac":                    {[]store.DeviceKey{{HardwareUUID: "a", Serial: "c02a"}}, false},
		"the same, its serial not known":  {[]store.DeviceKey{{HardwareUUID: "a"}}, false},
		"another board":                   {[]store.DeviceKey{{HardwareUUID: "b", Serial: "C02A"}}, false},
		"the serial of no Mac":            {[]store.DeviceKey{{HardwareUUID: "a", Serial: "C02B"}}, true},
		"one by UUID, another by serial":  {[]store.DeviceKey{{HardwareUUID: "a", Serial: "C02B"}, {HardwareUUID: "b", Serial: "C02A"}}, true},
		"one without serial, and another": {[]store.DeviceKey{{HardwareUUID: "a"}, {HardwareUUID: "b", Serial: "C02A"}}, true},
	} {
		if got := store.Ambiguous(key, c.replaced); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestMay(t *testing.T) {
	t.Parallel()
	all := []store.KeyState{store.KeyPending, store.KeyActive, store.KeyRetired, store.KeyRefused, store.KeyRevoked}
	allowed := map[[2]store.KeyState]bool{
		{store.KeyPending, store.KeyActive}: true, {store.KeyPending, store.KeyRefused}: true, {store.KeyPending, store.KeyRevoked}: true,
		{store.KeyActive, store.KeyRevoked}: true, {store.KeyRetired, store.KeyRevoked}: true,
	}
	for _, from := range all {
		for _, to := range all {
			if got := store.May(from, to); got != allowed[[2]store.KeyState{from, to}] {
				t.Errorf("from %s to %s: %t", from, to, got)
			}
		}
	}
}
