package identity

import (
	"errors"
	"net/http"
	"time"

	"github.com/tokenward/tokenward/internal/reqsign"
)

// errGone is an enrolment that was overtaken by another.
var errGone = errors.New("the key that was to be enrolled has been replaced meanwhile")

// Sign signs a request with the present key and returns that key's public half, in
// base64. body is what is sent; at is the time that the server is told.
func (i *Identity) Sign(r *http.Request, body []byte, at time.Time) (signingKey string, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.current == nil {
		return "", ErrNone
	}
	return i.current.name(), reqsign.Sign(r, body, at, reqsign.Key{Label: reqsign.Label, Private: i.current.signing})
}

// SignEnrollment signs the request that enrols a key with that key. If it is to take
// the place of another, that one signs as well.
func (i *Identity) SignEnrollment(r *http.Request, body []byte, at time.Time, signingKey string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.next != nil && i.next.name() == signingKey:
		return reqsign.Sign(r, body, at, named(reqsign.Label, i.next), named(reqsign.LabelPrevious, i.current))
	case i.current != nil && i.current.name() == signingKey:
		return reqsign.Sign(r, body, at, named(reqsign.Label, i.current))
	}
	return errGone
}

func named(label string, k *key) reqsign.Key {
	return reqsign.Key{Label: label, Private: k.signing}
}
