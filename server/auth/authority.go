package auth

import (
	"net/http"

	"github.com/tokenward/tokenward/internal/reqsign"
)

// authority returns the host that a signature must name. Where the site says under
// which name its agents know it, that name and no other: what was signed for another
// server says nothing here, and a proxy may call us what it likes. Else it is the host
// that the client sent.
func authority(r *http.Request, public string) string {
	if public != "" {
		return public
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return reqsign.Authority(r.Host, scheme)
}
