package server

import (
	"net"
	"net/http"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/server/problem"
)

// guard lets in only what was meant for this server, and tells a browser to
// trust the answers with nothing.
//
// A page of another site can make a browser send requests to a loopback
// address, and after DNS rebinding it can read the answers too. Such a request
// names the other site in Host, or comes with the headers of a foreign origin.
//
// public is the host under which others reach the server; empty: nobody does.
func guard(next http.Handler, public string) http.Handler {
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(problem.Refuse(http.StatusForbidden, "requests from the pages of other sites are refused"))
	next = foreign.Handler(next)
	misdirected := problem.Refuse(http.StatusMisdirectedRequest, "this server answers to loopback names only, and to the host of --public-url; a proxy in front must keep the Host that it was sent")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setSecurityHeaders(w.Header())
		if !meantForUs(r) && (public == "" || reqsign.Authority(r.Host, "https") != public) {
			misdirected.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func setSecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// meantForUs says whether Host is a loopback name with the port on which the
// request came in.
func meantForUs(r *http.Request) bool {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, "80"
	}
	if !isLoopback(host) {
		return false
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok { // a request that no listener took, as in a test
		return true
	}
	_, want, err := net.SplitHostPort(local.String())
	return err == nil && port == want
}
