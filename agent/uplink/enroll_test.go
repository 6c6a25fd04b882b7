package uplink_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/remitly-oss/httpsig-go"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/identity"
	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

// authority is a server that enrols and verifies, with another library than ours.
type authority struct {
	mu       sync.Mutex
	keys     map[string]wire.EnrollState // by signing key
	first    wire.EnrollState            // what a key without a voucher becomes
	ahead    time.Duration               // of the Mac's clock
	problems []string                    // given to the next requests for reports, "" for none
	seen     []string                    // paths
	secrets  []string
	lost     int      // so many answers to enrolments are lost on the way
	enrolled []string // the problems given to the next enrolments, "" for none
	foreign  string   // reports whose ID begins so are about another Mac
	refuses  int      // the status that every enrolment gets; 0: it is answered
}

func newAuthority(first wire.EnrollState) *authority {
	return &authority{keys: map[string]wire.EnrollState{}, first: first}
}

func (a *authority) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	a.seen = append(a.seen, r.URL.Path)
	response, err := a.answer(r, body)
	if response != nil {
		response.Header.Set("Date", time.Now().Add(a.ahead).UTC().Format(http.TimeFormat))
		response.Request = r
	}
	return response, err
}

// now changes something of the server, or looks at it, while it is at work.
func (a *authority) now(do func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	do()
}

func (a *authority) answer(r *http.Request, body []byte) (*http.Response, error) {
	key, problem := a.verify(r, reqsign.Label, body)
	switch {
	case problem != "":
		return problemOf(http.StatusUnauthorized, problem)
	case r.URL.Path == wire.EnrollPath && a.refuses != 0:
		return problemOf(a.refuses, "enrolment")
	case r.URL.Path == wire.EnrollPath:
		return a.enrol(r, body, key)
	}
	if len(a.problems) > 0 {
		problem, a.problems = a.problems[0], a.problems[1:]
		if problem != "" {
			return problemOf(http.StatusForbidden, problem)
		}
	}
	switch a.keys[key] {
	case wire.EnrollActive:
		ids, _, err := decode(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return a.take(ids)
	case wire.EnrollPending:
		return problemOf(http.StatusForbidden, wire.ProblemPending)
	case wire.EnrollRevoked:
		return problemOf(http.StatusForbidden, wire.ProblemRevoked)
	}
	return problemOf(http.StatusUnauthorized, wire.ProblemUnknownKey)
}

// take takes the reports of the Mac of the key. If none of them is, none is judged.
func (a *authority) take(ids []string) (*http.Response, error) {
	var answer wire.Answer
	for _, id := range ids {
		if a.foreign != "" && strings.HasPrefix(id, a.foreign) {
			answer.Rejected = append(answer.Rejected, wire.Rejection{ReportID: id, Reason: wire.ProblemDevice})
		} else {
			answer.Acked = append(answer.Acked, id)
		}
	}
	if len(answer.Acked) == 0 {
		return problemOf(http.StatusForbidden, wire.ProblemDevice)
	}
	return say(answer)
}

func (a *authority) enrol(r *http.Request, body []byte, key string) (*http.Response, error) {
	var request wire.EnrollRequest
	if err := json.Unmarshal(body, &request); err != nil || request.SigningKey != key || !strings.HasPrefix(request.Recipient, "age1") {
		return problemOf(http.StatusUnauthorized, wire.ProblemSignature)
	}
	a.secrets = append(a.secrets, request.Secret)
	if len(a.enrolled) > 0 {
		problem := a.enrolled[0]
		if a.enrolled = a.enrolled[1:]; problem != "" {
			return problemOf(http.StatusForbidden, problem)
		}
	}
	if a.keys[key] == "" {
		a.keys[key] = a.first
		former, problem := a.verify(r, reqsign.LabelPrevious, body)
		if problem == "" && a.keys[former] == wire.EnrollActive {
			a.keys[former], a.keys[key] = "", wire.EnrollActive
		}
	}
	if a.lost > 0 {
		a.lost--
		return nil, io.ErrUnexpectedEOF
	}
	if a.keys[key] == wire.EnrollRevoked {
		return problemOf(http.StatusForbidden, wire.ProblemRevoked)
	}
	data, err := json.Marshal(wire.EnrollAnswer{DeviceID: "device-1", State: a.keys[key]})
	if err != nil {
		return nil, err
	}
	return respond(http.StatusOK, string(data), isJSON)
}

// verify returns the key of a signature. It has no list of keys: whose it is, the
// request itself says, and the list of the test is asked afterwards.
func (a *authority) verify(r *http.Request, label string, body []byte) (key, problem string) {
	sum := sha256.Sum256(body)
	if r.Header.Get("Content-Digest") != "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":" {
		return "", wire.ProblemSignature
	}
	for public := range a.known(body) {
		r.Body = io.NopCloser(bytes.NewReader(body))
		raw, _ := base64.StdEncoding.DecodeString(public)
		_, err := httpsig.Verify(r, &oneKey{raw}, httpsig.VerifyProfile{
			SignatureLabel: label, AllowedAlgorithms: []httpsig.Algorithm{httpsig.Algo_ED25519},
			RequiredFields:   httpsig.Fields(reqsign.Components()...),
			RequiredMetadata: []httpsig.Metadata{httpsig.MetaCreated, httpsig.MetaNonce, httpsig.MetaKeyID, httpsig.MetaTag},
			// The time is looked at below: this server has a clock of its own.
			DisableTimeEnforcement: true,
		})
		if err == nil {
			return public, a.clock(r)
		}
	}
	return "", wire.ProblemSignature
}

