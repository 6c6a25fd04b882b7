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
		{"the secret for a known Mac", invited, store.Standing{Active: true, Seen: true}, store.KeyPending, "", nil},
		{"the former key", serial, store.Standing{Rotation: true, Active: true, Seen: true}, store.KeyActive, store.ByPreviousKey, nil},
		{"the former key, and a full room", serial, store.Standing{Rotation: true, Strangers: store.MaxStrangers}, store.KeyActive, store.ByPreviousKey, nil},
		{"a code", serial, store.Standing{CodeFits: true}, store.KeyActive, store.ByCode, nil},
		{"a code for a known Mac", serial, store.Standing{CodeFits: true, Active: true}, store.KeyPending, "", nil},
		{"its own code", serial, store.Standing{CodeFits: true, CodeBound: true, Active: true}, store.KeyActive, store.ByCode, nil},
		{"its own code and the UUID of another", serial, store.Standing{CodeFits: true, CodeBound: true, Active: true, Contradict: true}, store.KeyPending, "", nil},
		{"a serial alone", store.Claim{BySerial: true}, store.Standing{Expected: true}, "", "", store.ErrUninvited},
		{"a serial that the site does not trust", invited, store.Standing{Expected: true}, store.KeyPending, "", nil},
		{"a serial", both, store.Standing{Expected: true}, store.KeyActive, store.BySerial, nil},
		{"a serial that is not imported", both, store.Standing{}, store.KeyPending, "", nil},
		{"a serial's second key", both, store.Standing{Expected: true, Seen: true}, store.KeyPending, "", nil},
		{"a full room", invited, store.Standing{Strangers: store.MaxStrangers}, "", "", store.ErrFull},
		{"a full room, and an imported serial", invited, store.Standing{Strangers: store.MaxStrangers, Expected: true}, store.KeyPending, "", nil},
		{"one serial too often", invited, store.Standing{OfSerial: store.MaxPerSerial, Expected: true}, "", "", store.ErrFull},
		{"Macs without a serial", store.Claim{Invited: true}, store.Standing{OfSerial: store.MaxPerSerial}, store.KeyPending, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			state, by, err := store.Admit(c.claim, c.known)
			if state != c.state || by != c.by || !errors.Is(err, c.err) {
				t.Errorf("%q by %q, %v; want %q by %q, %v", state, by, err, c.state, c.by, c.err)
			}
		})
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
