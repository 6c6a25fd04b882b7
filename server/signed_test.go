package server_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/store/sqlite"
)

const (
	orgSecret = "the-secret-of-the-organisation"
	base      = "http://127.0.0.1:8480"
)

// fleet is a server that wants signed reports, with somebody of each role.
type fleet struct {
	*testing.T

	handler http.Handler
	tokens  map[auth.Role]string
}

func newFleet(t *testing.T, change func(*server.Access)) *fleet {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	path, tokens := rolesFile(t)
	door, err := auth.NewDoor(path, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := auth.ReadTokens(secretFile(t, orgSecret))
	if err != nil {
		t.Fatal(err)
	}
	access := server.Access{Door: door, Policy: auth.Policy{Secrets: &secrets}}
	if change != nil {
		change(&access)
	}
	handler, err := server.New(st, access, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	return &fleet{t, handler, tokens}
}

func rolesFile(t *testing.T) (string, map[auth.Role]string) {
	t.Helper()
	tokens, text := map[auth.Role]string{}, ""
	for _, role := range []auth.Role{auth.Viewer, auth.Operator, auth.Approver, auth.Admin} {
		token, line, err := auth.NewToken(auth.Person{Name: role.String(), Role: role})
		if err != nil {
			t.Fatal(err)
		}
		tokens[role], text = token, text+line+"\n"
	}
	return secretFile(t, text), tokens
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func keyOf(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func fingerprint(seed byte) string {
	return reqsign.Fingerprint(keyOf(seed).Public().(ed25519.PublicKey))
}

// request is one that was not signed yet.
func request(t testing.TB, target string, body any) (*http.Request, []byte) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, target, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "identity")
	return r, text
}

func sign(t testing.TB, r *http.Request, body []byte, at time.Time, seeds ...byte) *http.Request {
	t.Helper()
	var keys []reqsign.Key
	for i, seed := range seeds {
		keys = append(keys, reqsign.Key{Label: []string{reqsign.Label, reqsign.LabelPrevious}[i], Private: keyOf(seed)})
	}
	if err := reqsign.Sign(r, body, at, keys...); err != nil {
		t.Fatal(err)
	}
	return r
}

func enrolment(mac int, seed byte, secret string) wire.EnrollRequest {
	return wire.EnrollRequest{
		Secret: secret, SigningKey: base64.StdEncoding.EncodeToString(keyOf(seed).Public().(ed25519.PublicKey)),
		Recipient: "age1" + strings.Repeat("q", 58), Device: report(mac, 1).Device,
	}
}

// serve hands a request over as a connection would: the server sees a path and a host,
// not a URL.
func (f *fleet) serve(r *http.Request) *httptest.ResponseRecorder {
	f.Helper()
	in := httptest.NewRequest(r.Method, r.URL.RequestURI(), r.Body)
	in.Header, in.Host, in.ContentLength = r.Header, r.URL.Host, r.ContentLength
	if r.Host != "" {
		in.Host = r.Host
	}
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, in)
	return w
}

// enroll signs with the first seed, and with the second as the former key.
func (f *fleet) enroll(mac int, secret string, seeds ...byte) *httptest.ResponseRecorder {
	f.Helper()
	r, body := request(f, base+wire.EnrollPath, enrolment(mac, seeds[0], secret))
	return f.serve(sign(f, r, body, time.Now(), seeds...))
}

func (f *fleet) report(seed byte, reports ...wire.Report) *httptest.ResponseRecorder {
	f.Helper()
	return f.serve(signedReport(f, base, time.Now(), seed, reports...))
}

func signedReport(t testing.TB, server string, at time.Time, seed byte, reports ...wire.Report) *http.Request {
	t.Helper()
	var batch wire.Batch
	for _, rep := range reports {
		raw, err := json.Marshal(rep)
		if err != nil {
			t.Fatal(err)
		}
		batch.Reports = append(batch.Reports, raw)
	}
	r, body := request(t, server+"/v1/reports", batch)
	return sign(t, r, body, at, seed)
}

func (f *fleet) as(role auth.Role, method, target, body string) *httptest.ResponseRecorder {
	f.Helper()
	r := httptest.NewRequest(method, base+target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+f.tokens[role])
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	return w
}

func (f *fleet) decide(verb string, seed byte) {
	f.Helper()
	if w := f.as(auth.Approver, http.MethodPost, "/v1/enrollments/"+fingerprint(seed)+"/"+verb, `{"reason":"seen it"}`); w.Code != http.StatusOK {
		f.Fatalf("%s: %d %s", verb, w.Code, w.Body)
	}
}

func (f *fleet) code(serial string) string {
	f.Helper()
	var answer wire.CodeAnswer
	w := f.as(auth.Admin, http.MethodPost, "/v1/codes", fmt.Sprintf(`{"serial":%q,"expires_s":3600}`, serial))
	if err := json.Unmarshal(w.Body.Bytes(), &answer); w.Code != http.StatusOK || err != nil {
		f.Fatalf("codes: %d %s", w.Code, w.Body)
	}
	return answer.Code
}

// is fails unless the answer is a 200 with this in it, or a problem of this type.
func (f *fleet) is(what string, w *httptest.ResponseRecorder, status int, want string) {
	f.Helper()
	var p wire.Problem
	_ = json.Unmarshal(w.Body.Bytes(), &p)
	if ok := status == http.StatusOK && strings.Contains(w.Body.String(), want) || p.Type == want; !ok || w.Code != status {
		f.Errorf("%s: %d %s, want %d %s", what, w.Code, w.Body, status, want)
	}
}

func TestAMacFromItsFirstWordToItsLast(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("an unknown key", f.report(1, report(1, 1)), 401, wire.ProblemUnknownKey)
	f.is("no secret", f.enroll(1, "", 1), 403, wire.ProblemSecret)
	f.is("a wrong secret", f.enroll(1, "a guess of the secret", 1), 403, wire.ProblemSecret)
	f.is("the secret", f.enroll(1, orgSecret, 1), 200, `"state":"pending"`)
	f.is("again, without it", f.enroll(1, "", 1), 200, `"state":"pending"`)
	f.is("a report too early", f.report(1, report(1, 1)), 403, wire.ProblemPending)
	f.decide("approve", 1)
	f.is("again", f.enroll(1, "", 1), 200, `{"device_id":"`+id(1)+`","state":"active"}`)
	f.is("a report", f.report(1, report(1, 1)), 200, `"acked":["0198c0de`)
	f.is("a rotation", f.enroll(1, "", 2, 1), 200, `"state":"active"`)
	f.is("again, its answer was lost", f.enroll(1, "", 2, 1), 200, `"state":"active"`)
	f.is("the former key", f.report(1, report(1, 2)), 403, wire.ProblemRevoked)
	f.is("the former key enrols", f.enroll(1, orgSecret, 1), 403, wire.ProblemRevoked)
	f.is("the new key", f.report(2, report(1, 2)), 200, `"acked":["0198c0de`)
	f.decide("revoke", 2)
	f.is("revoked", f.report(2, report(1, 3)), 403, wire.ProblemRevoked)
	f.is("revoked, enrols", f.enroll(1, orgSecret, 2), 403, wire.ProblemRevoked)
	f.is("revoked, rotates", f.enroll(1, orgSecret, 3, 2), 200, `"state":"pending"`)
	f.is("the list", f.as(auth.Viewer, http.MethodGet, "/v1/enrollments?state=pending", ""), 200, `"known":true`)
	f.is("the audit", f.as(auth.Approver, http.MethodGet, "/v1/audit?limit=1", ""), 200, `"by":"approver","action":"revoke","subject":"`+fingerprint(2)+`","detail":"seen it"`)
}

func TestCodesAndSerials(t *testing.T) {
	t.Parallel()
	f := newFleet(t, func(a *server.Access) { a.Policy.BySerial = true })
	code := f.code("")
	f.is("a code", f.enroll(1, code, 1), 200, `"state":"active"`)
	f.is("the same code again", f.enroll(2, code, 2), 403, wire.ProblemSecret)
	f.is("another Mac's code", f.enroll(2, f.code("C020003"), 2), 403, wire.ProblemSecret)
	f.is("a code against a known Mac", f.enroll(1, f.code(""), 3), 200, `"state":"pending"`)
	f.is("the code of that Mac", f.enroll(1, f.code("C020001"), 3), 200, `"state":"active"`)
	f.is("the former key", f.report(1, report(1, 1)), 403, wire.ProblemRevoked)
	f.is("serials", f.as(auth.Admin, http.MethodPost, "/v1/serials", `{"serials":["C020004","c020004","C020005"]}`), 200, `{"added":2}`)
	f.is("a serial alone", f.enroll(4, "", 4), 403, wire.ProblemSecret)
	f.is("a serial with the secret", f.enroll(4, orgSecret, 4), 200, `"state":"active"`)
	f.is("its second key", f.enroll(4, orgSecret, 5), 200, `"state":"pending"`)
	f.is("a column too many", f.as(auth.Admin, http.MethodPost, "/v1/serials", `{"serials":["C02,Anna"]}`), 400, "about:blank")
}

func TestAnotherMac(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("enrol", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	f.is("a cloned disk reports", f.report(1, report(2, 1)), 403, wire.ProblemDevice)
	f.is("a cloned disk enrols", f.enroll(2, orgSecret, 1), 403, wire.ProblemDevice)
	f.is("a cloned disk rotates", f.enroll(2, "", 2, 1), 403, wire.ProblemSecret)
	f.is("what was left of another Mac", f.report(1, report(2, 1), report(1, 1)), 200, `"rejected":[{"report_id":"0198c0de-0000-7000-8000-000002000001","reason":"device`)
	bare := report(1, 2)
	bare.Device = wire.Device{}
	f.is("a Mac that does not know itself", f.report(1, bare), 200, `"acked":["0198c0de`)
	f.is("is known by its key", f.as(auth.Viewer, http.MethodGet, "/v1/devices", ""), 200, `{"devices":[{"id":"`+id(1)+`"`)
	twin := report(3, 1)
	twin.Device.Serial = "C020001"
	r, body := request(t, base+wire.EnrollPath, wire.EnrollRequest{
		Secret: orgSecret, SigningKey: enrolment(3, 3, "").SigningKey, Recipient: "age1" + strings.Repeat("q", 58), Device: twin.Device,
	})
	f.is("the same serial elsewhere", f.serve(sign(t, r, body, time.Now(), 3)), 200, `"state":"pending"`)
	f.is("the first Mac still reports", f.report(1, report(1, 3)), 200, `"acked":["0198c0de`)
}

func TestReplays(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	r, body := request(t, base+wire.EnrollPath, enrolment(1, 1, orgSecret))
	sign(t, r, body, time.Now(), 1)
	f.is("once", f.serve(r), 200, "pending")
	r.Body = io.NopCloser(bytes.NewReader(body))
	f.is("twice", f.serve(r), 401, wire.ProblemSignature)
	f.decide("approve", 1)
	again := signedReport(t, base, time.Now(), 1, report(1, 1))
	text, err := io.ReadAll(again.Body)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again.Body = io.NopCloser(bytes.NewReader(text))
		f.is("a report, any number of times", f.serve(again), 200, `"acked":["0198c0de`)
	}
	var history wire.HistoryPage
	w := f.as(auth.Viewer, http.MethodGet, "/v1/devices/"+id(1)+"/history", "")
	if err := json.Unmarshal(w.Body.Bytes(), &history); err != nil || len(history.Reports) != 1 {
		t.Errorf("it is stored %d times, %v", len(history.Reports), err)
	}
}

func TestClocks(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("enrol", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	for _, c := range []struct {
		name  string
		ahead time.Duration
		want  int
		kind  string
	}{
		{"a little ahead", reqsign.Window - time.Minute, 200, "acked"},
		{"a little behind", -reqsign.Window + time.Minute, 200, "acked"},
		{"ahead", reqsign.Window + time.Minute, 401, wire.ProblemClock},
		{"behind", -reqsign.Window - time.Minute, 401, wire.ProblemClock},
		{"1970", time.Until(time.Unix(1000, 0)), 401, wire.ProblemClock},
	} {
		w := f.serve(signedReport(t, base, time.Now().Add(c.ahead), 1, report(1, 1)))
		f.is(c.name, w, c.want, c.kind)
		date, err := http.ParseTime(w.Header().Get("Date"))
		if off := time.Since(date); c.want == 401 && (err != nil || off < -2*time.Second || off > time.Minute) {
			t.Errorf("%s: Date is %q", c.name, w.Header().Get("Date"))
		}
	}
}

// Whatever of a signed request is changed, it is refused.
func TestChangedRequests(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	for seed := range byte(2) {
		f.is("enrol", f.enroll(int(seed)+1, f.code(""), seed+1), 200, `"state":"active"`)
	}
	in := func(r *http.Request, name, old, fresh string) {
		r.Header.Set(name, strings.Replace(r.Header.Get(name), old, fresh, 1))
	}
	digest := func(r *http.Request, text string) {
		sum := sha256.Sum256([]byte(text))
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	}
	for name, change := range map[string]func(*http.Request){
		"host":                 func(r *http.Request) { r.Host = "127.0.0.2:8480" },
		"query":                func(r *http.Request) { r.URL.RawQuery = "x=1" },
		"escaped path":         func(r *http.Request) { r.URL.RawPath = "/v1/%72eports" },
		"body":                 func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"reports":[]}`)) },
		"body with its digest": func(r *http.Request) { digest(r, `{"reports":[]}`) },
		"encoding":             func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") },
		"no encoding":          func(r *http.Request) { r.Header.Del("Content-Encoding") },
		"two encodings":        func(r *http.Request) { r.Header.Add("Content-Encoding", "identity") },
		"type":                 func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"no type":              func(r *http.Request) { r.Header.Del("Content-Type") },
		"no digest":            func(r *http.Request) { r.Header.Del("Content-Digest") },
		"two digests":          func(r *http.Request) { r.Header.Add("Content-Digest", r.Header.Get("Content-Digest")) },
		"another algorithm":    func(r *http.Request) { in(r, "Content-Digest", "sha-256", "md5") },
		"an empty first digest": func(r *http.Request) {
			r.Header["Content-Digest"] = []string{"", r.Header.Get("Content-Digest")}
		},
		"two algorithms": func(r *http.Request) {
			r.Header.Set("Content-Digest", r.Header.Get("Content-Digest")+", sha-512=:AAAA:")
		},
		"no signature":      func(r *http.Request) { r.Header.Del("Signature") },
		"no input":          func(r *http.Request) { r.Header.Del("Signature-Input") },
		"two signatures":    func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) },
		"two inputs":        func(r *http.Request) { r.Header.Add("Signature-Input", r.Header.Get("Signature-Input")) },
		"key":               func(r *http.Request) { in(r, "Signature-Input", fingerprint(1), fingerprint(2)) },
		"nonce":             func(r *http.Request) { in(r, "Signature-Input", `nonce="`, `nonce="A`) },
		"tag":               func(r *http.Request) { in(r, "Signature-Input", reqsign.Tag, "tokenward-v2") },
		"label":             func(r *http.Request) { in(r, "Signature-Input", "tokenward=", "previous=") },
		"a component less":  func(r *http.Request) { in(r, "Signature-Input", ` "@query"`, "") },
		"a parameter":       func(r *http.Request) { in(r, "Signature-Input", `"content-digest"`, `"content-digest";sf`) },
		"an algorithm":      func(r *http.Request) { in(r, "Signature-Input", ";created", `;alg="hmac-sha256";created`) },
		"an expiry":         func(r *http.Request) { in(r, "Signature-Input", ";tag", ";expires=9999999999;tag") },
		"the key twice":     func(r *http.Request) { in(r, "Signature-Input", ";tag", `;keyid="`+fingerprint(2)+`";tag`) },
		"the label twice":   func(r *http.Request) { r.Header.Set("Signature", strings.Repeat(r.Header.Get("Signature")+", ", 2)) },
		"a bit":             func(r *http.Request) { in(r, "Signature", "=:", "=:A") },
		"another's, signed": func(r *http.Request) { in(r, "Signature", "tokenward", "TOKENWARD") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := signedReport(t, base, time.Now(), 1, report(1, 1))
			change(r)
			g := *f
			g.T = t
			g.is(name, g.serve(r), 401, wire.ProblemSignature)
		})
	}
	t.Run("path", func(t *testing.T) {
		t.Parallel()
		r := signedReport(t, base, time.Now(), 1, report(1, 1))
		r.URL.Path = wire.EnrollPath
		if w := f.serve(r); w.Code == http.StatusOK {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}

func TestBodyIsBoundedBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("enrol", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	r := signedReport(t, base, time.Now(), 1, report(1, 1))
	r.ContentLength = 1 << 30
	f.is("a length", f.serve(r), 413, "about:blank")
	r = signedReport(t, base, time.Now(), 1, report(1, 1))
	r.Body, r.ContentLength = io.NopCloser(io.LimitReader(endless{}, 1<<30)), -1
	f.is("a stream", f.serve(r), 413, "about:blank")
	long := enrolment(1, 1, strings.Repeat("x", 1<<20))
	r, body := request(t, base+wire.EnrollPath, long)
	f.is("an enrolment", f.serve(sign(t, r, body, time.Now(), 1)), 413, "about:blank")
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 10<<20))
	_ = z.Close()
	r, _ = request(t, base+wire.EnrollPath, nil)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(bomb.Bytes())), int64(bomb.Len())
	r.Header.Set("Content-Encoding", "gzip")
	f.is("a bomb", f.serve(sign(t, r, bomb.Bytes(), time.Now(), 1)), 413, "about:blank")
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// What a proxy does to the host decides whether a signature still fits.
func TestBehindATLSProxy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		keeps, named bool
		want         int
		says         string
	}{
		{"keeps the host, which is named", true, true, 200, "acked"},
		{"changes the host, which is named", false, true, 200, "acked"},
		{"keeps the host, which is not named", true, false, 421, "--public-url"},
		{"changes the host, which is not named", false, false, 401, "--public-url"},
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, ", HTTP/2 ", http2), func(t *testing.T) {
				t.Parallel()
				public, behind := newProxy(t, c.keeps, http2)
				f := newFleet(t, func(a *server.Access) {
					if c.named {
						a.Authority = "tokens.example.org"
					}
				})
				behind.Config.Handler = f.handler
				f.is("enrol", enrollAt(f, behind.URL, c.named), 200, "active")
				r := signedReport(t, "https://Tokens.Example.org:443", time.Now(), 1, report(1, 1))
				answer, err := public.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(answer.Body)
				_ = answer.Body.Close()
				if err != nil || answer.StatusCode != c.want || !strings.Contains(string(text), c.says) || answer.ProtoMajor == 2 != http2 {
					t.Errorf("%s %s %s, want %d %s", answer.Proto, answer.Status, text, c.want, c.says)
				}
			})
		}
	}
}

// enrollAt enrols the first Mac under the name that the server believes to have.
func enrollAt(f *fleet, url string, named bool) *httptest.ResponseRecorder {
	f.Helper()
	if named {
		url = "https://tokens.example.org"
	}
	r, body := request(f, url+wire.EnrollPath, enrolment(1, 1, f.code("")))
	return f.serve(sign(f, r, body, time.Now(), 1))
}

// newProxy returns a client that reaches a proxy under any name, and what is behind it.
func newProxy(t *testing.T, keeps, http2 bool) (*http.Client, *httptest.Server) {
	t.Helper()
	behind := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(behind.Close)
	target, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{Transport: transport, Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(target)
		if keeps {
			p.Out.Host = p.In.Host
		}
	}})
	front.EnableHTTP2 = http2
	front.StartTLS()
	t.Cleanup(front.Close)
	client := front.Client()
	outer := client.Transport.(*http.Transport)
	t.Cleanup(outer.CloseIdleConnections)
	outer.TLSClientConfig.ServerName = "example.com"
	outer.TLSClientConfig.MinVersion = tls.VersionTLS12
	outer.DialContext = dialTo(front.Listener.Addr().String())
	return client, behind
}

func TestRoles(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	for target, least := range map[string]auth.Role{
		"GET /": auth.Viewer, "GET /devices/x": auth.Viewer, "GET /v1/summary": auth.Viewer, "GET /v1/devices": auth.Viewer,
		"GET /v1/devices/x": auth.Viewer, "GET /v1/devices/x/history": auth.Viewer, "GET /v1/enrollments": auth.Viewer,
		"POST /v1/enrollments/x/approve": auth.Approver, "POST /v1/enrollments/x/refuse": auth.Approver,
		"POST /v1/enrollments/x/revoke": auth.Approver, "GET /v1/audit": auth.Approver,
		"POST /v1/codes": auth.Admin, "POST /v1/serials": auth.Admin,
	} {
		method, path, _ := strings.Cut(target, " ")
		f.is(target+" of nobody", f.as(0, method, path, ""), 401, "about:blank")
		for _, role := range []auth.Role{auth.Viewer, auth.Operator, auth.Approver, auth.Admin} {
			w := f.as(role, method, path, "")
			if allowed := w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden; allowed != (role >= least) {
				t.Errorf("%s of a %s: %d %s", target, role, w.Code, w.Body)
			}
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/style.css"} {
		f.is(path, f.as(0, http.MethodGet, path, ""), 200, "")
	}
	r := httptest.NewRequest(http.MethodGet, base+"/", nil)
	r.SetBasicAuth("anybody", f.tokens[auth.Viewer])
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, r)
	f.is("a browser", w, 200, "No Mac has reported yet")
}

// Where every local program may send reports, one that wants to enrol is welcome, and
// nothing of it is kept.
func TestOpenServerKeepsNoKeys(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	f := &fleet{T: t, handler: s.handler}
	f.is("enrol", f.enroll(1, "", 1), 200, `"state":"active"`)
	f.is("report", f.report(1, report(1, 1)), 200, `"acked":["0198c0de`)
	f.is("list", f.as(0, http.MethodGet, "/v1/enrollments", ""), 200, `{"enrollments":[],"next_cursor":null}`)
	f.is("approve", f.as(0, http.MethodPost, "/v1/enrollments/x/approve", ""), 403, "about:blank")
	f.is("code", f.as(0, http.MethodPost, "/v1/codes", `{"expires_s":60}`), 403, "about:blank")
}

func dialTo(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
}
