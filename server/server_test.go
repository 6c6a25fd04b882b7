package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is the whole server without a port, on a database of its own.
type site struct {
	*testing.T

	handler http.Handler
}

func newSite(t *testing.T, tokens *auth.Tokens) site {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	handler, err := server.New(st, server.Access{Tokens: tokens}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	return site{t, handler}
}

func (s site) do(method, target, body string, header ...string) *httptest.ResponseRecorder {
	s.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:8480"+target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// get returns the body of an answer that must be a 200.
func (s site) get(target string) string {
	s.Helper()
	w := s.do(http.MethodGet, target, "")
	if w.Code != http.StatusOK {
		s.Fatalf("GET %s: %d %s", target, w.Code, w.Body)
	}
	return w.Body.String()
}

// send sends reports that must all be acked.
func (s site) send(reports ...wire.Report) {
	s.Helper()
	b := wire.Batch{}
	for _, r := range reports {
		raw, err := json.Marshal(r)
		if err != nil {
			s.Fatal(err)
		}
		b.Reports = append(b.Reports, raw)
	}
	body, err := json.Marshal(b)
	if err != nil {
		s.Fatal(err)
	}
	w := s.do(http.MethodPost, "/v1/reports", string(body))
	var a wire.Answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); w.Code != http.StatusOK || err != nil || len(a.Acked) != len(reports) {
		s.Fatalf("POST: %d %s", w.Code, w.Body)
	}
}

// report is a snapshot of the Mac number n.
func report(n int, seq uint64) wire.Report {
	return wire.Report{
		Schema: wire.ReportSchema, SchemaVersion: wire.SchemaVersion, Kind: wire.Snapshot, Seq: seq, StateHash: fmt.Sprint(seq),
		ReportID: fmt.Sprintf("0198c0de-0000-7000-8000-%06d%06d", n, seq),
		Epoch:    fmt.Sprintf("0a000000-0000-4000-8000-%012d", n),
		Device: wire.Device{
			HardwareUUID: fmt.Sprintf("AAAAAAAA-0000-4000-8000-%012d", n), Serial: fmt.Sprintf("C02%04d", n),
			Name: fmt.Sprintf("Mac %d", n), OS: wire.OS{Version: "15.7.1"},
		},
	}
}

func id(n int) string { return fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", n) } //nolint:unparam // reads as what it is

// timeless replaces what differs from run to run.
func timeless(text string) string {
	return regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]*Z"`).ReplaceAllString(text, `"TIME"`)
}

func (s site) expect(what, got, want string) {
	s.Helper()
	if got != want {
		s.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func TestEmptyFleet(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.expect("summary", s.get("/v1/summary"),
		`{"devices":0,"verdicts":{"critical":0,"degraded":0,"ok":0,"unknown":0},"findings":[],"forecasts":{}}`)
	s.expect("devices", s.get("/v1/devices"), `{"devices":[],"next_cursor":null}`)
	s.expect("health", s.get("/healthz"), `{"status":"ok"}`)
	s.expect("readiness", s.get("/readyz"), `{"status":"ok"}`)
	if page := s.get("/"); !strings.Contains(page, "http://127.0.0.1:8480/v1/reports") {
		t.Errorf("the page does not say where to send reports:\n%s", page)
	}
}

func TestOneMac(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	r := report(1, 2)
	r.Findings = []wire.Finding{{Code: "B"}, {Code: "A"}, {Code: "A"}}
	const forecasts = `[{"name":"hold_restart","subject":"device","answer":"yes"},{"name":"can_wipe_silently","subject":"device"},
		{"name":"safe_to_reset","subject":"SOMEBODY","answer":"no"},{"name":"No Name","subject":"device"}]`
	if err := json.Unmarshal([]byte(forecasts), &r.Forecasts); err != nil {
		t.Fatal(err)
	}
	s.send(r)
	row := `{"id":"` + id(1) + `","serial":"C020001","name":"Mac 1","verdict":"unknown","findings":["A","B"],"hold_restart":"yes","last_seen":"TIME"}`
	s.expect("list", timeless(s.get("/v1/devices")), `{"devices":[`+row+`],"next_cursor":null}`)
	s.expect("history", timeless(s.get("/v1/devices/"+id(1)+"/history")),
		`{"reports":[{"report_id":"0198c0de-0000-7000-8000-000001000002","epoch":"0a000000-0000-4000-8000-000000000001",`+
			`"seq":2,"kind":"snapshot","verdict":"unknown","findings":["A","B"],"observed_at":"TIME","received_at":"TIME"}],"next_cursor":null}`)

	var detail struct {
		Device   json.RawMessage
		Report   wire.Report
		Delivery struct {
			Outdated bool
			Epochs   []struct{ Missing int }
		}
	}
	if err := json.Unmarshal([]byte(s.get("/v1/devices/"+id(1))), &detail); err != nil {
		t.Fatal(err)
	}
	s.expect("device", timeless(string(detail.Device)), row)
	s.expect("report", detail.Report.ReportID, r.ReportID)
	s.expect("delivery", fmt.Sprint(detail.Delivery), "{false [{1}]}")
	s.expect("counts", s.get("/v1/summary"),
		`{"devices":1,"verdicts":{"critical":0,"degraded":0,"ok":0,"unknown":1},`+
			`"findings":[{"code":"A","devices":1},{"code":"B","devices":1}],"forecasts":{`+
			`"can_wipe_silently":{"yes":0,"no":0,"unknown":1},"hold_restart":{"yes":1,"no":0,"unknown":0}}}`)
	s.expect("held", timeless(s.get("/v1/devices?hold_restart=yes")), `{"devices":[`+row+`],"next_cursor":null}`)
	s.expect("not held", s.get("/v1/devices?hold_restart=no"), `{"devices":[],"next_cursor":null}`)
}

func TestHeartbeatOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	r := report(1, 1)
	r.Kind = wire.Heartbeat
	s.send(r)
	if body := s.get("/v1/devices/" + id(1)); !strings.Contains(body, `"report":null`) {
		t.Errorf("got %s", body)
	}
	if page := s.get("/devices/" + id(1)); !strings.Contains(page, "no full report yet") {
		t.Errorf("the page does not say so:\n%s", page)
	}
}

func TestPagesOfTheList(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for n := range 5 {
		s.send(report(n, 1))
	}
	seen, cursor := 0, ""
	for {
		var list wire.DeviceList
		if err := json.Unmarshal([]byte(s.get("/v1/devices?limit=2&cursor="+cursor)), &list); err != nil {
			t.Fatal(err)
		}
		seen += len(list.Devices)
		if list.NextCursor == nil {
			break
		}
		cursor = *list.NextCursor
	}
	if seen != 5 {
		t.Errorf("saw %d devices", seen)
	}
	if page := s.get("/?limit=2&q=Mac"); !strings.Contains(page, "limit=2&amp;q=Mac") || !strings.Contains(page, "Next page") {
		t.Errorf("no link to the next page:\n%s", page)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	cases := []struct {
		method, target string
		want           int
		detail, allow  string
	}{
		{"GET", "/v1/devices/nobody", 404, "no such device", ""},
		{"GET", "/v1/devices/nobody/history", 404, "no such device", ""},
		{"GET", "/v1/devices/..%2f..%2fetc", 404, "no such device", ""},
		{"GET", "/v1/nothing", 404, "nothing at this path", ""},
		{"GET", "/style.css/", 404, "nothing at this path", ""},
		{"GET", "/v1/devices?limit=x", 400, `"limit"`, ""},
		{"GET", "/v1/devices?verdict=fine", 400, `"verdict"`, ""},
		{"GET", "/v1/devices?finding=%27", 400, `"finding"`, ""},
		{"GET", "/v1/devices?cursor=abc", 400, `"cursor"`, ""},
		{"GET", "/v1/devices?colour=red", 400, `"colour"`, ""},
		{"GET", "/v1/reports", 405, "POST", "POST"},
		{"POST", "/v1/devices", 405, "GET", "GET, HEAD"},
		{"DELETE", "/v1/devices/x", 405, "GET", "GET, HEAD"},
		{"PUT", "/", 405, "GET", "GET, HEAD"},
	}
	for _, c := range cases {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			t.Parallel()
			w := s.do(c.method, c.target, "")
			var p wire.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != c.want || p.Status != c.want {
				t.Fatalf("got %d %s, want %d", w.Code, w.Body, c.want)
			}
			if !strings.Contains(p.Detail, c.detail) || w.Header().Get("Allow") != c.allow {
				t.Errorf("got %+v with Allow %q", p, w.Header().Get("Allow"))
			}
			if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
				t.Errorf("the type is %s", kind)
			}
		})
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	cases := []struct {
		name, host string
		want       int
	}{
		{"IPv4", "127.0.0.1:8480", 200},
		{"another loopback address", "127.9.9.9", 200},
		{"IPv6", "[::1]:8480", 200},
		{"localhost", "LocalHost:8480", 200},
		{"a rebound name", "evil.example:8480", 421},
		{"a name that looks like one", "127.0.0.1.evil.example", 421},
		{"a name of localhost", "x.localhost", 421},
		{"another address", "10.0.0.1:8480", 421},
		{"all addresses", "0.0.0.0:8480", 421},
		{"none", "", 421},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/v1/summary", nil)
			r.Host = c.host
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("got %d, want %d", w.Code, c.want)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Access-Control-Allow-Origin": "",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s is %q", name, got)
				}
			}
			if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
				t.Errorf("the policy is %q", policy)
			}
		})
	}
}

