package auth

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

const (
	maxEnroll = 16 << 10      // bytes of a body
	askAgain  = 1 * time.Hour // where there is no more room
)

// Policy says what the site lets in without a person, and what may ask for one.
type Policy struct {
	Secrets  *Tokens // enrolment secrets; nil: there are none
	Open     bool    // a key may wait for a person without any secret
	BySerial bool    // the first key of an imported serial needs no person
}

// Enrolment answers POST /v1/enroll. It is safe for concurrent use.
type Enrolment struct {
	registry *Registry
	policy   Policy
	site     Site
	nonces   nonces
	log      *zap.Logger
}

// NewEnrolment returns the handler.
func NewEnrolment(registry *Registry, policy Policy, site Site, log *zap.Logger) *Enrolment {
	return &Enrolment{registry: registry, policy: policy, site: site, log: log.Named("auth")}
}

// ServeHTTP lets a key ask to speak for its Mac.
func (e *Enrolment) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, err := e.enroll(w, r)
	if err != nil {
		e.log.Debug("enrolment refused", zap.Error(err)) // anybody can have that written, any number of times
		problem.Write(w, r, e.log, err)
		return
	}
	e.log.Info("enrolment", zap.String("fingerprint", key.Fingerprint), zap.String("state", string(key.State)),
		zap.String("hardware_uuid", key.HardwareUUID))
	sendJSON(w, wire.EnrollAnswer{DeviceID: key.HardwareUUID, State: wire.EnrollState(key.State)})
}

func (e *Enrolment) enroll(w http.ResponseWriter, r *http.Request) (store.DeviceKey, error) {
	now := time.Now()
	claim, err := e.signedClaim(w, r, now)
	if err != nil {
		return store.DeviceKey{}, err
	}
	key, err := e.registry.Enroll(r.Context(), now, claim)
	if err != nil {
		return store.DeviceKey{}, refusal(w, err)
	}
	if err := usable(key); err != nil && key.State != store.KeyPending {
		return store.DeviceKey{}, err
	}
	return key, nil
}

// signedClaim returns what a key says of itself, once its signature was checked, and
// that of the key that it replaces.
func (e *Enrolment) signedClaim(w http.ResponseWriter, r *http.Request, now time.Time) (store.Claim, error) {
	all, err := readSignatures(r.Header, reqsign.Label, reqsign.LabelPrevious)
	if err != nil {
		return store.Claim{}, err
	}
	if err := inTime(w, now, all); err != nil {
		return store.Claim{}, err
	}
	body, err := readBody(w, r, maxEnroll)
	if err != nil {
		return store.Claim{}, err
	}
	asked, err := readEnroll(r.Header.Get("Content-Encoding"), body)
	if err != nil {
		return store.Claim{}, err
	}
	claim, err := newClaim(asked)
	if err != nil {
		return store.Claim{}, err
	}
	if claim.Fingerprint != all[0].keyID {
		return store.Claim{}, unsigned("keyid is not the fingerprint of signing_key")
	}
	if err := verify(r, body, e.site, all[0], claim.Public); err != nil {
		return store.Claim{}, err
	}
	if !e.nonces.first(all[0].keyID, all[0].nonce, now) {
		return store.Claim{}, unsigned("this request was sent before: each one is signed anew")
	}
	if err := e.previous(r, body, all[1:], &claim); err != nil {
		return store.Claim{}, err
	}
	e.speakFor(asked.Secret, &claim)
	return claim, nil
}

// previous notes the key that signed as well. One that is not known says nothing, as
// if it had not signed; whether it is active and of the same Mac, the store decides in
// the step that retires it.
func (e *Enrolment) previous(r *http.Request, body []byte, rest []signature, claim *store.Claim) error {
	if len(rest) == 0 {
		return nil
	}
	key, err := e.registry.Key(r.Context(), rest[0].keyID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := verify(r, body, e.site, rest[0], key.Public); err != nil {
		return err
	}
	claim.Previous = key.Fingerprint
	return nil
}

// speakFor notes what else than a key speaks for the Mac.
func (e *Enrolment) speakFor(secret string, claim *store.Claim) {
	claim.Invited = e.policy.Open || e.policy.Secrets != nil && e.policy.Secrets.have(secret)
	claim.BySerial = e.policy.BySerial
	if secret != "" {
		hash := sha256.Sum256([]byte(secret))
		claim.CodeHash = hash[:]
	}
}

// refusal says what a store's answer means for a device.
func refusal(w http.ResponseWriter, err error) error {
	switch {
	case errors.Is(err, store.ErrUninvited):
		return &problem.Error{Status: http.StatusForbidden, Type: wire.ProblemSecret, Detail: "the enrolment secret or code does not fit, is used up, or is missing"}
	case errors.Is(err, store.ErrOtherMac):
		return &problem.Error{Status: http.StatusForbidden, Type: wire.ProblemDevice, Detail: "this key belongs to another Mac: make a new one and enrol"}
	case errors.Is(err, store.ErrHasty):
		w.Header().Set("Retry-After", strconv.Itoa(int(store.RotationPause.Seconds())))
		return &problem.Error{Status: http.StatusTooManyRequests, Detail: "the key of this Mac was changed less than an hour ago"}
	case errors.Is(err, store.ErrFull):
		w.Header().Set("Retry-After", strconv.Itoa(int(askAgain.Seconds())))
		return &problem.Error{Status: http.StatusTooManyRequests, Detail: "too many enrolments wait for a person already"}
	}
	return err
}

func sendJSON(w http.ResponseWriter, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // the client may have gone
}

// Welcome answers POST /v1/enroll where every local program may send reports: a Mac
// that wants to enrol is told that it may send, and nothing is kept, so that nobody has
// a key once the site begins to ask for them.
func Welcome(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(w, r, maxEnroll)
	if err != nil {
		problem.Send(w, problem.From(err))
		return
	}
	asked, err := readEnroll(r.Header.Get("Content-Encoding"), body)
	if err != nil {
		problem.Send(w, problem.From(err))
		return
	}
	claim, err := newClaim(asked)
	if err != nil {
		problem.Send(w, problem.From(err))
		return
	}
	sendJSON(w, wire.EnrollAnswer{DeviceID: claim.HardwareUUID, State: wire.EnrollActive})
}