// known are the keys on the list and the one that a request itself names.
func (a *authority) known(body []byte) map[string]bool {
	all := map[string]bool{}
	for k := range a.keys {
		all[k] = true
	}
	var request wire.EnrollRequest
	if json.Unmarshal(body, &request) == nil && request.SigningKey != "" {
		all[request.SigningKey] = true
	}
	return all
}

func (a *authority) clock(r *http.Request) string {
	_, rest, _ := strings.Cut(r.Header.Get("Signature-Input"), "created=")
	var created int64
	_, _ = fmt.Sscanf(rest, "%d", &created)
	if time.Unix(created, 0).Sub(time.Now().Add(a.ahead)).Abs() > reqsign.Window {
		return wire.ProblemClock
	}
	return ""
}

type oneKey struct{ public ed25519.PublicKey }

func (k *oneKey) FetchByKeyID(_ context.Context, _ http.Header, id string) (httpsig.KeySpecer, error) {
	if id != reqsign.Fingerprint(k.public) {
		return nil, fmt.Errorf("not the key %s", id)
	}
	return httpsig.KeySpec{KeyID: id, Algo: httpsig.Algo_ED25519, PubKey: k.public}, nil
}

func (k *oneKey) Fetch(context.Context, http.Header, httpsig.MetadataProvider) (httpsig.KeySpecer, error) {
	return nil, fmt.Errorf("a signature without a key's name")
}

func problemOf(status int, kind string) (*http.Response, error) {
	return respond(status, fmt.Sprintf(`{"type":"https://example.org/problems/%s","title":"no","status":%d}`, kind, status), isProblem)
}

// mac is an uplink of a Mac with keys of its own.
type mac struct {
	*uplink.Uplink
	client  *uplink.Client
	keys    *identity.Identity
	queue   *queue
	server  *authority
	folder  string
	secret  error // why it cannot be read
	active  int
	used    int
	arrived chan struct{}
}

// enrolling runs a Mac with one report against an authority.
func enrolling(t *testing.T, a *authority, test func(*testing.T, *mac)) {
	t.Helper()
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		keys, err := identity.Open(folder, "https://server.example")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Bind(identity.Hardware{UUID: "0B6E6E1B", Serial: "FVTEST0003"}, time.Now()); err != nil {
			t.Fatal(err)
		}
		m := &mac{keys: keys, queue: filled(1), server: a, folder: folder, arrived: make(chan struct{}, 1)}
		m.client = newClient(t, uplink.Options{URL: "https://SERVER.example:443", Via: a, Identity: keys, Enrollment: uplink.Enrolling{
			Device: func() wire.Device { return wire.Device{Serial: "FVTEST0003"} },
			Secret: func() (secret.Text, error) {
				if m.secret != nil {
					return secret.Text{}, m.secret
				}
				if m.used > 0 {
					return secret.Text{}, fs.ErrNotExist
				}
				return secret.New("open sesame"), nil
			},
			Used:   func() error { m.used++; return nil },
			Active: func() { m.active++ },
		}})
		m.Uplink = uplink.New(m.queue, m.client, func(wire.Next) {}, zap.NewNop())
		go m.Run(t.Context(), m.arrived)
		synctest.Wait()
		test(t, m)
	})
}

