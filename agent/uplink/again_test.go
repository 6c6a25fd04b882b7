package uplink_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/identity"
	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/wire"
)

// A key that is enrolled speaks for the next one, so no secret is in the way.
func TestRotationNeedsNoSecret(t *testing.T) {
	t.Parallel()
	enrolling(t, newAuthority(wire.EnrollActive), func(t *testing.T, m *mac) {
		m.secret = errors.New("enrollment.secret_file: its mode is 0644")
		if err := m.keys.Rotate(time.Now()); err != nil {
			t.Fatal(err)
		}
		m.send(t)
		m.queue.want(t, 0)
		m.want(t, "", wire.EnrollActive)
		if why, _ := m.keys.Origin(); why != identity.Rotated || m.server.secrets[1] != "" || m.used != 1 {
			t.Errorf("made because %s, secrets %q, used %d", why, m.server.secrets, m.used)
		}
	})
}

// A server that does not take the next key is asked about it once in an hour, and the
// present one goes on.
func TestRefusedRotationIsAskedOnceInAnHour(t *testing.T) {
	t.Parallel()
	enrolling(t, newAuthority(wire.EnrollActive), func(t *testing.T, m *mac) {
		m.server.now(func() { m.server.enrolled = slices.Repeat([]string{wire.ProblemSecret}, 100) })
		if err := m.keys.Rotate(time.Now()); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			m.send(t)
			m.queue.want(t, 0)
			time.Sleep(15 * time.Minute)
		}
		if n := len(m.server.secrets) - 1; n != 3 {
			t.Errorf("%d enrolments of the next key in two and a half hours, want 3", n)
		}
	})
}

// What is told of a pending key is not the end of the secret: a server that lost its
// keys, or revoked this one, asks for it again.
func TestSecretIsThereWhenItIsNeededAgain(t *testing.T) {
	t.Parallel()
	enrolling(t, newAuthority(wire.EnrollPending), func(t *testing.T, m *mac) {
		m.server.now(func() {
			for key := range m.server.keys {
				m.server.keys[key] = wire.EnrollRevoked
			}
		})
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		last := m.server.secrets[len(m.server.secrets)-1]
		if len(m.server.keys) != 2 || last != "open sesame" || m.used != 0 {
			t.Errorf("%d keys, the last secret %q, used %d times", len(m.server.keys), last, m.used)
		}
		m.want(t, wire.TroublePending, wire.EnrollPending)
	})
}

// The disk was in another Mac, whose reports still wait.
func TestReportsOfAFormerMacAreNotInTheWay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ former, after int }{{1, 0}, {7, 1}, {120, 2}} {
		t.Run(fmt.Sprint(tc.former, " of them"), func(t *testing.T) {
			t.Parallel()
			enrolling(t, newAuthority(wire.EnrollActive), func(t *testing.T, m *mac) {
				m.server.now(func() { m.server.foreign = "former" })
				before := len(m.server.seen)
				var aside []string
				for n := range tc.former {
					r := queued(n)
					r.ID = "former-" + r.ID
					r.Data = fmt.Appendf(nil, `{"report_id":%q}`, r.ID)
					m.queue.add(r)
					aside = append(aside, r.ID)
				}
				for n := range tc.after {
					m.queue.add(queued(200 + n))
				}
				m.arrived <- struct{}{}
				time.Sleep(time.Hour)
				synctest.Wait()
				m.queue.want(t, 0, aside...)
				m.want(t, "", wire.EnrollActive)
				if n := len(m.server.seen) - before; n > tc.former+15 {
					t.Errorf("%d requests", n)
				}
				if len(m.server.keys) != 1 {
					t.Errorf("%d keys, want the one that is enrolled", len(m.server.keys))
				}
			})
		})
	}
}

// A server that has the key for another Mac's where it is to be enrolled gets a new one,
// and no more than one in a day.
func TestDisownedKeyIsReplacedOnceInADay(t *testing.T) {
	t.Parallel()
	a := newAuthority(wire.EnrollActive)
	a.enrolled = slices.Repeat([]string{wire.ProblemDevice}, 10_000)
	enrolling(t, a, func(t *testing.T, m *mac) {
		m.want(t, wire.TroubleRefused, "")
		names := map[string]bool{}
		for range 50 {
			time.Sleep(time.Hour)
			synctest.Wait()
			request, _, err := m.keys.Enrollment(time.Now())
			if err != nil {
				t.Fatal(err)
			}
			names[request.SigningKey] = true
		}
		if len(names) != 3 { // at once, after a day, after two
			t.Errorf("%d new keys in 50 hours", len(names))
		}
		a.now(func() { a.enrolled = nil })
		time.Sleep(time.Hour)
		synctest.Wait()
		m.queue.want(t, 0)
		if why, _ := m.keys.Origin(); why != identity.Disowned {
			t.Errorf("made because %s", why)
		}
	})
}

// A disk that takes no file of ours is drained all the same, and it is told.
func TestStateThatCannotBeWrittenIsNoReasonToKeepReports(t *testing.T) {
	t.Parallel()
	enrolling(t, newAuthority(wire.EnrollPending), func(t *testing.T, m *mac) {
		state := filepath.Join(m.folder, "enrollment.json")
		if err := errors.Join(os.Remove(state), os.MkdirAll(filepath.Join(state, "in the way"), 0o700)); err != nil {
			t.Fatal(err)
		}
		m.server.now(func() {
			for key := range m.server.keys {
				m.server.keys[key] = wire.EnrollActive
			}
		})
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		m.queue.want(t, 0)
		m.want(t, wire.TroubleLocal, wire.EnrollActive)
		if err := os.RemoveAll(state); err != nil {
			t.Fatal(err)
		}
		m.send(t)
		m.want(t, "", wire.EnrollActive)
		if n := len(m.server.seen); n > 70 {
			t.Errorf("%d requests", n)
		}
		again, err := identity.Open(m.folder, "https://server.example")
		if err != nil {
			t.Fatal(err)
		}
		if state, _ := again.Standing(); state != wire.EnrollActive {
			t.Errorf("on the disk: %q", state)
		}
	})
}

// Where nobody enrolled the key, a report is not to be judged by it.
func TestReportsAreKeptWhereTheKeyIsNotEnrolled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _ := signed(t,
			func() (*http.Response, error) { return respond(http.StatusNotFound, "") },
			func() (*http.Response, error) { return problemOf(http.StatusForbidden, wire.ProblemDevice) })
		q := filled(3)
		go uplink.New(q, c, func(wire.Next) {}, zap.NewNop()).Run(t.Context(), nil)
		time.Sleep(5 * time.Hour)
		synctest.Wait()
		q.want(t, 3)
	})
}
