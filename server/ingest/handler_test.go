package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/ingest"
	"github.com/tokenward/tokenward/server/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notebook is an Ingester that notes what it is given.
type notebook struct {
	reports []store.Report
	answer  func([]store.Report) (store.Receipt, error)
}

func (n *notebook) Ingest(_ context.Context, _ time.Time, reports []store.Report) (store.Receipt, error) {
	n.reports = append(n.reports, reports...)
	if n.answer != nil {
		return n.answer(reports)
	}
	return store.Receipt{Outcomes: slices.Repeat([]store.Outcome{store.Stored}, len(reports))}, nil
}

const good = `{"schema":"tokenward.report","schema_version":"1.7","report_id":"0198C0DE-0000-7000-8000-000000000001",
 "kind":"snapshot","epoch":"0A000000-0000-4000-8000-00000000000A","seq":3,"agent":{"version":"1.2.3"},
 "device":{"serial":"C02ABC","hardware_uuid":"564D1234-ABCD-4000-8000-0123456789AB","name":"Anna's Mac","os":{"version":"15.7.1","build":"24G231"}},
 "observed_at":"2025-03-01T12:00:00+01:00","verdict":"critical","state_hash":"abc","later":{"unknown":true},
 "findings":[{"code":"NO_PRK","severity":"medium"},{"code":"FOLDED","severity":"critical","caused_by":"BT"},{"code":"BT","title":"Bad","severity":"high"},{"code":"BT","severity":"high"}]}`

// edit returns the good report with one thing replaced by another.
func edit(tb testing.TB, old, replacement string) string {
	tb.Helper()
	if !strings.Contains(good, old) {
		tb.Fatalf("the good report has no %s", old)
	}
	return strings.Replace(good, old, replacement, 1)
}

func batch(reports ...string) []byte {
	return []byte(`{"sent_at":"2025-03-01T12:00:00Z","reports":[` + strings.Join(reports, ",") + `]}`)
}