func (m *mac) send(t *testing.T) {
	t.Helper()
	m.queue.add(queued(99))
	m.arrived <- struct{}{}
	synctest.Wait()
}

func (m *mac) want(t *testing.T, trouble wire.Trouble, state wire.EnrollState) {
	t.Helper()
	if s := m.State(); s.Trouble != trouble || s.Enrollment != state || (s.LastError == "") != (trouble == "") {
		t.Errorf("state %+v, want trouble %q and enrolment %q", s, trouble, state)
	}
}

func TestMacEnrolsBeforeItsFirstBatch(t *testing.T) {
	t.Parallel()
	enrolling(t, newAuthority(wire.EnrollActive), func(t *testing.T, m *mac) {
		m.queue.want(t, 0)
		m.want(t, "", wire.EnrollActive)
		if m.active != 1 || m.used != 1 || m.State().DeviceID != "device-1" {
			t.Errorf("active %d, used %d", m.active, m.used)
		}
		m.send(t)
		m.queue.want(t, 0)
		if want := []string{wire.EnrollPath, "/v1/reports", "/v1/reports"}; !slices.Equal(m.server.seen, want) || !slices.Equal(m.server.secrets, []string{"open sesame"}) {
			t.Errorf("requests %q", m.server.seen)
		}
	})
}

func TestPendingMacAsksAgainAndKeepsItsReports(t *testing.T) {
	t.Parallel()
	enrolling(t, newAuthority(wire.EnrollPending), func(t *testing.T, m *mac) {
		m.want(t, wire.TroublePending, wire.EnrollPending)
		if next := time.Until(*m.State().NextTry); next < time.Minute || next > time.Hour {
			t.Errorf("next try in %s", next)
		}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		m.queue.want(t, 1)
		if n := len(m.server.seen); n < 24 || n > 80 || slices.Contains(m.server.seen, "/v1/reports") {
			t.Errorf("%d requests in a day", n)
		}
		m.server.now(func() {
			for key := range m.server.keys {
				m.server.keys[key] = wire.EnrollActive // a person approves
			}
		})
		time.Sleep(time.Hour)
		synctest.Wait()
		m.queue.want(t, 0)
		m.want(t, "", wire.EnrollActive)
		if m.active != 1 || m.used != 1 || slices.Contains(m.server.secrets, "") {
			t.Errorf("active %d, used %d: a key that waits needs the secret still, if the server forgets it", m.active, m.used)
		}
	})
}

// What a server has against an enrolment says nothing about the reports that wait.
func TestRefusedEnrolmentCostsNoReport(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			a := newAuthority(wire.EnrollActive)
			a.refuses = status
			enrolling(t, a, func(t *testing.T, m *mac) {
				m.queue.add(queued(2))
				time.Sleep(time.Hour)
				synctest.Wait()
				m.queue.want(t, 2)
				m.want(t, wire.TroubleRefused, "")
				m.server.now(func() { m.server.refuses = 0 })
				time.Sleep(time.Hour)
				synctest.Wait()
				m.queue.want(t, 0)
			})
		})
	}
}

func TestWrongClockIsSignedByTheServersOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		ahead time.Duration
		taken bool
	}{
		{"a little", time.Minute, true},
		{"hours behind", 3 * time.Hour, true},
		{"days ahead", -72 * time.Hour, true},
		{"years", 3 * 366 * 24 * time.Hour, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := newAuthority(wire.EnrollActive)
			a.ahead = tc.ahead
			enrolling(t, a, func(t *testing.T, m *mac) {
				waiting, trouble := 0, wire.TroubleClock
				if !tc.taken {
					waiting = 1
				}
				if tc.ahead < reqsign.Window && tc.ahead > 0 {
					trouble = ""
				}
				m.queue.want(t, waiting)
				if s := m.State(); s.Trouble != trouble {
					t.Errorf("state %+v", s)
				}
				if n := len(a.seen); n > 3 {
					t.Errorf("%d requests", n)
				}
				a.now(func() { a.ahead = 0 }) // the clock is set right
				m.send(t)
				time.Sleep(time.Hour)
				synctest.Wait()
				m.queue.want(t, 0)
				m.want(t, "", wire.EnrollActive)
			})
		})
	}
}

