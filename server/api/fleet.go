package api

import (
	"net/http"
	"slices"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

// Summary answers GET /v1/summary.
func (a *API) Summary(w http.ResponseWriter, r *http.Request) {
	sum, err := a.fleet.Summary(r.Context())
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	a.send(w, r, summary(sum))
}

// List answers GET /v1/devices.
func (a *API) List(w http.ResponseWriter, r *http.Request) {
	q, err := store.ParseQuery(r.URL.Query())
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	page, err := a.fleet.List(r.Context(), q)
	if err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	list := wire.DeviceList{Devices: []wire.DeviceRow{}, NextCursor: cursor(page.Next)}
	for _, d := range page.Devices {
		list.Devices = append(list.Devices, row(d))
	}
	a.send(w, r, list)
}

func summary(sum store.Summary) wire.Summary {
	out := wire.Summary{
		Devices:   sum.Devices,
		Verdicts:  map[string]int{},
		Findings:  []wire.FindingCount{},
		Forecasts: map[string]wire.AnswerCount{},
	}
	for verdict, n := range sum.Verdicts {
		out.Verdicts[verdict.String()] = n
	}
	for _, c := range sum.Findings {
		out.Findings = append(out.Findings, wire.FindingCount{Code: c.Code, Devices: c.Devices})
	}
	for name, n := range sum.Forecasts {
		out.Forecasts[name] = wire.AnswersOf(n)
	}
	return out
}

func row(d store.Device) wire.DeviceRow {
	codes := []string{}
	for _, f := range d.Findings {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	return wire.DeviceRow{
		ID: d.ID, Serial: d.Serial, Name: d.Name, Verdict: d.Verdict,
		Findings: codes, HoldRestart: d.HoldRestart, LastSeen: d.LastSeen,
	}
}

// cursor is null on the last page.
func cursor(next string) *string {
	if next == "" {
		return nil
	}
	return &next
}
