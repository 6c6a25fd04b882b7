package server

import (
	"net/http"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/server/api"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/ingest"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
	"github.com/tokenward/tokenward/server/web"
)

// New returns all that the server answers. Tokens that are nil let every
// program on this machine send reports.
func New(st store.Store, tokens *auth.Tokens, log *zap.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", problem.Refuse(http.StatusNotFound, "there is nothing at this path"))

	post(mux, "/v1/reports", tokens.Require(ingest.New(st, log)))

	json := api.New(st, st, st, log)
	get(mux, "/v1/summary", json.Summary)
	get(mux, "/v1/devices", json.List)
	get(mux, "/v1/devices/{id}", json.Device)
	get(mux, "/v1/devices/{id}/history", json.History)
	get(mux, "/healthz", json.Live)
	get(mux, "/readyz", json.Ready)

	pages := web.New(st, st, log)
	get(mux, "/{$}", pages.Fleet)
	get(mux, "/devices/{id}", pages.Device)
	get(mux, "/style.css", web.Style)

	return guard(mux)
}

func get(mux *http.ServeMux, path string, h http.HandlerFunc) {
	mux.Handle("GET "+path, h) // and HEAD
	mux.Handle(path, problem.MethodNotAllowed(http.MethodGet, http.MethodHead))
}

func post(mux *http.ServeMux, path string, h http.Handler) {
	mux.Handle("POST "+path, h)
	mux.Handle(path, problem.MethodNotAllowed(http.MethodPost))
}