func TestRefusalsOfAKey(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		problem string
		trouble wire.Trouble
		newKey  bool
	}{
		{wire.ProblemUnknownKey, wire.TroubleRefused, false},
		{wire.ProblemSignature, wire.TroubleRefused, false},
		{wire.ProblemDevice, wire.TroubleRefused, false},
		{wire.ProblemPending, wire.TroublePending, false},
		{wire.ProblemRevoked, wire.TroubleRevoked, true},
	} {
		t.Run(tc.problem, func(t *testing.T) {
			t.Parallel()
			enrolling(t, newAuthority(wire.EnrollActive), func(t *testing.T, m *mac) {
				m.server.now(func() { m.server.problems = []string{tc.problem} })
				m.send(t)
				if s := m.State(); s.Trouble != tc.trouble {
					t.Errorf("state %+v", s)
				}
				time.Sleep(2 * time.Hour)
				synctest.Wait()
				m.queue.want(t, 0)
				enrolments := 0
				for _, path := range m.server.seen {
					if path == wire.EnrollPath {
						enrolments++
					}
				}
				if enrolments != 2 || (len(m.server.keys) == 2) != tc.newKey {
					t.Errorf("%d enrolments, %d keys", enrolments, len(m.server.keys))
				}
			})
		})
	}
}

// A server that forgets every key is enrolled with once in an hour, and no oftener.
func TestForgetfulServerIsNotPressed(t *testing.T) {
	t.Parallel()
	enrolling(t, newAuthority(wire.EnrollActive), func(t *testing.T, m *mac) {
		m.server.now(func() { m.server.problems = slices.Repeat([]string{wire.ProblemUnknownKey}, 1000) })
		m.send(t)
		time.Sleep(10 * time.Hour)
		synctest.Wait()
		if n := len(m.server.secrets); n < 5 || n > 12 {
			t.Errorf("%d enrolments in ten hours", n)
		}
		m.queue.want(t, 1)
	})
}

func TestRotationEvenIfTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, lost := range []int{0, 1, 3} {
		t.Run(fmt.Sprint(lost, " answers lost"), func(t *testing.T) {
			t.Parallel()
			enrolling(t, newAuthority(wire.EnrollActive), func(t *testing.T, m *mac) {
				if err := m.keys.Rotate(time.Now()); err != nil {
					t.Fatal(err)
				}
				m.server.now(func() { m.server.lost = lost })
				m.send(t)
				time.Sleep(time.Hour)
				synctest.Wait()
				m.queue.want(t, 0)
				m.want(t, "", wire.EnrollActive)
				if why, _ := m.keys.Origin(); why != identity.Rotated || len(m.server.keys) != 2 || m.active != 1 {
					t.Errorf("made because %s, %d keys, active %d times", why, len(m.server.keys), m.active)
				}
			})
		})
	}
}

// A server without an enrolment takes signed reports like any others.
func TestServerWithoutEnrolment(t *testing.T) {
	t.Parallel()
	s := &server{answer: ackAll}
	via := roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == wire.EnrollPath {
			return respond(http.StatusNotFound, "404 page not found")
		}
		return s.RoundTrip(r)
	})
	keys, err := identity.Open(t.TempDir(), "https://server.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Bind(identity.Hardware{UUID: "0B6E6E1B"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	client := newClient(t, uplink.Options{URL: "https://server.example", Via: via, Identity: keys})
	if answer, err := client.Post(t.Context(), []wire.Queued{queued(1)}); err != nil || len(answer.Acked) != 1 {
		t.Fatalf("%+v, %v", answer, err)
	}
	if h := s.exchanges()[0].request.Header; h.Get("Signature") == "" || h.Get("Authorization") != "" {
		t.Errorf("header %v", h)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
