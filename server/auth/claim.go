package auth

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

const maxText = 255 // bytes of a text that a person reads

var (
	recipientForm = regexp.MustCompile(`^age1[02-9ac-hj-np-z]{58}$`)
	uuidForm      = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// readEnroll decodes a body that is not encoded, or with gzip.
func readEnroll(encoding string, body []byte) (wire.EnrollRequest, error) {
	var asked wire.EnrollRequest
	switch strings.ToLower(encoding) {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return asked, badEnroll("the body is not gzip")
		}
		if body, err = io.ReadAll(io.LimitReader(z, maxEnroll+1)); err != nil {
			return asked, badEnroll("the body is not gzip to its end")
		}
	default:
		return asked, &problem.Error{Status: http.StatusUnsupportedMediaType, Detail: "the content encoding is not one of gzip, identity"}
	}
	if len(body) > maxEnroll {
		return asked, tooLong(maxEnroll)
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return asked, badEnroll("the body does not have the form of an enrolment")
	}
	return asked, nil
}

// newClaim checks what a Mac says of itself. Its texts are cut to what a list shows.
func newClaim(asked wire.EnrollRequest) (store.Claim, error) {
	public, err := base64.StdEncoding.Strict().DecodeString(asked.SigningKey)
	d := asked.Device
	uuid := strings.ToLower(d.HardwareUUID)
	switch {
	case err != nil || len(public) != ed25519.PublicKeySize:
		return store.Claim{}, badEnroll("signing_key is not 32 bytes in base64")
	case !recipientForm.MatchString(asked.Recipient):
		return store.Claim{}, badEnroll("recipient is not an X25519 recipient of age")
	case !uuidForm.MatchString(uuid):
		return store.Claim{}, badEnroll("device.hardware_uuid is not a UUID")
	}
	return store.Claim{
		Fingerprint: reqsign.Fingerprint(public), Public: public, Recipient: asked.Recipient,
		HardwareUUID: uuid, Serial: serialOf(d.Serial), Name: line(d.Name), Model: line(d.Model),
		OSVersion: line(d.OS.Version), AgentVersion: line(asked.Agent.Version),
	}, nil
}

// serialOf returns an empty text for what is no serial number. One with a blank or a
// foreign letter in it looks like that of a known Mac, and compares as another; a Mac
// whose maker writes such things, as some virtual ones do, gets in by its hardware UUID.
func serialOf(s string) string {
	if store.IsSerial(s) {
		return s
	}
	return ""
}

// line makes a text fit for a line of a list: cut, and without what moves a cursor.
func line(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), maxText)], "")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, s)
}

func badEnroll(detail string) error {
	return &problem.Error{Status: http.StatusBadRequest, Detail: detail}
}
