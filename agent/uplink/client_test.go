package uplink_test

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/tokenward/tokenward/agent/identity"
	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestRequestIsWhatTheServerExpects(t *testing.T) {
	t.Parallel()
	s := &server{answer: ackAll}
	client := newClient(t, uplink.Options{URL: "https://server.example:8443/base/", Via: s})
	answer, err := client.Post(t.Context(), []wire.Queued{queued(1), queued(2)})
	if err != nil || len(answer.Acked) != 2 {
		t.Fatalf("Post = %+v, %v", answer, err)
	}
	r := s.exchanges()[0].request
	if got := r.Method + " " + r.URL.String(); got != "POST https://server.example:8443/base/v1/reports" {
		t.Errorf("request: %s", got)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Content-Encoding": "gzip", "Accept": "application/json",
		"User-Agent": "tokenward/test", "Authorization": "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// To a server the same ID with other bytes is another report, so nothing on the
// way may tidy up.
func TestReportsAreSentByteForByte(t *testing.T) {
	t.Parallel()
	reports := []string{
		`{"report_id":"a"}`,
		"{ \"report_id\" :\t\"b\",\n  \"n\": 1.0e+2 }\n",
		`{"report_id":"c","name":"<b>&amp;</b> \u003c ü` + "\u2028" + `"}`,
		`{"report_id":"d","report_id":"d","n":123456789012345678901234567890}`,
	}
	var batch []wire.Queued
	for i, data := range reports {
		batch = append(batch, wire.Queued{ID: string(rune('a' + i)), Seq: uint64(i), Data: []byte(data)})
	}
	s := &server{answer: ackAll}
	if _, err := newClient(t, uplink.Options{URL: "https://server.example", Via: s}).Post(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	for i, raw := range s.exchanges()[0].raw {
		if want := strings.TrimSpace(reports[i]); string(raw) != want {
			t.Errorf("sent %s, want %s", raw, want)
		}
	}
}

func TestTokenIsReadForEveryBatch(t *testing.T) {
	t.Parallel()
	tokens := []string{"first", "second", ""}
	s := &server{answer: ackAll}
	read := 0
	client := newClient(t, uplink.Options{URL: "https://server.example", Via: s, Token: func() (secret.Text, error) {
		read++
		return secret.New(tokens[read-1]), nil
	}})
	for i, want := range []string{"Bearer first", "Bearer second", ""} {
		if _, err := client.Post(t.Context(), []wire.Queued{queued(1)}); err != nil {
			t.Fatal(err)
		}
		if got := s.exchanges()[i].request.Header.Get("Authorization"); got != want {
			t.Errorf("batch %d: Authorization %q, want %q", i+1, got, want)
		}
	}
}

func TestNothingIsSentWithoutTheToken(t *testing.T) {
	t.Parallel()
	s := &server{answer: ackAll}
	unreadable := errors.New("not safe to trust")
	client := newClient(t, uplink.Options{URL: "https://server.example", Via: s, Token: func() (secret.Text, error) {
		return secret.Text{}, unreadable
	}})
	if _, err := client.Post(t.Context(), []wire.Queued{queued(1)}); !errors.Is(err, unreadable) {
		t.Errorf("Post = %v", err)
	}
	if n := len(s.exchanges()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestTokenShowsNowhere lets everything go wrong that can, and reads the log.
func TestTokenShowsNowhere(t *testing.T) {
	t.Parallel()
	const token = "s3cret-t0ken"
	for _, tc := range []struct {
		name, token string
		via         http.RoundTripper // nil: the network
	}{
		{"no server", token, nil},
		{"refused", token, &server{answer: always(http.StatusUnauthorized, `{"detail":"no such token"}`)}},
		{"rejected", token, &server{answer: always(http.StatusBadRequest, badReports, isProblem)}},
		{"no answer of a server", token, &server{answer: always(http.StatusOK, "<html>")}},
		{"moved", token, &server{answer: always(http.StatusFound, "", "Location: https://elsewhere.example")}},
		{"two lines", token + "\n" + token, nil},
		{"delivered", token, &server{answer: ackAll}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, uplink.Options{URL: "http://127.0.0.1:1", Via: tc.via, Timeout: time.Second, Token: func() (secret.Text, error) {
				return secret.New(tc.token), nil
			}})
			_, err := client.Post(t.Context(), []wire.Queued{queued(1)})
			if shown := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(shown, token) {
				t.Errorf("the error shows the token: %s", shown)
			}
		})
	}
	t.Run("log", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			core, logged := observer.New(zap.DebugLevel)
			s := &server{answer: always(http.StatusUnauthorized, "")}
			client := newClient(t, uplink.Options{URL: "https://server.example", Via: s, Token: func() (secret.Text, error) {
				return secret.New(token), nil
			}})
			u := uplink.New(filled(60), client, func(wire.Next) {}, zap.New(core))
			go u.Run(t.Context(), nil)
			time.Sleep(time.Hour)
			s.now(always(http.StatusBadRequest, badReports, isProblem))
			time.Sleep(patient)
			if logged.FilterMessage("report refused for good").Len() != 60 || logged.FilterMessage("reports not delivered").Len() == 0 {
				t.Errorf("%d lines in the log", logged.Len())
			}
			for _, entry := range logged.All() {
				if line := fmt.Sprint(entry.Message, entry.ContextMap()); strings.Contains(line, token) {
					t.Errorf("the log shows the token: %s", line)
				}
			}
		})
	})
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			var reached atomic.Bool
			elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
			t.Cleanup(elsewhere.Close)
			here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", elsewhere.URL)
				w.WriteHeader(status)
			}))
			t.Cleanup(here.Close)
			client := newClient(t, uplink.Options{URL: here.URL, Timeout: timeout, Token: func() (secret.Text, error) {
				return secret.New("token"), nil
			}})
			_, err := client.Post(t.Context(), []wire.Queued{queued(1)})
			var refused *uplink.RefusedError
			if !errors.As(err, &refused) || refused.Status != status {
				t.Errorf("Post = %v, want the %d itself", err, status)
			}
			if reached.Load() {
				t.Error("the redirect was followed")
			}
		})
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	hang := func(r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is the end of the connection seen
		<-r.Context().Done()
	}
	acknowledge := func(w http.ResponseWriter, r *http.Request) {
		ids, _, err := decode(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(wire.Answer{Acked: ids})
	}
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		want   string // in the error
	}{
		{"an answer", acknowledge, ""},
		{"a reset connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		{"no answer", func(_ http.ResponseWriter, r *http.Request) { hang(r) }, "imeout"},
		{"half an answer and then nothing", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"acked":["report-01"`)
			_ = http.NewResponseController(w).Flush()
			hang(r)
		}, "exceeded"},
		{"a shorter answer than announced", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"acked":["report-01"]}`)
		}, "unexpected EOF"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(tc.answer)
			t.Cleanup(s.Close)
			client := newClient(t, uplink.Options{URL: s.URL, Timeout: 300 * time.Millisecond})
			if tc.want == "" {
				client = newClient(t, uplink.Options{URL: s.URL, Timeout: timeout})
			}
			_, err := client.Post(t.Context(), []wire.Queued{queued(1)})
			if (err == nil) != (tc.want == "") || (err != nil && !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("Post = %v, want %q", err, tc.want)
			}
		})
	}
}

func TestServerMustProveWhoItIs(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"acked":["report-01"]}`)
	}))
	s.Config.ErrorLog = zap.NewStdLog(zap.NewNop()) // it complains of clients that do not trust it
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	for _, tc := range []struct {
		name  string
		roots *x509.CertPool
		ok    bool
	}{
		{"unknown to the system", nil, false},
		{"unknown to the site", x509.NewCertPool(), false},
		{"known", roots, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, uplink.Options{URL: s.URL, Timeout: timeout, Roots: tc.roots})
			if _, err := client.Post(t.Context(), []wire.Queued{queued(1)}); (err == nil) != tc.ok {
				t.Errorf("Post = %v", err)
			}
		})
	}
}

func TestURLThatIsNone(t *testing.T) {
	t.Parallel()
	keys, err := identity.Open(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []uplink.Options{{URL: "https://[broken"}, {URL: "/no/host"}, {URL: "https://server.example/a%2Fb", Identity: keys}} {
		if _, err := uplink.NewClient(o); err == nil {
			t.Errorf("%s: no error", o.URL)
		}
	}
}
