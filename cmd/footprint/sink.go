//go:build linux

package main

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// sink is a server that takes everything: a report is a check that was made. It
// can ask for silence, which is how a daemon that was busy becomes idle without a
// restart.
type sink struct {
	url     string
	reports atomic.Int64
	silence atomic.Bool
	server  *http.Server
}

func listen() (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed by close
	if err != nil {
		return nil, err
	}
	s := &sink{url: "http://" + l.Addr().String()}
	s.server = &http.Server{Handler: s, ReadTimeout: time.Minute}
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

func (s *sink) close() { _ = s.server.Close() }

// ServeHTTP is for [http.Handler]. A server that speaks of rates and not of
// silence could not be told from one that is down, so it names the longest time.
func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		zipped, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = zipped
	}
	var batch struct {
		Reports []struct {
			ID string `json:"report_id"`
		} `json:"reports"`
	}
	if err := json.NewDecoder(body).Decode(&batch); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	acked := []string{}
	for _, report := range batch.Reports {
		acked = append(acked, report.ID)
	}
	next := map[string]any{"send_full": false}
	if s.silence.Load() {
		next["check_s"] = int((24 * time.Hour).Seconds())
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"acked": acked, "rejected": []any{}, "next": next, "orders": []any{}})
	s.reports.Add(int64(len(acked)))
}
