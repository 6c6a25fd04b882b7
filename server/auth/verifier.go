package auth

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

// Verifier lets requests pass that an active key has signed. It is safe for concurrent
// use.
type Verifier struct {
	keys store.KeyFinder
	site Site
	log  *zap.Logger
}

// NewVerifier returns a verifier for these keys, of requests that were sent to the site.
func NewVerifier(keys store.KeyFinder, site Site, log *zap.Logger) *Verifier {
	return &Verifier{keys: keys, site: site, log: log.Named("auth")}
}

// Require lets a request with a body of at most limit bytes pass to next if an active
// key has signed it; next finds the key with KeyOf, and the body as it was sent.
//
// A request that comes twice passes twice: what is behind this must be safe to repeat,
// as reports are by their ID.
func (v *Verifier) Require(limit int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, body, err := v.check(w, r, limit)
		if err != nil {
			v.log.Debug("request refused", zap.String("path", r.URL.Path), zap.Error(err))
			problem.Write(w, r, v.log, err)
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), keyOfRequest{}, key))
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// check does what costs little first: form and time, whether the key speaks for a Mac at
// all, then the body, then the signature. So nothing is read for a stranger. That whoever
// names a fingerprint learns how it stands gives nothing away: it is the hash of a public
// key, and whoever knows it can learn no more than its state.
func (v *Verifier) check(w http.ResponseWriter, r *http.Request, limit int64) (store.DeviceKey, []byte, error) {
	all, err := readSignatures(r.Header, reqsign.Label)
	if err != nil {
		return store.DeviceKey{}, nil, err
	}
	if err := inTime(w, time.Now(), all); err != nil {
		return store.DeviceKey{}, nil, err
	}
	key, err := v.find(r.Context(), all[0].keyID)
	if err != nil {
		return store.DeviceKey{}, nil, err
	}
	body, err := readBody(w, r, limit)
	if err != nil {
		return store.DeviceKey{}, nil, err
	}
	return key, body, verify(r, body, v.site, all[0], key.Public)
}

// find returns a key that speaks for its Mac.
func (v *Verifier) find(ctx context.Context, id string) (store.DeviceKey, error) {
	key, err := v.keys.Key(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return key, &problem.Error{Status: http.StatusUnauthorized, Type: wire.ProblemUnknownKey, Detail: "this server does not know the key: enrol"}
	}
	if err != nil {
		return key, err
	}
	return key, usable(key)
}

// usable says why a key does not speak for its Mac.
func usable(key store.DeviceKey) error {
	switch key.State {
	case store.KeyActive:
		return nil
	case store.KeyPending:
		return &problem.Error{Status: http.StatusForbidden, Type: wire.ProblemPending, Detail: "the enrolment of this Mac waits for a person"}
	case store.KeyRetired, store.KeyRefused, store.KeyRevoked:
	}
	return &problem.Error{Status: http.StatusForbidden, Type: wire.ProblemRevoked, Detail: "this key will not be taken again"}
}

type keyOfRequest struct{}

// KeyOf returns the key that signed a request, where it had to be signed.
func KeyOf(ctx context.Context) (store.DeviceKey, bool) {
	key, ok := ctx.Value(keyOfRequest{}).(store.DeviceKey)
	return key, ok
}