func post(h http.Handler, body []byte, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/v1/reports", bytes.NewReader(body))
	r.Header.Set("Content-Encoding", encoding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func answer(t *testing.T, w *httptest.ResponseRecorder) wire.Answer {
	t.Helper()
	var a wire.Answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); w.Code != http.StatusOK || err != nil {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return a
}

func gzipped(tb testing.TB, body []byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(body); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func zstded(tb testing.TB, body []byte) []byte {
	tb.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return z.EncodeAll(body, nil)
}

func TestReportReachesTheStore(t *testing.T) {
	t.Parallel()
	body := batch(good)
	for encoding, packed := range map[string][]byte{
		"": body, "identity": body, "gzip": gzipped(t, body), "zstd": zstded(t, body), "GZIP": gzipped(t, body),
	} {
		t.Run("encoding "+encoding, func(t *testing.T) {
			t.Parallel()
			n := &notebook{}
			a := answer(t, post(ingest.New(n, zap.NewNop()), packed, encoding))
			if !slices.Equal(a.Acked, []string{"0198C0DE-0000-7000-8000-000000000001"}) || a.Next.SendFull {
				t.Errorf("the answer is %+v", a)
			}
			r := n.reports[0]
			if string(r.Raw) != good {
				t.Error("the bytes were changed")
			}
			r.Raw = nil
			want := store.Report{
				ID: "0198c0de-0000-7000-8000-000000000001", Kind: "snapshot", Epoch: "0a000000-0000-4000-8000-00000000000a", Seq: 3,
				Device: store.Identity{
					ID: "564d1234-abcd-4000-8000-0123456789ab", Serial: "C02ABC", Name: "Anna's Mac",
					OSVersion: "15.7.1", OSBuild: "24G231", AgentVersion: "1.2.3",
				},
				Verdict: 3, StateHash: "abc", ObservedAt: time.Date(2025, 3, 1, 11, 0, 0, 0, time.UTC),
				Findings: []store.Finding{
					{Code: "BT", Title: "Bad", Severity: "high"},
					{Code: "NO_PRK", Severity: "medium"},
					{Code: "FOLDED", Severity: "critical"},
				},
			}
			if got, want := fmt.Sprintf("%+v", r), fmt.Sprintf("%+v", want); got != want {
				t.Errorf("the store got\n%s, want\n%s", got, want)
			}
		})
	}
}

func TestDeviceKey(t *testing.T) {
	t.Parallel()
	const uuid = `"564D1234-ABCD-4000-8000-0123456789AB"`
	cases := []struct{ name, hardware, serial, want string }{
		{"hardware UUID", uuid, `"C02ABC"`, "564d1234-abcd-4000-8000-0123456789ab"},
		{"serial", `""`, `"C02ABC"`, "C02ABC"},
		{"epoch", `""`, `""`, "0a000000-0000-4000-8000-00000000000a"},
		{"a path", `"../../etc"`, `"."`, "0a000000-0000-4000-8000-00000000000a"},
		{"a query", `"a?b=c"`, `"a b"`, "0a000000-0000-4000-8000-00000000000a"},
		{"too long", `"` + strings.Repeat("a", 65) + `"`, `"C02ABC"`, "C02ABC"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := &notebook{}
			text := strings.Replace(edit(t, uuid, c.hardware), `"serial":"C02ABC"`, `"serial":`+c.serial, 1)
			answer(t, post(ingest.New(n, zap.NewNop()), batch(text), ""))
			if got := n.reports[0].Device.ID; got != c.want {
				t.Errorf("the key is %q, want %q", got, c.want)
			}
		})
	}
}

func TestBadReportIsRejectedAlone(t *testing.T) {
	t.Parallel()
	const id = "0198C0DE-0000-7000-8000-000000000001"
	cases := []struct{ name, text, id, reason string }{
		{"null", `null`, "", "schema"},
		{"a list", `[]`, "", "form"},
		{"a text", `"report"`, "", "form"},
		{"another schema", edit(t, "tokenward.report", "other"), id, "schema"},
		{"a later major version", edit(t, `"1.7"`, `"2.0"`), id, "schema_version"},
		{"no version", edit(t, `"1.7"`, `""`), id, "schema_version"},
		{"an ID that is none", edit(t, id, "<script>"), "<script>", "report_id"},
		{"an ID in another form", edit(t, id, "urn:uuid:"+id), "urn:uuid:" + id, "report_id"},
		{"a huge ID", edit(t, id, strings.Repeat("x", 5000)), strings.Repeat("x", 64), "report_id"},
		{"an ID that is a number", edit(t, `"`+id+`"`, "7"), "", "report_id"},
		{"an unknown kind", edit(t, "snapshot", "gossip"), id, "kind"},
		{"no epoch", edit(t, "0A000000-0000-4000-8000-00000000000A", ""), id, "epoch"},
		{"seq 0", edit(t, `"seq":3`, `"seq":0`), id, "seq"},
		{"seq below 0", edit(t, `"seq":3`, `"seq":-1`), id, "seq"},
		{"seq with a fraction", edit(t, `"seq":3`, `"seq":1.5`), id, "seq"},
		{"a huge seq", edit(t, `"seq":3`, `"seq":18446744073709551615`), id, "seq"},
		{"a time that is none", edit(t, "2025-03-01T12:00:00+01:00", "yesterday"), id, "form"},
		{"a year of five digits", edit(t, "2025-03-01T12:00:00+01:00", "9999-12-31T23:59:59-23:00"), id, "observed_at"},
		{"no state", edit(t, `"abc"`, `""`), id, "state_hash"},
		{"a code that is none", edit(t, `"NO_PRK"`, `"no prk"`), id, "findings[0]"},
		{"a device of another type", edit(t, `"name":"Anna's Mac"`, `"name":[]`), id, "device.name"},
		{"too long", edit(t, "Anna's Mac", strings.Repeat("a", wire.MaxReport)), id, "longer"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			other := edit(t, id, "0198c0de-0000-7000-8000-000000000002")
			a := answer(t, post(ingest.New(&notebook{}, zap.NewNop()), batch(c.text, other), ""))
			if !slices.Equal(a.Acked, []string{"0198c0de-0000-7000-8000-000000000002"}) {
				t.Errorf("acked %v", a.Acked)
			}
			if len(a.Rejected) != 1 || a.Rejected[0].ReportID != c.id || !strings.Contains(a.Rejected[0].Reason, c.reason) {
				t.Errorf("rejected %+v, want %q because of %q", a.Rejected, c.id, c.reason)
			}
		})
	}
}

// What an agent may keep, the server must take, or it would send it for ever.
func TestLongestReportIsTaken(t *testing.T) {
	t.Parallel()
	longest := edit(t, "Anna's Mac", "Anna's Mac"+strings.Repeat("a", wire.MaxReport-len(good)))
	for encoding, body := range map[string][]byte{"": batch(longest), "gzip": gzipped(t, batch(longest))} {
		t.Run("encoding "+encoding, func(t *testing.T) {
			t.Parallel()
			n := &notebook{}
			a := answer(t, post(ingest.New(n, zap.NewNop()), body, encoding))
			if len(a.Acked) != 1 || len(n.reports) != 1 || len(n.reports[0].Raw) != wire.MaxReport {
				t.Errorf("acked %v, rejected %v", a.Acked, a.Rejected)
			}
		})
	}
}

func TestUnknownWordsAreUnknown(t *testing.T) {
	t.Parallel()
	n := &notebook{}
	answer(t, post(ingest.New(n, zap.NewNop()), batch(edit(t, `"verdict":"critical"`, `"verdict":"splendid"`)), ""))
	if got := n.reports[0].Verdict.String(); got != "unknown" {
		t.Errorf("the verdict is %s", got)
	}
}

func TestHostileBodies(t *testing.T) {
	t.Parallel()
	bomb := make([]byte, ingest.MaxDecoded+1)
	cases := []struct {
		name, encoding string
		body           []byte
		want           int
	}{
		{"nothing", "", nil, 400},
		{"no JSON", "", []byte("hello"), 400},
		{"a list", "", []byte("[]"), 400},
		{"no reports", "", []byte("{}"), 400},
		{"reports that are no list", "", []byte(`{"reports":{}}`), 400},
		{"reports that are null", "", []byte(`{"reports":null}`), 400},
		{"two documents", "", append(batch(), batch()...), 400},
		{"half a batch", "", batch(good)[:100], 400},
		{"depth", "", []byte(`{"reports":[` + strings.Repeat("[", 1<<20)), 400},
		{"an encoding that is unknown", "br", batch(good), 415},
		{"two encodings", "gzip, zstd", batch(good), 415},
		{"no gzip", "gzip", batch(good), 400},
		{"half of gzip", "gzip", gzipped(t, batch(good))[:200], 400},
		{"no zstd", "zstd", batch(good), 400},
		{"half of zstd", "zstd", zstded(t, batch(good))[:200], 400},
		{"too long", "", bomb, 413},
		{"a bomb of gzip", "gzip", gzipped(t, bomb), 413},
		{"a bomb of zstd", "zstd", zstded(t, bomb), 413},
		{"too many reports", "", batch(slices.Repeat([]string{"{}"}, ingest.MaxReports+1)...), 413},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := &notebook{}
			w := post(ingest.New(n, zap.NewNop()), c.body, c.encoding)
			var p wire.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); w.Code != c.want || err != nil || p.Status != c.want {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, c.want)
			}
			if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
				t.Errorf("the type is %s", kind)
			}
			if len(n.reports) != 0 {
				t.Error("something reached the store")
			}
		})
	}
}

