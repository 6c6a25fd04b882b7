package ingest_test

import (
	"encoding/json"
	"math"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/ingest"
	"github.com/tokenward/tokenward/server/store"
)

// FuzzBatch sends anything in any encoding. Whatever comes out is an answer or
// a problem, and whatever reaches the store keeps the promises of store.Report.
func FuzzBatch(f *testing.F) {
	f.Add(batch(good), "")
	f.Add(gzipped(f, batch(good, "{}")), "gzip")
	f.Add(zstded(f, batch(edit(f, "snapshot", "heartbeat"))), "zstd")
	f.Add([]byte(`{"reports":[null,[],{"report_id":1}]}`), "identity")
	f.Fuzz(func(t *testing.T, body []byte, encoding string) {
		n := &notebook{}
		w := post(ingest.New(n, zap.NewNop()), body, encoding)
		if !json.Valid(w.Body.Bytes()) {
			t.Fatalf("the answer is no JSON: %s", w.Body)
		}
		if w.Code != http.StatusOK && len(n.reports) > 0 {
			t.Fatalf("a request that was refused reached the store")
		}
		for _, r := range n.reports {
			checkPromises(t, r)
		}
	})
}

func checkPromises(t *testing.T, r store.Report) {
	t.Helper()
	year := r.ObservedAt.Year()
	switch {
	case uuid.Validate(r.ID) != nil, uuid.Validate(r.Epoch) != nil:
		t.Errorf("ID %q, epoch %q", r.ID, r.Epoch)
	case r.Seq < 1 || r.Seq > math.MaxInt64:
		t.Errorf("seq %d", r.Seq)
	case r.Kind != wire.Snapshot && r.Kind != wire.Heartbeat && r.Kind != wire.Audit:
		t.Errorf("kind %q", r.Kind)
	case year < 1 || year > 9999:
		t.Errorf("year %d", year)
	case r.Device.ID == "" || len(r.Device.ID) > 64:
		t.Errorf("key %q", r.Device.ID)
	case !json.Valid(r.Raw):
		t.Errorf("raw %q", r.Raw)
	}
}
