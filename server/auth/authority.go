package auth

import (
	"net/http"

	"github.com/tokenward/tokenward/internal/reqsign"
)

// Site is where agents reach the server, as the site says. A signature names both.
type Site struct {
	Host string // with its port if that is not the usual one; empty: each request names it
	Path string // what agents have before /v1, without a slash at its end; a proxy may take it away
}

// authority returns the host that a signature must name. Where the site says under
// which name its agents know it, that name and no other: what was signed for another
// server says nothing here, and a proxy may call us what it likes. Else it is the host
// that the client sent.
func (s Site) authority(r *http.Request) string {
	if s.Host != "" {
		return s.Host
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return reqsign.Authority(r.Host, scheme)
}

// asSigned returns a request as the agent saw it. It is a shallow copy with a URL of its
// own: the server routes by the path without that of the site.
func (s Site) asSigned(r *http.Request) *http.Request {
	signed := r.WithContext(r.Context())
	there := *r.URL
	there.Path = s.Path + there.Path
	signed.URL, signed.Host = &there, s.authority(r)
	return signed
}
