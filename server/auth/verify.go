package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/remitly-oss/httpsig-go"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/server/problem"
)

// verify checks one signature of a request over a body, with one key. The signature
// itself is left to the library; what it leaves open was closed before: the form of the
// header (readSignatures), the time (inTime: the library allows a minute ahead, whatever
// it is told), the digest (readBody: the library checks none where there is none) and the
// host.
func verify(r *http.Request, body []byte, site Site, s signature, public ed25519.PublicKey) error {
	if r.URL.RawPath != "" {
		return unsigned("an escaped path can be read in two ways")
	}
	for _, name := range []string{"Content-Type", "Content-Encoding"} {
		if _, err := onlyValue(r.Header, name); err != nil {
			return err
		}
	}
	asSigned := site.asSigned(r)
	asSigned.Body = io.NopCloser(bytes.NewReader(body))
	_, err := httpsig.Verify(asSigned, oneKey{s.keyID, public}, httpsig.VerifyProfile{
		SignatureLabel:         s.label,
		AllowedAlgorithms:      []httpsig.Algorithm{httpsig.Algo_ED25519},
		RequiredFields:         httpsig.Fields(reqsign.Components()...),
		RequiredMetadata:       []httpsig.Metadata{httpsig.MetaCreated, httpsig.MetaNonce, httpsig.MetaKeyID, httpsig.MetaTag},
		DisallowedMetadata:     []httpsig.Metadata{httpsig.MetaAlgorithm, httpsig.MetaExpires},
		DisableTimeEnforcement: true,
	})
	if err != nil {
		return unsigned(fmt.Sprintf("the signature %q does not fit this request to %s%s; "+
			"where a proxy in between changes the host or the path, --public-url names those that agents use", s.label, asSigned.Host, asSigned.URL.Path))
	}
	return nil
}

// oneKey answers the library's question for a key, whatever it asks for: whose key it
// is was looked up before.
type oneKey struct {
	id     string
	public ed25519.PublicKey
}

// FetchByKeyID returns the key.
func (k oneKey) FetchByKeyID(_ context.Context, _ http.Header, id string) (httpsig.KeySpecer, error) {
	if id != k.id {
		return nil, errors.New("the library reads another keyid than we do")
	}
	return httpsig.KeySpec{KeyID: id, Algo: httpsig.Algo_ED25519, PubKey: k.public}, nil
}

// Fetch is for signatures that name no key, of which there are none.
func (oneKey) Fetch(context.Context, http.Header, httpsig.MetadataProvider) (httpsig.KeySpecer, error) {
	return nil, errors.New("the signature names no key")
}

// readBody reads a body up to a limit and compares it with its digest, both before
// anything is made of it.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	digest, err := onlyValue(r.Header, "Content-Digest")
	if err != nil {
		return nil, err
	}
	if !digestForm.MatchString(digest) {
		return nil, unsigned("Content-Digest is not one sha-256")
	}
	if r.ContentLength > limit {
		return nil, tooLong(limit)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if long := (*http.MaxBytesError)(nil); errors.As(err, &long) {
		return nil, tooLong(limit)
	}
	if err != nil {
		return nil, problem.BrokenOff()
	}
	sum := sha256.Sum256(body)
	want := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	if subtle.ConstantTimeCompare([]byte(want), []byte(digest)) != 1 {
		return nil, unsigned("Content-Digest is not that of the body as it was sent")
	}
	return body, nil
}

func tooLong(limit int64) error {
	return &problem.Error{Status: http.StatusRequestEntityTooLarge, Detail: fmt.Sprintf("the body is longer than %d bytes", limit)}
}

// inTime checks the times of all signatures.
func inTime(w http.ResponseWriter, now time.Time, all []signature) error {
	for _, s := range all {
		if err := s.inTime(w, now); err != nil {
			return err
		}
	}
	return nil
}
