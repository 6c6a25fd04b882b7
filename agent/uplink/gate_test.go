package uplink_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/identity"
	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/wire"
)

const mebibyte = 1 << 20

// An answer is taken whole or not at all.
func TestLongestAnswer(t *testing.T) {
	t.Parallel()
	padded := func(body string, size int) string { return body + strings.Repeat(" ", size-len(body)) }
	for _, tc := range []struct {
		name  string
		size  int
		taken bool
	}{{"as long as may be", mebibyte, true}, {"one byte more", mebibyte + 1, false}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := &server{answer: always(200, padded(`{"acked":["report-01"]}`, tc.size), isJSON)}
			_, err := newClient(t, uplink.Options{URL: "https://server.example", Via: s}).Post(t.Context(), []wire.Queued{queued(1)})
			if (err == nil) != tc.taken {
				t.Errorf("Post = %v", err)
			}
		})
	}
}

// signed is a client of a Mac with keys, and the paths that it asked for.
func signed(t *testing.T, enrolment func() (*http.Response, error), reports func() (*http.Response, error)) (c *uplink.Client, asked func() []string) {
	t.Helper()
	keys, err := identity.Open(t.TempDir(), "https://server.example")
	if err == nil {
		_, err = keys.Bind(identity.Hardware{UUID: "0B6E6E1B"}, time.Now())
	}
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	via := roundTrip(func(r *http.Request) (*http.Response, error) {
		paths = append(paths, r.URL.Path)
		if r.URL.Path == wire.EnrollPath {
			return enrolment()
		}
		return reports()
	})
	return newClient(t, uplink.Options{URL: "https://server.example", Via: via, Identity: keys}), func() []string { return paths }
}

// A page that says 200 enrols nobody.
func TestEnrolmentAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	const ok = `{"device_id":"d1","state":"active"}`
	for _, tc := range []struct {
		name, kind, body string
		taken            bool
	}{
		{"the server's", isJSON, ok, true},
		{"a portal's", "Content-Type: text/html", ok, false},
		{"without a type", "X-None: 1", ok, false},
		{"without a device", isJSON, `{"state":"active"}`, false},
		{"without a state", isJSON, `{"device_id":"d1"}`, false},
		{"the longest name", isJSON, `{"device_id":"` + strings.Repeat("d", 128) + `","state":"active"}`, true},
		{"a longer name", isJSON, `{"device_id":"` + strings.Repeat("d", 129) + `","state":"active"}`, false},
		{"too long", isJSON, ok + strings.Repeat(" ", mebibyte), false},
		{"half", isJSON, ok[:20], false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, asked := signed(t,
				func() (*http.Response, error) { return respond(200, tc.body, tc.kind) },
				func() (*http.Response, error) { return respond(200, `{"acked":["report-01"]}`, isJSON) })
			_, err := c.Post(t.Context(), []wire.Queued{queued(1)})
			state, _ := c.Standing()
			if (err == nil) != tc.taken || (state == wire.EnrollActive) != tc.taken || slices.Contains(asked(), "/v1/reports") != tc.taken {
				t.Errorf("Post = %v, state %q, asked %q", err, state, asked())
			}
		})
	}
}

// A server without an enrolment is asked for one once in an hour, and at once where it
// says that it does not know the key.
func TestServerWithoutEnrolmentIsAskedOnceInAnHour(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				unknown := false
				c, asked := signed(t,
					func() (*http.Response, error) { return respond(status, "") },
					func() (*http.Response, error) {
						if unknown {
							return problemOf(http.StatusUnauthorized, wire.ProblemUnknownKey)
						}
						return respond(200, `{"acked":["report-01"]}`, isJSON)
					})
				post := func(fails bool) {
					t.Helper()
					if _, err := c.Post(t.Context(), []wire.Queued{queued(1)}); (err != nil) != fails {
						t.Errorf("Post = %v", err)
					}
				}
				enrolments := func(want int) {
					t.Helper()
					n := 0
					for _, path := range asked() {
						if path == wire.EnrollPath {
							n++
						}
					}
					if n != want {
						t.Errorf("%d enrolments, want %d", n, want)
					}
				}
				for range 4 {
					post(false)
					time.Sleep(15 * time.Minute)
				}
				enrolments(1)
				post(false)
				enrolments(2)
				unknown = true // it has an enrolment from now on
				post(true)
				post(true)
				enrolments(3)
			})
		})
	}
}