func TestForeignPagesCannotSend(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		if w := s.do(http.MethodPost, "/v1/reports", `{"reports":[]}`, header...); w.Code != http.StatusForbidden {
			t.Errorf("%v: got %d", header, w.Code)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(path, []byte("0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	tokens, err := auth.ReadTokens(path)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, &tokens)
	if w := s.do(http.MethodPost, "/v1/reports", `{"reports":[]}`); w.Code != http.StatusUnauthorized {
		t.Errorf("without a token: %d", w.Code)
	}
	if w := s.do(http.MethodPost, "/v1/reports", `{"reports":[]}`, "Authorization", "Bearer 0123456789abcdef"); w.Code != http.StatusOK {
		t.Errorf("with a token: %d", w.Code)
	}
	s.get("/v1/devices")
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, want string
		config     server.Config
	}{
		{"all addresses", "loopback", server.Config{Listen: ":0"}},
		{"another address", "loopback", server.Config{Listen: "192.0.2.1:80"}},
		{"a name", "loopback", server.Config{Listen: "localhost.example:80"}},
		{"no port", "HOST:PORT", server.Config{Listen: "127.0.0.1"}},
		{"no token file", "no such file", server.Config{Listen: "127.0.0.1:0", TokenFile: "/nonexistent/tokens"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.config.Data = filepath.Join(t.TempDir(), "data")
			err := server.Run(t.Context(), c.config, zap.NewNop())
			if !errors.Is(err, server.ErrConfig) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

// TestRun goes once through a real port, where the guard knows the port too.
func TestRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	config := server.Config{
		Listen: "127.0.0.1:0", Data: filepath.Join(t.TempDir(), "data"),
		Ready: func(url string) { ready <- url },
	}
	go func() { done <- server.Run(ctx, config, zap.NewNop()) }()
	url := <-ready
	for host, want := range map[string]int{"": 200, "127.0.0.1:1": 421} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", bytes.NewReader(nil))
		if err != nil {
			t.Fatal(err)
		}
		r.Host, r.Close = host, true
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != want {
			t.Errorf("host %q: got %s, want %d", host, answer.Status, want)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}
