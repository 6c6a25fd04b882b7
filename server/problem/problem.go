// Package problem answers with errors as RFC 9457 describes them.
//
// It decides, in one place, which error has which status, and what of it a
// client may read: the text of an error that is not the client's own goes into
// the log, never into an answer.
package problem

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/store"
)

// ContentType is the media type of an error.
const ContentType = "application/problem+json"

// An Error is the client's mistake, told to the client.
type Error struct {
	Status int    // 4xx
	Type   string // one of wire.Problem…; empty where the status says enough
	Detail string
}

// Error returns what the client reads.
func (e *Error) Error() string { return e.Detail }

// BrokenOff is a body that did not come to its end: the Mac fell asleep, or its network
// went. That says nothing about what the body would have been, so it is worth sending
// again, which a 408 invites to (RFC 9110, section 15.5.9).
func BrokenOff() error {
	return &Error{Status: http.StatusRequestTimeout, Detail: "the body broke off before its end: send it again"}
}

// From says how an error is told to a client.
func From(err error) wire.Problem {
	var (
		own   *Error
		param *store.ParamError
	)
	switch {
	case errors.As(err, &own):
		p := of(own.Status, own.Detail)
		p.Type = cmp.Or(own.Type, p.Type)
		return p
	case errors.As(err, &param):
		return of(http.StatusBadRequest, param.Error())
	case errors.Is(err, store.ErrCursor):
		return of(http.StatusBadRequest, (&store.ParamError{Name: "cursor", Reason: "did not come from this list"}).Error())
	case errors.Is(err, store.ErrNotFound):
		return of(http.StatusNotFound, "there is no such device")
	}
	return of(http.StatusServiceUnavailable, "the server cannot answer now; its log says why")
}

// Write answers with an error, and logs it if it is the server's own. An error
// of a client that has gone is neither.
func Write(w http.ResponseWriter, r *http.Request, log *zap.Logger, err error) {
	p := From(err)
	if p.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		log.Error("request failed", zap.String("method", r.Method), zap.String("path", r.URL.Path), zap.Error(err))
	}
	Send(w, p)
}

// Send writes a problem.
func Send(w http.ResponseWriter, p wire.Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // three strings and a number
	}
	w.Header().Set("Content-Type", ContentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client may have gone
}

// Refuse returns a handler that always answers with this error.
func Refuse(status int, detail string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { Send(w, of(status, detail)) })
}

// MethodNotAllowed returns a handler for the methods that a path does not have.
func MethodNotAllowed(allowed ...string) http.Handler {
	allow := strings.Join(allowed, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", allow)
		Send(w, of(http.StatusMethodNotAllowed, "this path answers to "+allow))
	})
}

func of(status int, detail string) wire.Problem {
	return wire.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}
