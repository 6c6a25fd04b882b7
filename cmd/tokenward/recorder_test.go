//go:build !darwin

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
)

// recorder is a server that lets every Mac in, takes every report, and remembers
// every byte that came.
type recorder struct {
	url, ca string

	mu      sync.Mutex
	bodies  [][]byte // of all requests, unpacked
	reports []wire.Report
	heads   bytes.Buffer // of all requests
}

func newRecorder(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{}
	server := httptest.NewUnstartedServer(r)
	server.Config.ErrorLog = zap.NewStdLog(zap.NewNop()) // a daemon may end in the middle of a handshake
	server.StartTLS()
	t.Cleanup(server.Close)
	r.url = server.URL
	r.ca = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	return r
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := bodyOf(q)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, body)
	fmt.Fprintln(&r.heads, q.URL, q.Header)
	w.Header().Set("Content-Type", "application/json")
	if q.URL.Path == wire.EnrollPath {
		_ = json.NewEncoder(w).Encode(wire.EnrollAnswer{DeviceID: "recorded", State: wire.EnrollActive})
		return
	}
	var batch struct{ Reports []wire.Report }
	if err := json.Unmarshal(body, &batch); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := wire.Answer{Acked: []string{}, Rejected: []wire.Rejection{}, Orders: []json.RawMessage{}}
	for _, report := range batch.Reports {
		answer.Acked = append(answer.Acked, report.ReportID)
	}
	r.reports = append(r.reports, batch.Reports...)
	_ = json.NewEncoder(w).Encode(answer)
}

func bodyOf(q *http.Request) ([]byte, error) {
	if q.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(q.Body)
	}
	zipped, err := gzip.NewReader(q.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zipped)
}

// took returns the reports that came, the oldest first.
func (r *recorder) took() []wire.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]wire.Report{}, r.reports...)
}

// last is the newest report that came.
func (r *recorder) last(t *testing.T) wire.Report {
	t.Helper()
	all := r.took()
	if len(all) == 0 {
		t.Fatal("nothing came")
	}
	return all[len(all)-1]
}

// all is everything that came, as one text.
func (r *recorder) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.heads.String() + string(bytes.Join(r.bodies, []byte("\n")))
}

// inYAML is the server as a configuration file names it.
func (r *recorder) inYAML() string {
	return fmt.Sprintf("server:\n  url: %q\n  ca: |\n    %s\n", r.url, strings.ReplaceAll(strings.TrimSpace(r.ca), "\n", "\n    "))
}
