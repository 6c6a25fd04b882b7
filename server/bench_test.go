package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server"
	"github.com/tokenward/tokenward/server/store/sqlite"
)

// BenchmarkIngest sends changed snapshots of about 8 KB, durable before the
// answer, from clients that each wait for theirs. BenchmarkFloor, below, sends
// the same to a handler that throws them away.
func BenchmarkIngest(b *testing.B) {
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			st, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "data"))
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = st.Close() }()
			handler, err := server.New(st, server.Access{}, zap.NewNop())
			if err != nil {
				b.Fatal(err)
			}
			load(b, handler, size)
		})
	}
}

// BenchmarkFloor is what HTTP and the decoding of JSON into structs cost alone.
func BenchmarkFloor(b *testing.B) {
	discard := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		z, err := zstd.NewReader(r.Body, zstd.WithDecoderConcurrency(1))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		defer z.Close()
		text, err := io.ReadAll(z)
		var batch struct{ Reports []wire.Report }
		if err != nil || json.Unmarshal(text, &batch) != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) { load(b, discard, size) })
	}
}

func load(b *testing.B, h http.Handler, size int) {
	b.Helper()
	packer, err := zstd.NewWriter(nil)
	if err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	b.SetParallelism(16)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			body := packer.EncodeAll(batchFrom(int(next.Add(int64(size))), size), nil)
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/v1/reports", bytes.NewReader(body))
			r.Header.Set("Content-Encoding", "zstd")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Errorf("got %d %s", w.Code, w.Body)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "reports/s")
}

// batchFrom writes reports by hand, so that the client costs as little as it can.
func batchFrom(first, size int) []byte {
	var out bytes.Buffer
	out.WriteString(`{"reports":[`)
	for n := first; n < first+size; n++ {
		if n > first {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, `{"schema":"tokenward.report","schema_version":"1.0","report_id":"0198c0de-0000-7000-8000-%012d",
			"kind":"snapshot","epoch":"0a000000-0000-4000-8000-000000000001","seq":%d,"state_hash":"%d","verdict":"degraded",
			"device":{"hardware_uuid":"aaaaaaaa-0000-4000-8000-%012d","serial":"C02%d","name":"Mac %d","os":{"version":"15.7.1"}},
			"observed_at":"2025-03-01T12:00:00Z","findings":[{"code":"CODE_%d","severity":"high","since":"2025-03-01T12:00:00Z"}],
			"facts":{%s"last":{"value":%d,"status":"observed"}}}`, n, n, n, n%2000, n%2000, n%2000, n%7, filler, n)
	}
	out.WriteString(`]}`)
	return out.Bytes()
}

// filler makes a report about as long as those of a Mac with five accounts.
var filler = strings.Repeat(`"filevault.personal_recovery_key_":{"value":true,"status":"observed","source":"fdesetup haspersonalrecoverykey"},`, 65)