func TestLengthIsRefusedUnread(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/v1/reports", unread{t})
	r.ContentLength = ingest.MaxEncoded + 1
	w := httptest.NewRecorder()
	ingest.New(&notebook{}, zap.NewNop()).ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d", w.Code)
	}
}

type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, errors.New("not for reading")
}

func TestConflictIsRejected(t *testing.T) {
	t.Parallel()
	n := &notebook{answer: func([]store.Report) (store.Receipt, error) {
		return store.Receipt{Outcomes: []store.Outcome{store.Repeated, store.Conflict}, SendFull: true}, nil
	}}
	second := edit(t, "0198C0DE-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002")
	a := answer(t, post(ingest.New(n, zap.NewNop()), batch(good, second), ""))
	if len(a.Acked) != 1 || len(a.Rejected) != 1 || a.Rejected[0].ReportID != "0198c0de-0000-7000-8000-000000000002" || !a.Next.SendFull {
		t.Errorf("got %+v", a)
	}
}

func TestNothingIsAckedThatWasNotStored(t *testing.T) {
	t.Parallel()
	n := &notebook{answer: func([]store.Report) (store.Receipt, error) {
		return store.Receipt{}, errors.New("disk full on /private/secret")
	}}
	w := post(ingest.New(n, zap.NewNop()), batch(good), "")
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	w := post(ingest.New(&notebook{}, zap.NewNop()), batch(), "")
	if got, want := w.Body.String(), `{"acked":[],"rejected":[],"next":{"send_full":false},"orders":[]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
