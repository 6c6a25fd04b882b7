package storetest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/server/store"
)

// claim is what the key number n of a Mac says of itself, with nothing that speaks for
// it.
func claim(n byte, uuid, serial string) store.Claim {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
	public := private.Public().(ed25519.PublicKey) //nolint:forcetypeassert // it never is anything else
	return store.Claim{
		Fingerprint: reqsign.Fingerprint(public), Public: public, Recipient: "age1test",
		HardwareUUID: uuid, Serial: serial, Name: "Mac " + serial, Model: "Mac16,10", OSVersion: "15.7.1", AgentVersion: "1.2.3",
	}
}

func invited(c store.Claim) store.Claim {
	c.Invited = true
	return c
}

func withCode(c store.Claim, code string) store.Claim {
	sum := sha256.Sum256([]byte(code))
	c.CodeHash = sum[:]
	return c
}

// enroll lets a key ask, one minute after whatever happened last.
func (s *suite) enroll(c store.Claim) (store.DeviceKey, error) {
	s.now = s.now.Add(time.Minute)
	return s.Enroll(s.Context(), s.now, c)
}

// state fails unless the asking leads there, and the store says the same afterwards.
func (s *suite) state(c store.Claim, want store.KeyState) {
	s.Helper()
	k, err := s.enroll(c)
	if err != nil || k.State != want {
		s.Fatalf("Enroll: %q, %v, want %q", k.State, err, want)
	}
	s.kept(c, want)
}

func (s *suite) kept(c store.Claim, want store.KeyState) {
	s.Helper()
	k, err := s.Key(s.Context(), c.Fingerprint)
	if err != nil {
		s.Fatalf("Key: %v", err)
	}
	s.equal("the key", k, store.DeviceKey{
		Fingerprint: c.Fingerprint, Public: c.Public, State: want, HardwareUUID: c.HardwareUUID, Serial: c.Serial,
	})
}

func (s *suite) refused(c store.Claim, want error) {
	s.Helper()
	if k, err := s.enroll(c); !errors.Is(err, want) {
		s.Fatalf("Enroll: %q, %v, want %v", k.State, err, want)
	}
}

func (s *suite) decide(c store.Claim, state store.KeyState) store.Enrollment {
	s.Helper()
	e, err := s.tryDecide(c, state)
	if err != nil {
		s.Fatalf("Decide: %v", err)
	}
	return e
}

func (s *suite) tryDecide(c store.Claim, state store.KeyState) (store.Enrollment, error) {
	s.now = s.now.Add(time.Minute)
	return s.Decide(s.Context(), s.now, store.Decision{Fingerprint: c.Fingerprint, State: state, By: "anna", Reason: "why"})
}

func (s *suite) code(text, serial string, valid time.Duration) {
	s.Helper()
	hash := withCode(store.Claim{}, text).CodeHash
	if err := s.AddCode(s.Context(), s.now, "anna", store.Invitation{Hash: hash, Serial: serial, Expires: s.now.Add(valid)}); err != nil {
		s.Fatalf("AddCode: %v", err)
	}
}

func (s *suite) expected(serials ...string) int {
	s.Helper()
	n, err := s.AddSerials(s.Context(), s.now, "anna", serials)
	if err != nil {
		s.Fatalf("AddSerials: %v", err)
	}
	return n
}

func uninvited(s *suite) {
	c := claim(1, "uuid-a", "C02A")
	s.refused(c, store.ErrUninvited)
	s.refused(withCode(c, "guessed"), store.ErrUninvited)
	if _, err := s.Key(s.Context(), c.Fingerprint); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("the key was kept: %v", err)
	}
}

func secretOnlyOpensPending(s *suite) {
	c := invited(claim(1, "uuid-a", "C02A"))
	s.state(c, store.KeyPending)
	s.state(c, store.KeyPending) // and again
	list := s.enrollments(store.EnrollmentQuery{State: store.KeyPending, Limit: 10})
	if len(list) != 1 || list[0].Known || list[0].Expected || list[0].Name != "Mac C02A" || !list[0].DecidedAt.IsZero() {
		s.Errorf("pending: %+v", list)
	}
	e := s.decide(c, store.KeyActive)
	s.equal("decided by", e.DecidedBy, "anna")
	s.state(c, store.KeyActive)
}

func codeOnce(s *suite) {
	s.code("first", "", time.Hour)
	a, b := withCode(claim(1, "uuid-a", "C02A"), "first"), withCode(claim(2, "uuid-b", "C02B"), "first")
	s.state(a, store.KeyActive)
	s.state(a, store.KeyActive) // the answer was lost
	s.refused(b, store.ErrUninvited)
	s.state(invited(b), store.KeyPending)
	s.code("second", "", time.Hour)
	s.state(withCode(b, "second"), store.KeyActive)
}

func codeExpires(s *suite) {
	s.code("code", "", time.Minute)
	s.refused(withCode(claim(1, "uuid-a", "C02A"), "code"), store.ErrUninvited)
}

