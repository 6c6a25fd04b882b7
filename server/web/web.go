// Package web shows the fleet, and one Mac, as plain pages: no script, one style
// sheet, readable without either.
//
// Every text on a page was written by a device, and none is trusted: only
// html/template puts it there, no longer than it need be, and characters that
// would hide or turn text around are made visible. What is not known is shown
// as unknown, never as no. This package must not change anything, and decides
// nothing about health: it repeats what the reports say.
package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed style.css
var style []byte

// Pages holds the handlers. All are safe for concurrent use.
type Pages struct {
	fleet   store.Fleet
	devices store.Devices
	log     *zap.Logger
	pages   *template.Template
	titles  map[string]string // of findings, by code
}

// New returns the pages of a store.
func New(fleet store.Fleet, devices store.Devices, log *zap.Logger) *Pages {
	pages := template.Must(template.New("").Funcs(functions()).ParseFS(templates, "templates/*.html"))
	titles := map[string]string{}
	for _, rule := range health.Rules() {
		titles[string(rule.Code)] = rule.Title
	}
	return &Pages{fleet: fleet, devices: devices, log: log.Named("web"), pages: pages, titles: titles}
}

// Style answers GET /style.css.
func Style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(style) // the client may have gone
}

// send renders a page in full before it writes any of it, so that an error is
// never half a page.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	if err := p.pages.ExecuteTemplate(&page, name, data); err != nil {
		problem.Write(w, r, p.log, err)
		return
	}
	body := visible(page.Bytes())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone
}

// fail shows an error as a page, and logs it if it is the server's own.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	told := problem.From(err)
	if told.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		p.log.Error("page failed", zap.String("path", r.URL.Path), zap.Error(err))
	}
	p.send(w, r, told.Status, "error.html", told)
}
