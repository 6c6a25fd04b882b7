package uplink

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

func TestOrdersAreBounded(t *testing.T) {
	t.Parallel()
	long := `"` + strings.Repeat("x", maxOrder) + `"`
	orders := strings.TrimSuffix(long+","+strings.Repeat(`{"n":1},`, maxOrders+5), ",")
	answer, err := readAnswer(http.Header{"Content-Type": {"application/json"}}, []byte(`{"acked":[],"orders":[`+orders+`]}`))
	if err != nil || len(answer.Orders) != maxOrders || string(answer.Orders[0]) != `{"n":1}` {
		t.Errorf("%d orders, %v", len(answer.Orders), err)
	}
}

func TestLogsHoldNoMoreThanALine(t *testing.T) {
	t.Parallel()
	r := received{status: 503, header: http.Header{}, body: fmt.Appendf(nil, `{"detail":%q}`, strings.Repeat("x", 1<<16))}
	if text := r.refusal(false).Error(); len(text) > 500 {
		t.Errorf("%d bytes", len(text))
	}
}

// Whatever a server answers is an answer within bounds, a refusal with one kind of
// trouble, or an error with one.
func FuzzAnswer(f *testing.F) {
	f.Add(200, "application/json", "", "", []byte(`{"acked":["a"],"rejected":[],"next":{"check_s":900},"orders":[{}]}`))
	f.Add(401, "application/problem+json", "120", "", []byte(`{"type":"clock","title":"x"}`))
	f.Add(302, "text/html", "", "https://login.example/", []byte(`<html>`))
	f.Add(200, "application/json", "", "", []byte(`{"device_id":"d","state":"active"}`))
	to := &url.URL{Scheme: "https", Host: "server.example", Path: "/v1/reports"}
	c := &Client{host: to.Host}
	f.Fuzz(func(t *testing.T, status int, kind, wait, location string, body []byte) {
		header := http.Header{"Content-Type": {kind}, "Retry-After": {wait}, "Location": {location}, "Date": {wait}}
		r := received{status: status, header: header, body: body, sentTo: to}
		for _, plain := range []bool{false, true} {
			refused := r.refusal(plain)
			if refused.RetryAfter < 0 || refused.RetryAfter > maxRetryAfter || len(refused.Detail) > 400 {
				t.Errorf("%+v", refused)
			}
			wantOne(t, c, refused)
		}
		answer, err := readAnswer(header, body)
		if err != nil {
			wantOne(t, c, err)
		} else if len(answer.Orders) > maxOrders {
			t.Errorf("%d orders", len(answer.Orders))
		}
		if enrolled, err := readEnrollment(header, body); err != nil {
			wantOne(t, c, err)
		} else if len(enrolled.DeviceID) > maxDeviceID || enrolled.State == "" {
			t.Errorf("%+v", enrolled)
		}
		if c.learnClock(header, time.Unix(1_790_000_000, 0)) && c.skew.ahead.Abs() > maxSkew {
			t.Errorf("the clock is off by %s", c.skew.ahead)
		}
	})
}

func wantOne(t *testing.T, c *Client, err error) {
	t.Helper()
	told := c.trouble(err, time.Unix(1_790_000_000, 0))
	if told.Trouble == "" || told.Text == "" || told.Trouble == wire.TroubleOther {
		t.Errorf("%v is %+v", err, told)
	}
}

// One compressor serves all batches: neither leaves anything in the next, and another
// batch is not another compressor.
func TestBatchesShareACompressor(t *testing.T) {
	t.Parallel()
	var p packer
	at := time.Unix(1_790_000_000, 0)
	batch := []wire.Queued{{Data: []byte(`{"n":1}`)}, {Data: []byte(`{"n":2}`)}}
	first, err := p.pack(batch, at)
	if err != nil {
		t.Fatal(err)
	}
	kept, compressor := bytes.Clone(first), p.zipped
	if _, err := p.pack(nil, at); err != nil {
		t.Fatal(err)
	}
	again, err := p.pack(batch, at)
	if err != nil || !bytes.Equal(again, first) || !bytes.Equal(first, kept) || p.zipped != compressor {
		t.Errorf("%x and then %x, %v", first, again, err)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(unzipped); err != nil || string(text) != `{"sent_at":"2026-09-21T14:13:20Z","reports":[{"n":1},{"n":2}]}` {
		t.Errorf("%s, %v", text, err)
	}
}

// What a batch costs, and how many bytes it is on the wire: one heartbeat, and a full
// batch of reports.
func BenchmarkEncode(b *testing.B) {
	for _, reports := range []int{1, maxReports} {
		b.Run(fmt.Sprint(reports, " reports"), func(b *testing.B) {
			var batch []wire.Queued
			for n := range reports {
				data, err := json.Marshal(wire.Report{
					Schema: wire.ReportSchema, SchemaVersion: wire.SchemaVersion, Kind: wire.Heartbeat, ReportID: fmt.Sprintf("01a1-%d", n), Seq: uint64(n),
					Device: wire.Device{Serial: "FVTEST0003"}, StateHash: fmt.Sprintf("%x", sha256.Sum256([]byte{byte(n)})),
				})
				if err != nil {
					b.Fatal(err)
				}
				batch = append(batch, wire.Queued{Data: data})
			}
			b.ReportAllocs()
			size := 0
			var p packer
			for b.Loop() {
				body, err := p.pack(batch, time.Unix(1_790_000_000, 0))
				if err != nil {
					b.Fatal(err)
				}
				size = len(body)
			}
			b.ReportMetric(float64(size), "B/batch")
		})
	}
}
