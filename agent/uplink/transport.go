package uplink

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// The bounds of a connection. A part of an exchange never takes as long as the whole
// may, so that it can be told which part it was.
const (
	longestDial   = 10 * time.Second
	maxHeader     = 64 << 10
	idleConn      = 10 * time.Second // batches follow each other at once or not at all
	sessions      = 4
	keepAliveLife = 15 * time.Second
)

// maxPEM is how much of a certificate or key file is read.
const maxPEM = 1 << 20

// NoProxy says that there is none, whatever the environment says.
const NoProxy = "none"

// transport makes connections: HTTP/2 where the server has it, TLS sessions that are
// resumed, so that the connection of the next quarter of an hour costs little. Answers
// are asked for uncompressed: they are small, and a few bytes could unpack to many.
func transport(o Options) (*http.Transport, error) {
	proxy, err := proxyOf(o.Proxy)
	if err != nil {
		return nil, err
	}
	part := min(longestDial, o.Timeout/3)
	dialer := &net.Dialer{Timeout: part, KeepAlive: keepAliveLife}
	t := &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: proxyAnswered,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    part,
		IdleConnTimeout:        idleConn,
		MaxIdleConns:           1,
		MaxResponseHeaderBytes: maxHeader,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
		TLSClientConfig: &tls.Config{
			RootCAs: o.Roots, MinVersion: tls.VersionTLS12,
			ClientSessionCache: tls.NewLRUClientSessionCache(sessions),
		},
	}
	if o.ClientCertificate != nil {
		t.TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			certificate, err := o.ClientCertificate()
			if err != nil {
				return nil, local(fmt.Errorf("client certificate: %w", err))
			}
			return certificate, nil
		}
	}
	return t, nil
}

// CertificateFiles reads a client certificate and its key, in PEM form, whenever it is
// called. The key must be readable by its owner alone.
func CertificateFiles(certificate, key string) func() (*tls.Certificate, error) {
	return func() (*tls.Certificate, error) {
		cert, err := rootfile.Read(certificate, maxPEM)
		if err != nil {
			return nil, err
		}
		private, err := rootfile.ReadSecret(key, maxPEM)
		if err != nil {
			return nil, err
		}
		defer clear(private)
		pair, err := tls.X509KeyPair(cert, private)
		if err != nil {
			return nil, fmt.Errorf("%s and %s: %w", certificate, key, err)
		}
		return &pair, nil
	}
}

// errProxyURL does not show the URL: a password may stand in it.
var errProxyURL = errors.New("server.proxy: it is not of the form http://host:port, nor none")

func proxyOf(setting string) (func(*http.Request) (*url.URL, error), error) {
	switch setting {
	case "":
		return environmentProxy, nil
	case NoProxy:
		return nil, nil //nolint:nilnil // a transport without one
	}
	u, err := url.Parse(setting)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errProxyURL
	}
	return http.ProxyURL(u), nil
}

// environmentProxy is what HTTPS_PROXY and NO_PROXY say.
func environmentProxy(r *http.Request) (*url.URL, error) {
	u, err := http.ProxyFromEnvironment(r)
	if err != nil {
		return nil, &proxyError{err: errors.New("the environment names a proxy that is none")} // err quotes it, password and all
	}
	return u, nil
}

// proxyError is a proxy that does not let us through.
type proxyError struct {
	status int // of its answer; 0: there was none
	err    error
}

func (e *proxyError) Error() string {
	if e.err != nil {
		return "proxy: " + e.err.Error()
	}
	return fmt.Sprintf("the proxy answered %d %s", e.status, http.StatusText(e.status))
}

func (e *proxyError) Unwrap() error { return e.err }

func proxyAnswered(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
	if response.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{status: response.StatusCode}
}
