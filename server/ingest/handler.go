// Package ingest takes in what the agents send: POST /v1/reports.
//
// It turns bytes that nobody vouches for into reports that the store can trust
// to be well formed, and answers for each of them by its ID. An answer that
// names a report as taken goes out only once the store says that it is durable.
// It must not keep anything itself, nor read of a report more than it checks.
package ingest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/fault"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

// Handler answers POST /v1/reports. It is safe for concurrent use.
type Handler struct {
	store store.Ingester
	log   *zap.Logger
}

// New returns a handler that stores what it is sent.
func New(st store.Ingester, log *zap.Logger) *Handler {
	return &Handler{store: st, log: log.Named("ingest")}
}

// ServeHTTP takes one batch.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	batch, err := readBatch(w, r)
	if err != nil {
		problem.Write(w, r, h.log, err)
		return
	}
	result := divide(batch)
	if key, signed := auth.KeyOf(r.Context()); signed {
		if err := result.belongTo(key); err != nil {
			problem.Write(w, r, h.log, err)
			return
		}
	}
	receipt, err := h.store.Ingest(r.Context(), time.Now(), result.good)
	if err != nil {
		problem.Write(w, r, h.log, err)
		return
	}
	answer := result.answer(receipt)
	h.report(answer)
	if err := send(w, answer); err != nil {
		h.log.Debug("answer not delivered", zap.Error(err)) // the agent asks again
	}
}

// report leaves a line for the one who wonders where a Mac's reports went.
func (h *Handler) report(a wire.Answer) {
	h.log.Debug("batch", zap.Int("acked", len(a.Acked)), zap.Int("rejected", len(a.Rejected)))
	for _, r := range a.Rejected {
		h.log.Warn("report rejected", zap.String("report_id", r.ReportID), zap.String("reason", r.Reason))
	}
}

// send writes the answer and hands it to the network before it returns.
func send(w http.ResponseWriter, a wire.Answer) error {
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	fault.Point(fault.Send)
	if _, err := w.Write(body); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	err = http.NewResponseController(w).Flush()
	fault.Point(fault.Send)
	return err
}

// sorted is a batch, divided.
type sorted struct {
	good     []store.Report
	names    []names // of good
	rejected []wire.Rejection
}

func divide(batch []json.RawMessage) sorted {
	s := sorted{rejected: []wire.Rejection{}}
	for _, raw := range batch {
		report, name, err := check(raw)
		if err != nil {
			s.rejected = append(s.rejected, wire.Rejection{ReportID: name.report, Reason: err.Error()})
			continue
		}
		s.good, s.names = append(s.good, report), append(s.names, name)
	}
	return s
}

func (s sorted) answer(receipt store.Receipt) wire.Answer {
	a := wire.Answer{Acked: []string{}, Rejected: s.rejected, Orders: []json.RawMessage{}}
	a.Next.SendFull = receipt.SendFull
	for i, called := range s.names {
		name := called.report
		switch {
		case receipt.Outcomes[i] == store.Conflict:
			a.Rejected = append(a.Rejected, wire.Rejection{ReportID: name, Reason: "the server has another report with this report_id"})
		case !slices.Contains(a.Acked, name):
			a.Acked = append(a.Acked, name)
		}
	}
	return a
}
