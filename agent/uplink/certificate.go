package uplink

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// certificateTrouble is about who the server proved to be. A certificate that has
// ended and a clock that is wrong look the same from here; only where the clock shows
// a time before this program was built is it sure that it is the clock.
func (c *Client) certificateTrouble(err error, now time.Time) (*TroubleError, bool) {
	if alert, ok := errors.AsType[*net.OpError](err); ok && alert.Op == "remote error" { // so says crypto/tls of an alert
		return &TroubleError{wire.TroubleRefused, c.host + " ends the TLS handshake: it wants a client certificate, or another one, or another version of TLS", err}, true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return &TroubleError{wire.TroublePortal, "Something that speaks no TLS answers in the place of " + c.host, err}, true
	}
	failed, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok {
		return nil, false
	}
	say := func(t wire.Trouble, text string) (*TroubleError, bool) { return &TroubleError{t, text, err}, true }
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](failed)
	_, wrongName := errors.AsType[x509.HostnameError](failed)
	_, stranger := errors.AsType[x509.UnknownAuthorityError](failed)
	switch {
	case isInvalid && invalid.Reason == x509.Expired:
		return c.untimely(err, invalid.Cert, now), true
	case wrongName:
		return say(wire.TroubleCertificate, "The certificate that is shown for "+c.host+" is for another name")
	case stranger:
		return say(wire.TroubleCertificate, "The certificate of "+c.host+" is of an authority that this Mac does not trust: another one is configured, or somebody reads along")
	}
	return say(wire.TroubleCertificate, "The certificate of "+c.host+" is not valid")
}

// untimely is a certificate that is not valid at the time that the clock shows.
func (c *Client) untimely(err error, certificate *x509.Certificate, now time.Time) *TroubleError {
	if !c.built.IsZero() && now.Before(c.built) {
		return &TroubleError{wire.TroubleClock, "This Mac's clock shows " + day(now) + ", a time before this program was built, so no certificate can be judged", err}
	}
	text := "The certificate of " + c.host + " is not valid at the time that this Mac's clock shows, " + day(now)
	switch {
	case certificate == nil:
	case !c.built.IsZero() && certificate.NotAfter.Before(c.built):
		text = "The certificate of " + c.host + " ended on " + day(certificate.NotAfter)
	case now.After(certificate.NotAfter):
		text = "The certificate of " + c.host + " ended on " + day(certificate.NotAfter) + ", or this Mac's clock is wrong: it shows " + day(now)
	case now.Before(certificate.NotBefore):
		text = "The certificate of " + c.host + " begins on " + day(certificate.NotBefore) + ", or this Mac's clock is wrong: it shows " + day(now)
	}
	return &TroubleError{wire.TroubleCertificate, text, err}
}

func day(at time.Time) string { return at.UTC().Format("2 January 2006") }
