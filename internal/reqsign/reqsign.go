// Package reqsign signs the requests of a device as RFC 9421 (HTTP Message
// Signatures) has it, and holds what both sides agreed on: which parts of a request
// are signed, under which label, with which tag.
//
// It only signs. A server verifies with a library of its own, so that two programs
// that were not written by the same hand agree on every request.
package reqsign

import (
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// The labels of the signatures in a request.
const (
	Label         = "tokenward" // by the key that the request is about
	LabelPrevious = "previous"  // by the key that it replaces
)

// Tag is in every signature, so that one that was made for another purpose by the
// same key is none.
const Tag = "tokenward-v1"

// Window is how far the time of a signature may be from the server's, either way.
const Window = 5 * time.Minute

// Components lists what a signature covers, in its order. A request has all of
// them: content-encoding is "identity" where the body is not encoded.
func Components() []string {
	return []string{"@method", "@authority", "@path", "@query", "content-digest", "content-type", "content-encoding"}
}

// Key is the key of a device, with the label of the signature that it makes.
type Key struct {
	Label   string
	Private ed25519.PrivateKey
}

// Fingerprint is how a public key is named: the SHA-256 of its 32 bytes, in
// lower-case hexadecimal digits. It is the keyid of a signature.
func Fingerprint(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:])
}

// Sign puts a digest of the body and one signature of every key into the header.
// body is what is sent, encoded; at is the time that the server is told.
func Sign(r *http.Request, body []byte, at time.Time, keys ...Key) error {
	if r.URL.RawPath != "" {
		return errors.New("sign request: an escaped path can be read in two ways")
	}
	sum := sha256.Sum256(body)
	r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	inputs, signatures := httpsfv.NewDictionary(), httpsfv.NewDictionary()
	for _, k := range keys {
		params := parameters(k, at)
		base, err := base(r, params)
		if err != nil {
			return fmt.Errorf("sign request: %w", err)
		}
		inputs.Add(k.Label, params)
		signatures.Add(k.Label, httpsfv.NewItem(ed25519.Sign(k.Private, []byte(base))))
	}
	return errors.Join(setHeader(r, "Signature-Input", inputs), setHeader(r, "Signature", signatures))
}

func setHeader(r *http.Request, name string, value httpsfv.StructuredFieldValue) error {
	text, err := httpsfv.Marshal(value)
	if err != nil {
		return fmt.Errorf("sign request: %s: %w", name, err)
	}
	r.Header.Set(name, text)
	return nil
}

// parameters is the list of the components with what the signature says of itself.
func parameters(k Key, at time.Time) httpsfv.InnerList {
	list := httpsfv.InnerList{Params: httpsfv.NewParams()}
	for _, name := range Components() {
		list.Items = append(list.Items, httpsfv.NewItem(name))
	}
	public, _ := k.Private.Public().(ed25519.PublicKey) // it never is anything else
	list.Params.Add("created", at.Unix())
	list.Params.Add("nonce", rand.Text())
	list.Params.Add("keyid", Fingerprint(public))
	list.Params.Add("tag", Tag)
	return list
}

// base is the text that is signed (RFC 9421, section 2.5).
func base(r *http.Request, params httpsfv.InnerList) (string, error) {
	var b strings.Builder
	for _, name := range Components() {
		value, err := component(r, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%q: %s\n", name, value)
	}
	list, err := httpsfv.Marshal(params)
	if err != nil {
		return "", err
	}
	return b.String() + `"@signature-params": ` + list, nil
}

// Authority is a host as it is signed: in lower case, and without the port that the
// scheme has anyway (RFC 9421, section 2.2.3).
func Authority(host, scheme string) string {
	port := map[string]string{"https": ":443", "http": ":80"}[scheme]
	return strings.TrimSuffix(strings.ToLower(host), port)
}

// component is the value of a part of the request (RFC 9421, section 2.2).
func component(r *http.Request, name string) (string, error) {
	switch name {
	case "@method":
		return r.Method, nil
	case "@authority":
		return Authority(cmp.Or(r.Host, r.URL.Host), r.URL.Scheme), nil
	case "@path":
		if r.URL.Path == "" {
			return "/", nil
		}
		return r.URL.Path, nil
	case "@query":
		return "?" + r.URL.RawQuery, nil
	}
	values := r.Header.Values(name)
	if len(values) != 1 || values[0] == "" {
		return "", fmt.Errorf("%s: %d values where there has to be one", name, len(values))
	}
	return strings.TrimSpace(values[0]), nil
}
