package uplink_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

// wantTrouble posts one report and looks at what kind of trouble that is.
func wantTrouble(t *testing.T, o uplink.Options, want wire.Trouble, text string) {
	t.Helper()
	_, err := newClient(t, o).Post(t.Context(), []wire.Queued{queued(1)})
	var got *uplink.TroubleError
	if !errors.As(err, &got) || got.Trouble != want || !strings.Contains(got.Text, text) {
		t.Errorf("Post = %v (%+v), want trouble %s with %q", err, got, want, text)
	}
}

func TestAnswersThatAreTrouble(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		answer func(exchange) (*http.Response, error)
		want   wire.Trouble
		text   string
	}{
		{"a portal's page", always(200, "<html>Welcome", "Content-Type: text/html"), wire.TroublePortal, "guest network"},
		{"a portal's redirect", always(302, "", "Location: https://login.airport.example/"), wire.TroublePortal, "guest network"},
		{"a redirect that is none", always(302, "", "Location: http://[broken"), wire.TroubleOther, ""},
		{"a redirect on the same host", always(301, "", "Location: /v2/reports"), wire.TroubleRefused, "does not want"},
		{"network authentication", always(511, "<html>", "Content-Type: text/html"), wire.TroublePortal, ""},
		{"JSON of a middlebox", always(200, `{"status":"ok"}`, isJSON), wire.TroublePortal, ""},
		{"broken JSON", always(200, `{"acked":["report-01"`, isJSON), wire.TroublePortal, ""},
		{"packed without being asked", always(200, "\x1f\x8b\x08\x00bomb", isJSON, "Content-Encoding: gzip"), wire.TroublePortal, ""},
		{"too long an answer", always(200, large(`{"acked":["report-01"]}`), isJSON), wire.TroublePortal, ""},
		{"a proxy that wants a password", always(407, ""), wire.TroubleProxy, "password"},
		{"not authorised", always(401, ""), wire.TroubleRefused, "does not want"},
		{"forbidden", always(403, "<html>"), wire.TroubleRefused, ""},
		{"not found", always(404, ""), wire.TroubleRefused, ""},
		{"a wrong clock", always(401, `{"type":"clock"}`, isProblem), wire.TroubleClock, "clock is wrong"},
		{"a wrong clock, says no server", always(401, `{"type":"clock"}`, isJSON), wire.TroubleRefused, ""},
		{"pending", always(403, `{"type":"urn:problem:pending"}`, isProblem), wire.TroublePending, "approve"},
		{"revoked", always(403, `{"type":"https://example.org/#revoked"}`, isProblem), wire.TroubleRevoked, "revoked"},
		{"no secret", always(403, `{"type":"secret"}`, isProblem), wire.TroubleRefused, "enrolment secret"},
		{"too many requests", always(429, ""), wire.TroubleBusy, "busy"},
		{"bad gateway", always(502, "<html>"), wire.TroubleBusy, ""},
		{"too slow a request", always(408, ""), wire.TroubleBusy, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wantTrouble(t, uplink.Options{URL: "https://server.example", Via: &server{answer: tc.answer}}, tc.want, tc.text)
		})
	}
}

// raw answers every connection by hand.
func raw(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			answer(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String()
}

// asked reads a request whole: a connection that is closed with something unread in
// it is reset, and the answer with it.
func asked(c net.Conn) {
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err == nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
}

// until reads what the client sends, until it gives up.
func until(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

func TestConnectionsThatAreTrouble(t *testing.T) {
	t.Parallel()
	const short = 600 * time.Millisecond
	for _, tc := range []struct {
		name   string
		answer func(net.Conn)
		want   wire.Trouble
	}{
		{"half open", until, wire.TroubleStalled},
		{"the head and no more", func(c net.Conn) {
			asked(c)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"acked")
			until(c)
		}, wire.TroubleStalled},
		{"half a head", func(c net.Conn) {
			asked(c)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Ty")
			until(c)
		}, wire.TroubleStalled},
		{"a shorter answer than announced", func(c net.Conn) {
			asked(c)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"acked\":[]}")
		}, wire.TroubleUnreachable},
		{"reset in the answer", func(c net.Conn) {
			asked(c)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
			_ = c.(*net.TCPConn).SetLinger(0)
		}, wire.TroubleUnreachable},
		{"closed at once", func(net.Conn) {}, wire.TroubleUnreachable},
		{"something that is no HTTP", func(c net.Conn) {
			asked(c)
			_, _ = io.WriteString(c, "220 mail.example ESMTP\r\n\r\n")
		}, wire.TroubleOther},
		{"an endless head", func(c net.Conn) {
			asked(c)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for range 3 << 10 {
				if _, err := fmt.Fprintf(c, "X-%s: y\r\n", strings.Repeat("x", 60)); err != nil {
					return
				}
			}
		}, wire.TroubleOther},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := uplink.Options{URL: raw(t, tc.answer), Timeout: timeout}
			if tc.want == wire.TroubleStalled {
				o.Timeout = short
			}
			wantTrouble(t, o, tc.want, "")
		})
	}
}

