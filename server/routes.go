package server

import (
	"net/http"
	"strings"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/api"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/ingest"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
	"github.com/tokenward/tokenward/server/web"
)

// New returns all that the server answers, to those whom access lets in.
func New(st store.Store, access Access, log *zap.Logger) (http.Handler, error) {
	mux := http.NewServeMux()
	mux.Handle("/", problem.Refuse(http.StatusNotFound, "there is nothing at this path"))

	registry := auth.NewRegistry(st)
	routeAgents(mux, access, registry, ingest.New(st, log), log)
	view := func(path string, h http.HandlerFunc) { get(mux, path, access.Door.Require(auth.Viewer, h)) }

	json := api.New(st, st, st, log)
	view("/v1/summary", json.Summary)
	view("/v1/devices", json.List)
	view("/v1/devices/{id}", json.Device)
	view("/v1/devices/{id}/history", json.History)
	get(mux, "/healthz", http.HandlerFunc(json.Live))
	get(mux, "/readyz", http.HandlerFunc(json.Ready))
	routeEnrollments(mux, access.Door, api.NewEnrollments(registry, st, log))

	pages := web.New(st, st, log)
	view("/{$}", pages.Fleet)
	view("/devices/{id}", pages.Device)
	get(mux, "/style.css", http.HandlerFunc(web.Style))

	return guard(under(access.Path, mux), access.Authority), nil
}

// routeAgents serves those who sign, or show a token, or, where only this machine gets
// here, need neither.
func routeAgents(mux *http.ServeMux, access Access, registry *auth.Registry, reports http.Handler, log *zap.Logger) {
	switch {
	case access.Tokens != nil:
		post(mux, "/v1/reports", crowd(access.Tokens.Require(reports)))
	case access.Door == nil:
		post(mux, "/v1/reports", crowd(reports))
		post(mux, wire.EnrollPath, http.HandlerFunc(auth.Welcome))
	default:
		site := auth.Site{Host: access.Authority, Path: access.Path}
		verifier := auth.NewVerifier(registry, site, log)
		post(mux, "/v1/reports", crowd(verifier.Require(ingest.MaxEncoded, reports)))
		post(mux, wire.EnrollPath, auth.NewEnrolment(registry, access.Policy, site, log))
	}
}

func routeEnrollments(mux *http.ServeMux, door *auth.Door, keys *api.Enrollments) {
	get(mux, "/v1/enrollments", door.Require(auth.Viewer, http.HandlerFunc(keys.List)))
	for verb, state := range map[string]store.KeyState{"approve": store.KeyActive, "refuse": store.KeyRefused, "revoke": store.KeyRevoked} {
		post(mux, "/v1/enrollments/{fingerprint}/"+verb, door.Require(auth.Approver, keys.Decide(state)))
	}
	post(mux, "/v1/codes", door.Require(auth.Admin, http.HandlerFunc(keys.AddCode)))
	post(mux, "/v1/serials", door.Require(auth.Admin, http.HandlerFunc(keys.AddSerials)))
	get(mux, "/v1/audit", door.Require(auth.Approver, http.HandlerFunc(keys.Audit)))
}

// under takes away the path of the site where a proxy in front has left it.
func under(path string, next http.Handler) http.Handler {
	if path == "" {
		return next
	}
	below := http.StripPrefix(path, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, path+"/") {
			below.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func get(mux *http.ServeMux, path string, h http.Handler) {
	mux.Handle("GET "+path, h) // and HEAD
	mux.Handle(path, problem.MethodNotAllowed(http.MethodGet, http.MethodHead))
}

func post(mux *http.ServeMux, path string, h http.Handler) {
	mux.Handle("POST "+path, h)
	mux.Handle(path, problem.MethodNotAllowed(http.MethodPost))
}
