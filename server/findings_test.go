package server_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server"
	"github.com/tokenward/tokenward/server/auth"
)

// brokenOff is a body of a Mac that fell asleep while it sent it.
type brokenOff struct{ io.Reader }

func (b brokenOff) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("i/o timeout")
	}
	return n, err
}

// What the network did says nothing about a report: only what is wrong with the report
// itself has a type by which it is given up.
func TestBodiesThatBreakOff(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("enrol", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	r := signedReport(t, base, time.Now(), 1, report(1, 1))
	r.Body = io.NopCloser(brokenOff{r.Body})
	f.is("a signed report", f.serve(r), http.StatusRequestTimeout, "about:blank")
	r, body := request(t, base+wire.EnrollPath, enrolment(2, 2, orgSecret))
	r.Body = io.NopCloser(brokenOff{bytes.NewReader(body[:20])})
	f.is("an enrolment", f.serve(sign(t, r, body, time.Now(), 2)), http.StatusRequestTimeout, "about:blank")

	open := &fleet{T: t, handler: newSite(t, nil).handler}
	for _, encoding := range []string{"identity", "gzip", "zstd"} {
		r, _ := request(t, base+"/v1/reports", nil)
		r.Header.Set("Content-Encoding", encoding)
		packed := zipped(t, `{"reports":[]}`)
		r.Body = io.NopCloser(brokenOff{bytes.NewReader(packed[:map[string]int{"identity": 12, "gzip": 12, "zstd": 0}[encoding]])})
		open.is(encoding, open.serve(r), http.StatusRequestTimeout, "about:blank")
	}
	for name, sent := range map[string][]byte{"cut, and sent whole": zipped(t, `{"reports":[]}`)[:12], "no gzip": []byte("{}"), "no batch": zipped(t, `[]`)} {
		r, _ := request(t, base+"/v1/reports", nil)
		r.Header.Set("Content-Encoding", "gzip")
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(sent)), int64(len(sent))
		open.is(name, open.serve(r), http.StatusBadRequest, wire.ProblemReports)
	}
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// untouched fails the test when it is read.
type untouched struct{ *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.Error("the body is read")
	return 0, io.EOF
}

func TestNothingIsReadForStrangers(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("waits", f.enroll(1, orgSecret, 1), 200, `"state":"pending"`)
	f.is("enrol", f.enroll(2, f.code(""), 2), 200, `"state":"active"`)
	f.decide("revoke", 2)
	for seed, want := range map[byte]string{1: wire.ProblemPending, 2: wire.ProblemRevoked, 3: wire.ProblemUnknownKey} {
		r := signedReport(t, base, time.Now(), seed, report(int(seed), 1))
		r.Body, r.ContentLength = io.NopCloser(untouched{t}), -1
		status := http.StatusForbidden
		if want == wire.ProblemUnknownKey {
			status = http.StatusUnauthorized
		}
		f.is(want, f.serve(r), status, want)
	}
}

// held is a body that does not come before it is let go.
type held struct {
	reached *sync.WaitGroup
	gone    chan struct{}
	once    sync.Once
}

func (h *held) Read([]byte) (int, error) {
	h.once.Do(h.reached.Done)
	<-h.gone
	return 0, io.ErrUnexpectedEOF
}

func TestBigBodiesAreBounded(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("enrol", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	var reached, ended sync.WaitGroup
	gone := make(chan struct{})
	for range 16 {
		reached.Add(1)
		ended.Go(func() {
			r := signedReport(t, base, time.Now(), 1, report(1, 1))
			r.Body, r.ContentLength = io.NopCloser(&held{reached: &reached, gone: gone}), -1
			f.is("one that is held", f.serve(r), http.StatusRequestTimeout, "about:blank")
		})
	}
	reached.Wait()
	big := func() *http.Request {
		r := signedReport(t, base, time.Now(), 1, report(1, 1))
		r.ContentLength = -1
		return r
	}
	w := f.serve(big())
	f.is("one too many", w, http.StatusServiceUnavailable, "about:blank")
	if w.Header().Get("Retry-After") == "" {
		t.Error("there is no Retry-After")
	}
	f.is("a short one", f.report(1, report(1, 1)), 200, "acked")
	close(gone)
	ended.Wait()
	f.is("again", f.serve(big()), 200, "acked")
}

// Somebody names the active key of a Mac as the former one, and signs with their own.
func TestForgedPrevious(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("the Mac", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	r, body := request(t, base+wire.EnrollPath, enrolment(1, 66, ""))
	sign(t, r, body, time.Now(), 66, 67)
	in := r.Header.Get("Signature-Input")
	r.Header.Set("Signature-Input", strings.Replace(in, fingerprint(67), fingerprint(1), 1))
	f.is("forged", f.serve(r), http.StatusUnauthorized, wire.ProblemSignature)
	f.is("the Mac reports", f.report(1, report(1, 1)), 200, "acked")
}

// A serial that looks like a known one is none.
func TestLookalikeSerials(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("enrol", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	for i, serial := range []string{"C020001 ", "\u00a0C020001", "\u0421020001", "C020\u200b001", "C020001,", strings.Repeat("x", 65)} {
		e := enrolment(9+i, byte(20+i), orgSecret)
		e.Device.Serial = serial
		r, body := request(t, base+wire.EnrollPath, e)
		f.is(serial, f.serve(sign(t, r, body, time.Now(), byte(20+i))), 200, `"state":"pending"`)
	}
	var list wire.EnrollmentList
	w := f.as(auth.Viewer, http.MethodGet, "/v1/enrollments?state=pending", "")
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Enrollments) != 6 {
		t.Fatal(err, w.Body)
	}
	for _, e := range list.Enrollments {
		if e.Serial != "" {
			t.Errorf("the serial %q is kept", e.Serial)
		}
	}
}

// Agents are configured with a path, which a proxy takes away or leaves.
func TestSiteWithAPath(t *testing.T) {
	t.Parallel()
	f := newFleet(t, func(a *server.Access) { a.Authority, a.Path = "tokens.example.org", "/tw" })
	const site = "https://tokens.example.org/tw"
	r, body := request(t, site+wire.EnrollPath, enrolment(1, 1, f.code("")))
	f.is("enrol", f.serve(sign(t, r, body, time.Now(), 1)), 200, `"state":"active"`)
	f.is("left", f.serve(signedReport(t, site, time.Now(), 1, report(1, 1))), 200, "acked")
	r = signedReport(t, site, time.Now(), 1, report(1, 1))
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/tw")
	f.is("taken away", f.serve(r), 200, "acked")
	r = signedReport(t, "https://tokens.example.org", time.Now(), 1, report(1, 1))
	f.is("signed for another site", f.serve(r), 401, wire.ProblemSignature)
	r = signedReport(t, "https://tokens.example.org/twx", time.Now(), 1, report(1, 1))
	f.is("another path", f.serve(r), 404, "about:blank")
}

// A Mac that was let in without a serial number reports with the one that it can read now.
func TestReportsOfAMacThatLearnsItsSerial(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	bare := enrolment(1, 1, f.code(""))
	bare.Device.Serial = ""
	r, body := request(t, base+wire.EnrollPath, bare)
	f.is("enrol", f.serve(sign(t, r, body, time.Now(), 1)), 200, `"state":"active"`)
	f.is("a report", f.report(1, report(1, 1)), 200, "acked")
	f.is("asks again", f.enroll(1, "", 1), 200, `"state":"active"`)
	lower, other := report(1, 2), report(1, 3)
	lower.Device.Serial, other.Device.Serial = "c020001", "C020002"
	f.is("in other letters", f.report(1, lower), 200, "acked")
	f.is("another serial", f.report(1, other), 403, wire.ProblemDevice)
	f.is("it is in the list", f.as(auth.Viewer, http.MethodGet, "/v1/enrollments", ""), 200, `"serial":"C020001"`)
}

// Somebody shows the hardware UUID of one Mac and the serial of another.
func TestApprovalOfTwoMacs(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("X", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	f.is("Y", f.enroll(2, f.code(""), 2), 200, `"state":"active"`)
	e := enrolment(1, 66, orgSecret)
	e.Device.Serial = "C020002"
	r, body := request(t, base+wire.EnrollPath, e)
	f.is("asks", f.serve(sign(t, r, body, time.Now(), 66)), 200, `"state":"pending"`)
	f.is("the list", f.as(auth.Viewer, http.MethodGet, "/v1/enrollments?state=pending", ""), 200,
		`"replaces":[{"fingerprint":"`+fingerprint(1)+`","serial":"C020001","hardware_uuid":"`+id(1)+`"},{"fingerprint":"`+fingerprint(2))
	approve := "/v1/enrollments/" + fingerprint(66) + "/approve"
	f.is("approved without a look", f.as(auth.Approver, http.MethodPost, approve, "{}"), 409, "about:blank")
	f.is("X reports", f.report(1, report(1, 1)), 200, "acked")
	f.is("Y reports", f.report(2, report(2, 1)), 200, "acked")
	f.is("approved all the same", f.as(auth.Approver, http.MethodPost, approve, `{"replace":true}`), 200, `"state":"active"`)
	f.is("X is out", f.report(1, report(1, 2)), 403, wire.ProblemRevoked)
	f.is("Y is out", f.report(2, report(2, 2)), 403, wire.ProblemRevoked)
}

func TestRotationHasAPace(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("enrol", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	f.is("once", f.enroll(1, "", 2, 1), 200, `"state":"active"`)
	w := f.enroll(1, "", 3, 2)
	f.is("twice", w, http.StatusTooManyRequests, "about:blank")
	if got := w.Header().Get("Retry-After"); got != "3600" {
		t.Errorf("Retry-After is %q", got)
	}
	f.is("the second key reports", f.report(2, report(1, 1)), 200, "acked")
}
