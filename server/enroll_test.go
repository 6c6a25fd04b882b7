package server_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/auth"
)

func TestEnrolmentForAnotherHost(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	r, body := request(t, "http://localhost:8480"+wire.EnrollPath, enrolment(1, 1, orgSecret))
	sign(t, r, body, time.Now(), 1)
	r.Host = "127.0.0.1:8480"
	f.is("signed for localhost", f.serve(r), 401, wire.ProblemSignature)
}

// Both signatures have a time, and that of the former key counts as well: else one that
// was caught long ago would still let a key in.
func TestTimeOfTheFormerKeysSignature(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("enrol", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	r, body := request(t, base+wire.EnrollPath, enrolment(1, 2, ""))
	former := []string{}
	at := time.Now().Add(-reqsign.Window - time.Minute)
	if err := reqsign.Sign(r, body, at, reqsign.Key{Label: reqsign.LabelPrevious, Private: keyOf(1)}); err != nil {
		t.Fatal(err)
	}
	names := []string{"Signature-Input", "Signature"}
	for _, name := range names {
		former = append(former, r.Header.Get(name))
	}
	sign(t, r, body, time.Now(), 2)
	for i, name := range names {
		r.Header.Set(name, r.Header.Get(name)+", "+former[i])
	}
	f.is("the former key's is old", f.serve(r), 401, wire.ProblemClock)
}

func TestKeyIDIsThatOfTheKeyInTheBody(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	r, body := request(t, base+wire.EnrollPath, enrolment(1, 1, orgSecret))
	w := f.serve(sign(t, r, body, time.Now(), 2))
	f.is("another key", w, 401, wire.ProblemSignature)
	if !strings.Contains(w.Body.String(), "keyid is not") {
		t.Errorf("the answer is %s", w.Body)
	}
}

// What is behind the bound is not unpacked: it is broken, and nobody notices.
func TestPackedEnrolmentIsBounded(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(make([]byte, 1<<20))
	noise := make([]byte, 4<<10)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	_, _ = z.Write(noise)
	_ = z.Close()
	body := packed.Bytes()[:packed.Len()-1<<10]
	r, _ := request(t, base+wire.EnrollPath, nil)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Encoding", "gzip")
	f.is("a bomb", f.serve(sign(t, r, body, time.Now(), 1)), 413, "about:blank")
}

func TestNamesAreShownAsTheyAreRead(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	e := enrolment(1, 1, orgSecret)
	e.Device.Name = "a\u202eb\u200bc\x1b[2J\u2028d"
	r, body := request(t, base+wire.EnrollPath, e)
	f.is("asks", f.serve(sign(t, r, body, time.Now(), 1)), 200, "pending")
	var list wire.EnrollmentList
	w := f.as(auth.Viewer, http.MethodGet, "/v1/enrollments", "")
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Enrollments) != 1 || list.Enrollments[0].Name != "abc[2Jd" {
		t.Errorf("%v %s", err, w.Body)
	}
}

// A length that is too long is refused before anything of it is read.
func TestLengthIsLookedAtFirst(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nil)
	f.is("enrol", f.enroll(1, f.code(""), 1), 200, `"state":"active"`)
	open := &fleet{T: t, handler: newSite(t, nil).handler}
	r := signedReport(t, base, time.Now(), 1, report(1, 1))
	r.Body, r.ContentLength = io.NopCloser(untouched{t}), 1<<30
	f.is("signed", f.serve(r), 413, "about:blank")
	open.is("open", open.serve(r), 413, "about:blank")
	r, body := request(t, base+wire.EnrollPath, enrolment(2, 2, orgSecret))
	sign(t, r, body, time.Now(), 2)
	r.Body, r.ContentLength = io.NopCloser(untouched{t}), 1<<20
	f.is("an enrolment", f.serve(r), 413, "about:blank")
}