// slow gives a byte a second, as long as somebody wants it.
type slow struct {
	ctx context.Context
	all string
}

func (s *slow) Read(p []byte) (int, error) {
	select {
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	case <-time.After(time.Second):
	}
	if s.all == "" {
		return 0, io.EOF
	}
	n := copy(p[:1], s.all)
	s.all = s.all[n:]
	return n, nil
}

// Who dribbles does not hold us for as long as the whole exchange may take.
func TestDribblingAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		via := roundTrip(func(r *http.Request) (*http.Response, error) {
			response, err := respond(200, "", isJSON)
			response.Body = io.NopCloser(&slow{r.Context(), large(`{"acked":["report-01"]}`)})
			return response, err
		})
		began := time.Now()
		wantTrouble(t, uplink.Options{URL: "https://server.example", Via: via, Timeout: 10 * time.Minute}, wire.TroubleStalled, "too slowly")
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	wantTrouble(t, uplink.Options{URL: s.URL, Timeout: timeout}, wire.TroubleUnreachable, "Nobody listens")
}

func TestProxies(t *testing.T) {
	t.Parallel()
	const password = "hunter2"
	answering := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(s.Close)
		return s.URL
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, tc := range []struct{ name, proxy, text string }{
		{"wants a password", answering(407), "password"},
		{"refuses", answering(403), "does not let"},
		{"cannot be reached", gone.URL, "cannot be reached"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			proxy := strings.Replace(tc.proxy, "http://", "http://user:"+password+"@", 1)
			wantTrouble(t, uplink.Options{URL: "https://server.invalid", Proxy: proxy, Timeout: timeout}, wire.TroubleProxy, tc.text)
			_, err := newClient(t, uplink.Options{URL: "https://server.invalid", Proxy: proxy, Timeout: timeout}).Post(t.Context(), []wire.Queued{queued(1)})
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), password) {
				t.Errorf("the password shows: %v", err)
			}
		})
	}
	for _, bad := range []string{"socks5://127.0.0.1:1", "127.0.0.1:3128", "http://", "http://user:" + password + "@[broken", "http://user:" + password + "@%zz"} {
		if _, err := uplink.NewClient(uplink.Options{URL: "https://server.example", Proxy: bad}); err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := uplink.NewClient(uplink.Options{URL: "https://user:" + password + "@server.example"}); err == nil || strings.Contains(err.Error(), password) {
		t.Errorf("a URL with a password: %v", err)
	}
}

func TestReportsGoThroughTheConfiguredProxy(t *testing.T) {
	t.Parallel()
	var through atomic.Int32
	s := httptest.NewServer(acknowledging())
	t.Cleanup(s.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through.Add(1)
		to, _ := url.Parse(s.URL)
		r.URL.Host, r.URL.Scheme = to.Host, to.Scheme
		acknowledging().ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	for _, tc := range []struct {
		proxy string
		want  int32
	}{{proxy.URL, 1}, {uplink.NoProxy, 1}} {
		client := newClient(t, uplink.Options{URL: s.URL, Proxy: tc.proxy, Timeout: timeout})
		if _, err := client.Post(t.Context(), []wire.Queued{queued(1)}); err != nil || through.Load() != tc.want {
			t.Errorf("%s: %v, %d requests through the proxy", tc.proxy, err, through.Load())
		}
	}
}

func acknowledging() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ids, _, err := decode(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		response, _ := say(wire.Answer{Acked: ids})
		_, _ = io.Copy(w, response.Body)
	})
}

func TestUnreadableTokenIsOurOwnTrouble(t *testing.T) {
	t.Parallel()
	wantTrouble(t, uplink.Options{URL: "https://server.example", Via: &server{answer: ackAll}, Token: func() (secret.Text, error) {
		return secret.Text{}, errors.New("not safe to trust")
	}}, wire.TroubleLocal, "agent itself")
}
