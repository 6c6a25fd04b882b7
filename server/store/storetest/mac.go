package storetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/tokenward/tokenward/server/store"
)

// A Mac that could not read its serial at first is not another one later.
func serialLearned(s *suite) {
	bare, full := invited(claim(1, "uuid-a", "")), invited(claim(1, "uuid-a", "C02A"))
	s.state(bare, store.KeyPending)
	s.state(full, store.KeyPending)
	if k, err := s.enroll(bare); err != nil || k.Serial != "C02A" {
		s.Errorf("without it again: %+v, %v", k, err)
	}
	s.refused(invited(claim(1, "uuid-a", "C02B")), store.ErrOtherMac)
	s.decide(full, store.KeyActive)
	s.kept(full, store.KeyActive)

	other, otherFull := invited(claim(2, "uuid-b", "")), invited(claim(2, "uuid-b", "C02B"))
	s.state(other, store.KeyPending)
	s.decide(other, store.KeyActive)
	s.state(otherFull, store.KeyActive)
}

// What no other Mac may be robbed of: a serial that an active key has, or had elsewhere.
func serialOfAnother(s *suite) {
	owner, gone := invited(claim(1, "uuid-a", "C02A")), invited(claim(2, "uuid-b", "C02B"))
	for _, c := range []store.Claim{owner, gone} {
		s.state(c, store.KeyPending)
		s.decide(c, store.KeyActive)
	}
	s.decide(gone, store.KeyRevoked)
	bare := invited(claim(3, "uuid-c", ""))
	s.state(bare, store.KeyPending)
	for _, serial := range []string{"C02A", "C02B"} {
		k, err := s.enroll(invited(claim(3, "uuid-c", serial)))
		if err != nil || k.Serial != "" || k.State != store.KeyPending {
			s.Errorf("it has the serial %q: %+v, %v", serial, k, err)
		}
	}
	s.decide(bare, store.KeyActive)
	s.state2(invited(claim(3, "uuid-c", "C02A")), bare, store.KeyActive)
	thief := claim(4, "uuid-c", "C02A")
	thief.Previous = bare.Fingerprint
	s.refused(thief, store.ErrUninvited) // by rotation neither
	s.kept(owner, store.KeyActive)
}

// state2 is state for a key of which less is kept than the claim says.
func (s *suite) state2(c, kept store.Claim, want store.KeyState) {
	s.Helper()
	if k, err := s.enroll(c); err != nil || k.State != want {
		s.Fatalf("Enroll: %q, %v, want %q", k.State, err, want)
	}
	s.kept(kept, want)
}

// A Mac that cannot read its serial while it rotates keeps it.
func rotationWithoutSerial(s *suite) {
	old := invited(claim(1, "uuid-a", "C02A"))
	s.state(old, store.KeyPending)
	s.decide(old, store.KeyActive)
	fresh := claim(2, "uuid-a", "")
	fresh.Previous = old.Fingerprint
	want := claim(2, "uuid-a", "C02A")
	s.state2(fresh, want, store.KeyActive)
	s.kept(old, store.KeyRetired)
	s.state2(fresh, want, store.KeyActive) // the answer was lost
}

func rotationHasAPace(s *suite) {
	first := invited(claim(1, "uuid-a", "C02A"))
	s.state(first, store.KeyPending)
	s.decide(first, store.KeyActive)
	second, third := claim(2, "uuid-a", "C02A"), claim(3, "uuid-a", "C02A")
	second.Previous, third.Previous = first.Fingerprint, second.Fingerprint
	s.state(second, store.KeyActive)
	s.refused(third, store.ErrHasty)
	s.refused(invited(third), store.ErrHasty)
	s.state(second, store.KeyActive)
	s.now = s.now.Add(store.RotationPause)
	s.state(third, store.KeyActive)
	s.kept(second, store.KeyRetired)
}

// The age of what waits counts from the last time that it asked.
func pendingAge(s *suite) {
	asks, silent := invited(claim(1, "uuid-a", "C02A")), invited(claim(2, "uuid-b", "C02B"))
	s.state(asks, store.KeyPending)
	s.state(silent, store.KeyPending)
	for range 4 {
		s.now = s.now.Add(room().Age / 4)
		s.state(claim(1, "uuid-a", "C02A"), store.KeyPending)
	}
	s.now = s.now.Add(time.Hour)
	list := s.enrollments(store.EnrollmentQuery{State: store.KeyPending, Limit: 10})
	if len(list) != 1 || list[0].Fingerprint != asks.Fingerprint {
		s.Errorf("listed: %+v", list)
	}
	if _, err := s.tryDecide(silent, store.KeyActive); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("one that is forgotten is approved: %v", err)
	}
	s.refused(claim(2, "uuid-b", "C02B"), store.ErrUninvited)
	s.decide(asks, store.KeyActive)
}

// A code for any Mac is for none that was ever let in.
func codeAfterRevocation(s *suite) {
	a := invited(claim(1, "uuid-a", "C02A"))
	s.state(a, store.KeyPending)
	s.decide(a, store.KeyActive)
	s.decide(a, store.KeyRevoked)
	s.code("any", "", time.Hour)
	s.state(withCode(claim(2, "uuid-a", "C02A"), "any"), store.KeyPending)
	s.state(withCode(claim(3, "uuid-b", "C02B"), "any"), store.KeyActive)
}

// One approval is for one Mac, unless the person says otherwise.
func approvalOfTwoMacs(s *suite) {
	x, y := invited(claim(1, "uuid-x", "C02X")), invited(claim(2, "uuid-y", "C02Y"))
	for _, c := range []store.Claim{x, y} {
		s.state(c, store.KeyPending)
		s.decide(c, store.KeyActive)
	}
	both := invited(claim(3, "uuid-x", "C02Y"))
	s.state(both, store.KeyPending)
	var replaced []string
	for _, e := range s.enrollments(store.EnrollmentQuery{Limit: 10}) {
		for _, k := range e.Replaces {
			replaced = append(replaced, fmt.Sprint(e.Fingerprint == both.Fingerprint, " ", k.HardwareUUID, " ", k.Serial, " ", k.Fingerprint[:4]))
		}
	}
	s.equal("replaced", replaced, []string{"true uuid-x C02X " + x.Fingerprint[:4], "true uuid-y C02Y " + y.Fingerprint[:4]})
	if _, err := s.tryDecide(both, store.KeyActive); !errors.Is(err, store.ErrReplaces) {
		s.Fatalf("approved: %v", err)
	}
	for _, c := range []store.Claim{x, y} {
		s.kept(c, store.KeyActive)
	}
	if _, err := s.Decide(s.Context(), s.now, store.Decision{Fingerprint: both.Fingerprint, State: store.KeyActive, By: "anna", Replace: true}); err != nil {
		s.Fatal(err)
	}
	s.kept(x, store.KeyRetired)
	s.kept(y, store.KeyRetired)
}