func codeIsBound(s *suite) {
	s.code("bound", "c02a", time.Hour)
	s.refused(withCode(claim(2, "uuid-b", "C02B"), "bound"), store.ErrUninvited)
	s.refused(withCode(claim(3, "uuid-c", ""), "bound"), store.ErrUninvited)
	s.state(withCode(claim(1, "uuid-a", "C02A"), "bound"), store.KeyActive)
}

// A code for any Mac is no way to become one that is known.
func codeTakesOverNothing(s *suite) {
	owner := claim(1, "uuid-a", "C02A")
	s.code("owner", "", time.Hour)
	s.state(withCode(owner, "owner"), store.KeyActive)
	for i, c := range []store.Claim{claim(2, "uuid-a", "C02A"), claim(3, "uuid-a", "OTHER"), claim(4, "other", "C02A")} {
		text := fmt.Sprint("any", i)
		s.code(text, "", time.Hour)
		s.state(withCode(c, text), store.KeyPending)
	}
	s.code("other mac", "OTHER", time.Hour)
	s.state(withCode(claim(5, "uuid-a", "OTHER"), "other mac"), store.KeyPending)
	s.kept(owner, store.KeyActive)
	for _, e := range s.enrollments(store.EnrollmentQuery{State: store.KeyPending, Limit: 10}) {
		if !e.Known {
			s.Errorf("%s claims to be a known Mac, and is not marked", e.Fingerprint)
		}
	}
	s.code("bound", "C02A", time.Hour)
	fresh := withCode(claim(6, "uuid-a", "C02A"), "bound")
	s.state(fresh, store.KeyActive)
	s.kept(owner, store.KeyRetired)
}

func rotation(s *suite) {
	old, fresh := claim(1, "uuid-a", "C02A"), claim(2, "uuid-a", "C02A")
	fresh.Previous = old.Fingerprint
	s.refused(fresh, store.ErrUninvited) // the former key is not known
	s.state(invited(old), store.KeyPending)
	s.refused(fresh, store.ErrUninvited) // nor active
	s.decide(old, store.KeyActive)
	for i, other := range []store.Claim{claim(3, "uuid-b", "C02A"), claim(4, "uuid-a", "C02B")} {
		other.Previous = old.Fingerprint
		s.refused(other, store.ErrUninvited)
		s.equal(fmt.Sprint("the former key after ", i), s.stateOf(old), store.KeyActive)
	}
	s.state(fresh, store.KeyActive)
	s.kept(old, store.KeyRetired)
	s.state(fresh, store.KeyActive) // the answer was lost, and the former key is no longer active
	again := claim(5, "uuid-a", "C02A")
	again.Previous = old.Fingerprint
	s.refused(again, store.ErrUninvited)
}

func (s *suite) stateOf(c store.Claim) store.KeyState {
	s.Helper()
	k, err := s.Key(s.Context(), c.Fingerprint)
	if err != nil {
		s.Fatal(err)
	}
	return k.State
}

func importedSerial(s *suite) {
	s.equal("new", s.expected("C02A", "c02b", "C02B"), 2)
	first := invited(claim(1, "uuid-a", "C02A"))
	s.state(first, store.KeyPending) // where the site does not allow it
	first.BySerial = true
	s.state(first, store.KeyActive)
	second := invited(claim(2, "uuid-a", "C02A"))
	second.BySerial = true
	s.state(second, store.KeyPending)
	s.decide(first, store.KeyRevoked)
	third := invited(claim(3, "uuid-c", "C02A"))
	third.BySerial = true
	s.state(third, store.KeyPending) // a serial counts once
	stranger := invited(claim(4, "uuid-d", "C02D"))
	stranger.BySerial = true
	s.state(stranger, store.KeyPending)
	alone := claim(5, "uuid-b", "C02B")
	alone.BySerial = true
	s.refused(alone, store.ErrUninvited) // a serial is no secret
}

func twoMacsWithOneSerial(s *suite) {
	a, b := invited(claim(1, "uuid-a", "C02A")), invited(claim(2, "uuid-b", "c02a"))
	s.state(a, store.KeyPending)
	s.decide(a, store.KeyActive)
	s.state(b, store.KeyPending)
	list := s.enrollments(store.EnrollmentQuery{State: store.KeyPending, Limit: 10})
	if len(list) != 1 || !list[0].Known {
		s.Errorf("the second Mac is not marked: %+v", list)
	}
	s.decide(b, store.KeyActive)
	s.kept(a, store.KeyRetired)
}

func clonedDisk(s *suite) {
	s.state(invited(claim(1, "uuid-a", "C02A")), store.KeyPending)
	s.refused(invited(claim(1, "uuid-b", "C02A")), store.ErrOtherMac)
	s.refused(invited(claim(1, "uuid-a", "C02B")), store.ErrOtherMac)
	s.decide(claim(1, "", ""), store.KeyActive)
	s.refused(invited(claim(1, "uuid-b", "C02A")), store.ErrOtherMac)
}