// A person has to act: the server is not pressed meanwhile.
func TestRevokedMacIsPatient(t *testing.T) {
	t.Parallel()
	inBubble(t, filled(1), always(403, `{"type":"revoked"}`, isProblem), func(t *testing.T, r *rig) {
		if wait := time.Until(*r.State().NextTry); wait < time.Minute {
			t.Errorf("the first wait is %s", wait)
		}
		time.Sleep(24 * time.Hour)
		if n := len(r.server.exchanges()); n < 20 || n > 80 {
			t.Errorf("%d tries in a day", n)
		}
	})
}

// A few bytes could unpack to many: nothing that is packed is asked for.
func TestAnswersAreAskedForUnpacked(t *testing.T) {
	t.Parallel()
	encodings := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		encodings <- r.Header.Get("Accept-Encoding")
		acknowledging().ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	if _, err := newClient(t, uplink.Options{URL: s.URL, Proxy: uplink.NoProxy, Timeout: timeout}).Post(t.Context(), []wire.Queued{queued(1)}); err != nil {
		t.Fatal(err)
	}
	if got := <-encodings; got != "" {
		t.Errorf("Accept-Encoding: %s", got)
	}
}

func TestOldTLSIsNotSpoken(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		version uint16
		spoken  bool
	}{{tls.VersionTLS10, false}, {tls.VersionTLS11, false}, {tls.VersionTLS12, true}, {tls.VersionTLS13, true}} {
		t.Run(tls.VersionName(tc.version), func(t *testing.T) {
			t.Parallel()
			pair, pool := certificate(t, "localhost", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
			address := secured(t, &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS10, MaxVersion: tc.version})
			_, err := newClient(t, uplink.Options{URL: address, Roots: pool, Proxy: uplink.NoProxy, Timeout: timeout}).Post(t.Context(), []wire.Queued{queued(1)})
			if (err == nil) != tc.spoken {
				t.Errorf("Post = %v", err)
			}
		})
	}
}

// closing counts how often its connections are given up.
type closing struct {
	roundTrip
	closed int
}

func (c *closing) CloseIdleConnections() { c.closed++ }

// A connection that is half dead must not be what the next try is made on.
func TestConnectionIsGivenUpAfterAnError(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ status, closed int }{{200, 0}, {503, 1}} {
		via := &closing{roundTrip: func(*http.Request) (*http.Response, error) {
			return respond(tc.status, `{"acked":["report-01"]}`, isJSON)
		}}
		client, err := uplink.NewClient(uplink.Options{URL: "https://server.example", Via: via})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Post(t.Context(), []wire.Queued{queued(1)}); (err != nil) != (tc.closed > 0) || via.closed != tc.closed {
			t.Errorf("%d: %v, given up %d times", tc.status, err, via.closed)
		}
	}
}

// dropping is a queue whose first report is another one, once it was refused alone.
type dropping struct {
	*queue
	asked int
}

func (q *dropping) Next(reports int, most int64) ([]wire.Queued, error) {
	if q.asked++; q.asked == 3 { // the spool dropped its oldest meanwhile
		q.mu.Lock()
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
	}
	return q.queue.Next(reports, most)
}

// What is not the first any more is not put aside for what another one was told.
func TestDoubtIsAboutTheReportThatWasRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := func(e exchange) (*http.Response, error) {
			if slices.Contains(e.ids, "report-01") {
				return respond(http.StatusBadRequest, "no")
			}
			return respond(http.StatusNoContent, "")
		}
		q := &dropping{queue: filled(3)}
		client := newClient(t, uplink.Options{URL: "https://collector.example/in", Via: &server{answer: answer}, Format: uplink.Plain, Timeout: timeout})
		go uplink.New(q, client, func(wire.Next) {}, zap.NewNop()).Run(t.Context(), nil)
		time.Sleep(time.Hour)
		synctest.Wait()
		q.want(t, 0)
	})
}
