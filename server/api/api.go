// Package api answers the questions of programs about the fleet, in JSON.
//
// Its bodies are those of package wire, and a contract. It only reads; it must
// not change anything, and knows nothing of pages.
package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

// pingLimit bounds how long a probe waits for the store.
const pingLimit = 2 * time.Second

// API holds the handlers. All are safe for concurrent use.
type API struct {
	fleet   store.Fleet
	devices store.Devices
	pinger  store.Pinger
	log     *zap.Logger
}

// New returns the handlers of a store.
func New(fleet store.Fleet, devices store.Devices, pinger store.Pinger, log *zap.Logger) *API {
	return &API{fleet: fleet, devices: devices, pinger: pinger, log: log.Named("api")}
}

// Live answers GET /healthz: the process runs.
func (a *API) Live(w http.ResponseWriter, r *http.Request) {
	a.send(w, r, status{"ok"})
}

// Ready answers GET /readyz: the store answers as well, or it is a 503.
func (a *API) Ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pingLimit)
	defer cancel()
	if err := a.pinger.Ping(ctx); err != nil {
		problem.Write(w, r, a.log, err)
		return
	}
	a.send(w, r, status{"ok"})
}

type status struct {
	Status string `json:"status"`
}

func (a *API) send(w http.ResponseWriter, r *http.Request, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		problem.Write(w, r, a.log, fmt.Errorf("encode answer: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // the client may have gone
}