func noWayBack(s *suite) {
	a := invited(claim(1, "uuid-a", "C02A"))
	if _, err := s.tryDecide(a, store.KeyActive); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("a key that never asked: %v", err)
	}
	s.state(a, store.KeyPending)
	s.decide(a, store.KeyRefused)
	s.decide(a, store.KeyRefused) // twice is once
	s.code("code", "", time.Hour)
	s.state(withCode(a, "code"), store.KeyRefused)
	b := withCode(claim(2, "uuid-b", "C02B"), "code")
	s.state(b, store.KeyActive)
	s.decide(b, store.KeyRevoked)
	s.state(b, store.KeyRevoked)
	for _, c := range []store.Claim{a, b} {
		if _, err := s.tryDecide(c, store.KeyActive); !errors.Is(err, store.ErrDecided) {
			s.Errorf("got %v", err)
		}
	}
}

// A flood of invented Macs leaves room for those that are expected or bring a code.
func pendingIsBounded(s *suite) {
	s.expected("MINE")
	for i := range room().Strangers {
		c := invited(claim(1, fmt.Sprint("uuid-", i), fmt.Sprint("S", i)))
		c.Fingerprint = fmt.Sprintf("%064d", i)
		if _, err := s.enroll(c); err != nil {
			s.Fatal(err)
		}
	}
	s.refused(invited(claim(2, "uuid-x", "X")), store.ErrFull)
	mine := func(i int) store.Claim { return invited(claim(byte(10+i), fmt.Sprint("mine-", i), "MINE")) }
	for i := range room().PerSerial + 1 {
		s.state(mine(i), store.KeyPending)
	}
	if _, err := s.Key(s.Context(), mine(0).Fingerprint); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("the oldest key of the serial is still there: %v", err)
	}
	for i := range room().PerSerial {
		s.kept(mine(i+1), store.KeyPending)
	}
	s.code("code", "", time.Hour)
	s.state(withCode(claim(2, "uuid-x", "X"), "code"), store.KeyActive)
	s.now = s.now.Add(room().Age + time.Hour)
	s.state(invited(claim(4, "uuid-y", "Y")), store.KeyPending)
	s.equal("pending", len(s.enrollments(store.EnrollmentQuery{State: store.KeyPending, Limit: 100})), 1)
}

// One code and many that have it, all at once.
func codeRace(s *suite) {
	s.code("code", "", time.Hour)
	var (
		group  sync.WaitGroup
		active [8]bool
	)
	for i := range active {
		group.Go(func() {
			c := withCode(claim(byte(i+1), fmt.Sprint("uuid-", i), fmt.Sprint("S", i)), "code")
			k, err := s.Enroll(s.Context(), s.now, c)
			active[i] = err == nil && k.State == store.KeyActive
		})
	}
	group.Wait()
	n := 0
	for _, a := range active {
		if a {
			n++
		}
	}
	s.equal("let in", n, 1)
}

func everyActIsNoted(s *suite) {
	s.expected("C02A")
	s.code("code", "C02A", time.Hour)
	a, b := claim(1, "uuid-a", "C02A"), claim(2, "uuid-a", "C02A")
	s.state(withCode(a, "code"), store.KeyActive)
	b.Previous = a.Fingerprint
	s.state(b, store.KeyActive)
	s.decide(b, store.KeyRevoked)
	var got []string
	cursor := ""
	for {
		page, err := s.Audit(s.Context(), cursor, 2)
		if err != nil {
			s.Fatal(err)
		}
		for _, act := range page.Acts {
			got = append(got, fmt.Sprint(act.By, " ", act.Action, " ", act.Subject[:min(4, len(act.Subject))], " ", act.At.IsZero()))
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	first, second := a.Fingerprint[:4], b.Fingerprint[:4]
	s.equal("acts", got, []string{
		"anna revoke " + second + " false", "server enroll " + second + " false", "server retire " + first + " false",
		"server enroll " + first + " false", "anna code C02A false", "anna serials  false",
	})
	if _, err := s.Audit(s.Context(), "x", 2); !errors.Is(err, store.ErrCursor) {
		s.Errorf("a cursor of another list: %v", err)
	}
}

func enrollmentPages(s *suite) {
	for n := range 5 {
		s.state(invited(claim(byte(n+1), fmt.Sprint("uuid-", n), fmt.Sprint("S", n))), store.KeyPending)
	}
	list := s.enrollments(store.EnrollmentQuery{Limit: 2})
	for n, e := range list {
		s.equal("place", e.Serial, fmt.Sprint("S", n))
	}
	s.equal("all", len(list), 5)
	if _, err := s.Enrollments(s.Context(), store.EnrollmentQuery{Limit: 2, Cursor: "eyJrIjotMX0"}); !errors.Is(err, store.ErrCursor) {
		s.Errorf("a cursor that is none: %v", err)
	}
}

func (s *suite) enrollments(q store.EnrollmentQuery) (all []store.Enrollment) {
	s.Helper()
	q.At = s.now
	for {
		page, err := s.Enrollments(s.Context(), q)
		if err != nil {
			s.Fatalf("Enrollments: %v", err)
		}
		all = append(all, page.Enrollments...)
		if q.Cursor = page.Next; q.Cursor == "" {
			return all
		}
	}
}
