package api

import (
	"net/http"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

// detail is wire.DeviceDetail with what only the server can know.
type detail struct {
	wire.DeviceDetail

	Delivery delivery `json:"delivery"`
}

// delivery says what arrived of a device's reports, and what did not.
type delivery struct {
	FirstSeen time.Time `json:"first_seen"`
	Outdated  bool      `json:"outdated"` // the newest report names a state that report does not show
	Epochs    []epoch   `json:"epochs"`   // the newest first, at most ten
}

type epoch struct {
	Epoch     string    `json:"epoch"`
	FirstSeen time.Time `json:"first_seen"`
	Reports   uint64    `json:"reports"`
	LastSeq   uint64    `json:"last_seq"`
	Missing   uint64    `json:"missing"` // numbers up to last_seq that never arrived
}

// Device answers GET /v1/devices/{id}.
func (a *API) Device(w http.ResponseWriter, r *http.Request) {
	d, err := a.devices.Device(r.Context(), r.PathValue("id"))
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	body := detail{DeviceDetail: wire.DeviceDetail{Device: row(d.Device), Report: d.Snapshot}}
	body.Delivery = delivery{FirstSeen: d.FirstSeen, Outdated: d.Outdated, Epochs: []epoch{}}
	for _, e := range d.Epochs {
		body.Delivery.Epochs = append(body.Delivery.Epochs, epoch{e.ID, e.FirstSeen, e.Reports, e.LastSeq, e.Missing})
	}
	a.send(w, r, body)
}

// History answers GET /v1/devices/{id}/history.
func (a *API) History(w http.ResponseWriter, r *http.Request) {
	limit, from, err := store.ParsePaging(r.URL.Query())
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	h, err := a.devices.History(r.Context(), r.PathValue("id"), from, limit)
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	page := wire.HistoryPage{Reports: []wire.HistoryRow{}, NextCursor: cursor(h.Next)}
	for _, p := range h.Reports {
		page.Reports = append(page.Reports, past(p))
	}
	a.send(w, r, page)
}

func past(p store.Past) wire.HistoryRow {
	return wire.HistoryRow{
		ReportID: p.ID, Epoch: p.Epoch, Seq: p.Seq, Kind: p.Kind, Verdict: p.Verdict,
		Findings: p.Findings, ObservedAt: p.ObservedAt, ReceivedAt: p.ReceivedAt,
	}
}
