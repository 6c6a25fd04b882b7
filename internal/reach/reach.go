// Package reach tries whether a server can be reached the way the Mac would go.
//
// It makes a connection and agrees upon TLS, and that is all: no request is
// sent, no certificate of ours is shown, nothing that comes back is kept but how
// far it came.
package reach

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// patience is how long one try may take.
const patience = 5 * time.Second

// The ends of a try. They are part of recordings.
const (
	reached          = "reached"
	untrusted        = "untrusted"
	noTLS            = "no_tls"     // somebody answered with something else
	tlsFailed        = "tls_failed" // the handshake was begun, and somebody broke it off
	refused          = "refused"
	unreachable      = "unreachable"
	unresolved       = "unresolved"
	proxyRefused     = "proxy_refused"
	proxyUnreachable = "proxy_unreachable" // for whatever reason: the server was not tried
)

// Prober tries connections from this machine. Make it with System or Under. It is
// safe for concurrent use.
type Prober struct {
	limit time.Duration  // how long one try may take
	roots *x509.CertPool // nil: the system's
	// resolve finds the address to dial for a host and port, empty where nobody
	// knows the name; nil: the system does. ok is false where there is no network to
	// try.
	resolve func(host string, port int) (address string, ok bool)
}

var _ run.Prober = Prober{}

// Probe tries to reach the target, directly or through its proxy.
func (p Prober) Probe(ctx context.Context, t run.Target) run.Probe {
	began := time.Now()
	address := net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
	first := address
	if t.ProxyHost != "" {
		first = net.JoinHostPort(t.ProxyHost, strconv.Itoa(t.ProxyPort))
	}
	if p.resolve != nil {
		var ok bool
		if first, ok = p.elsewhere(first); !ok {
			return run.Probe{State: run.NotProbed}
		}
	}
	trying, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	value := p.try(trying, first, address, t)
	is := run.Probe{State: run.Probed, Value: value, Began: began, Took: time.Since(began)}
	if value != reached && ctx.Err() != nil {
		is.State, is.Value = run.ProbeEnded, ""
	}
	return is
}

func (p Prober) elsewhere(address string) (string, bool) {
	host, port, err := net.SplitHostPort(address)
	number, numeric := strconv.Atoi(port)
	if err != nil || numeric != nil {
		return "", false
	}
	return p.resolve(host, number)
}

// try returns how far it came.
func (p Prober) try(ctx context.Context, first, address string, t run.Target) string {
	conn, err := dial(ctx, first)
	switch {
	case err != nil && t.ProxyHost != "":
		return proxyUnreachable
	case err != nil:
		return dialEnd(err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // unblocks what reads
	defer stop()
	if t.ProxyHost != "" && !tunnel(conn, address) {
		if ctx.Err() != nil {
			return unreachable
		}
		return proxyRefused
	}
	trusted := false
	client := tls.Client(conn, &tls.Config{
		ServerName: t.Host, RootCAs: p.roots, MinVersion: tls.VersionTLS12,
		VerifyConnection: func(tls.ConnectionState) error { trusted = true; return nil },
	})
	return tlsEnd(ctx, client.HandshakeContext(ctx), trusted)
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	if address == "" {
		return nil, &net.DNSError{Err: "nobody knows the name", IsNotFound: true}
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

// dialEnd reads why there is no connection. Only an answer says that a name has no
// address; a resolver that is silent or fails says nothing about it.
func dialEnd(err error) string {
	var name *net.DNSError
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return unresolved
	case errors.Is(err, syscall.ECONNREFUSED):
		return refused
	}
	return unreachable
}

// tunnel asks the proxy for a connection to the address. A proxy that wants a
// password gets none: the Mac's own is not ours to use.
func tunnel(conn net.Conn, address string) bool {
	const mostHeader = 64 << 10
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if request.Write(conn) != nil {
		return false
	}
	answer, err := http.ReadResponse(bufio.NewReader(io.LimitReader(byByte{conn}, mostHeader)), request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode/100 == 2 // documented (RFC 9110, CONNECT): any of them
}

// byByte never takes more than it needs: what follows the answer of a proxy is the
// server's, which may speak first.
type byByte struct{ from io.Reader }

func (b byByte) Read(p []byte) (int, error) { return b.from.Read(p[:min(len(p), 1)]) }

// tlsEnd reads the end of a handshake. A server that was found trusted and then
// wants our certificate ends it too: it has been reached. One that hangs up, resets
// the connection or sends an alert may speak TLS very well, and so may a filter in
// between: only an answer that is no TLS shows that there is none.
func tlsEnd(ctx context.Context, err error, trusted bool) string {
	var certificate *tls.CertificateVerificationError
	var answer tls.RecordHeaderError
	switch {
	case err == nil, trusted && ctx.Err() == nil:
		return reached
	case errors.As(err, &certificate):
		return untrusted
	case ctx.Err() != nil:
		return unreachable
	case errors.As(err, &answer):
		return noTLS
	}
	return tlsFailed
}
