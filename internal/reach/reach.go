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

// limit is how long one try may take.
const limit = 5 * time.Second

// The ends of a try. They are part of recordings.
const (
	reached      = "reached"
	untrusted    = "untrusted"
	noTLS        = "no_tls"
	refused      = "refused"
	unreachable  = "unreachable"
	unresolved   = "unresolved"
	proxyRefused = "proxy_refused"
)

// Prober tries connections from this machine. Make it with System or Under. It is
// safe for concurrent use.
type Prober struct {
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
	if first == "" {
		return run.Probe{State: run.Probed, Value: unresolved, Began: began, Took: time.Since(began)}
	}
	trying, cancel := context.WithTimeout(ctx, limit)
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
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", first)
	if err != nil {
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

func dialEnd(err error) string {
	var name *net.DNSError
	switch {
	case errors.As(err, &name):
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
	answer, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, mostHeader)), request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode/100 == 2 // documented (RFC 9110, CONNECT): any of them
}

// tlsEnd reads the end of a handshake. A server that was found trusted and then
// wants our certificate ends it too: it has been reached.
func tlsEnd(ctx context.Context, err error, trusted bool) string {
	var certificate *tls.CertificateVerificationError
	switch {
	case err == nil, trusted && ctx.Err() == nil:
		return reached
	case errors.As(err, &certificate):
		return untrusted
	case ctx.Err() != nil:
		return unreachable
	}
	return noTLS
}
