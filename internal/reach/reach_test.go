//go:build !darwin

package reach

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

const (
	host  = "mdm.example.com"
	brief = 300 * time.Millisecond // instead of the limit, where a test waits for it
)

// network is a simulated Mac's, with listeners of this machine behind its names.
type network struct {
	root      string
	authority *authority
	hosts     []string
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	n := &network{root: t.TempDir(), authority: newAuthority(t)}
	n.write(t, rootsFile, n.authority.pem)
	return n
}

func (n *network) write(t *testing.T, name string, data []byte) {
	t.Helper()
	path := filepath.Join(n.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// name gives an address a name.
func (n *network) name(t *testing.T, name, address string) {
	t.Helper()
	n.hosts = append(n.hosts, address+" alias.of."+name+" "+name+"\n")
	n.write(t, hostsFile, []byte("# the names of a test\n\n"+strings.Join(n.hosts, "")))
}

func (n *network) probe(ctx context.Context, t run.Target) run.Probe {
	return Under(n.root).Probe(ctx, t)
}

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: newKey(t)}
	der := sign(t, template("authority", true), nil, a.key, a.key)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a.cert, a.pem = cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return a
}

// certificate is one for a name.
func (a *authority) certificate(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key := newKey(t)
	return tls.Certificate{Certificate: [][]byte{sign(t, template(name, false), a.cert, key, a.key)}, PrivateKey: key}
}

func template(name string, authority bool) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: authority, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign makes a certificate, signed by itself where there is no parent.
func sign(t *testing.T, of, parent *x509.Certificate, key, by *ecdsa.PrivateKey) []byte {
	t.Helper()
	if parent == nil {
		parent = of
	}
	der, err := x509.CreateCertificate(rand.Reader, of, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// listen serves connections on this machine until the test ends, and returns
// where.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return listener.Addr().String()
}

// secure agrees upon TLS and then reads whatever comes.
func secure(config *tls.Config) func(net.Conn) {
	return func(conn net.Conn) {
		server := tls.Server(conn, config)
		if server.Handshake() == nil {
			_, _ = io.Copy(io.Discard, server)
		}
	}
}

// reset is how a filter cuts a connection when it knows where it leads.
func reset(conn net.Conn) {
	_, _ = conn.Read(make([]byte, 4096))
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

func noConfig(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("nobody is served") }

// old speaks nothing newer than TLS 1.1.
func old(c tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
}

// silent takes a connection and never says a word.
func silent(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func direct() run.Target { return run.Target{Name: "mdm", Host: host, Port: 443} }

func TestProbe(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	good := n.authority.certificate(t, host)
	wantsOurs := func(version uint16) *tls.Config {
		return &tls.Config{
			Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: x509.NewCertPool(),
			MinVersion: version, MaxVersion: version,
		}
	}
	with := func(c tls.Certificate) func(net.Conn) {
		return secure(&tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12})
	}
	for _, tc := range []struct {
		name  string
		serve func(net.Conn) // nil: nobody listens
		want  string
	}{
		{"trusted", with(good), reached},
		{"wants our certificate, TLS 1.2", secure(wantsOurs(tls.VersionTLS12)), reached},
		{"wants our certificate, TLS 1.3", secure(wantsOurs(tls.VersionTLS13)), reached},
		{"of an unknown authority", with(newAuthority(t).certificate(t, host)), untrusted},
		{"of another name", with(n.authority.certificate(t, "www.example.com")), untrusted},
		{"no TLS", func(conn net.Conn) { _, _ = io.WriteString(conn, "220 mail.example.com ESMTP\r\n") }, noTLS},
		{"hangs up", func(net.Conn) {}, tlsFailed},
		{"hangs up after the first word", func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1)) }, tlsFailed},
		{"is reset by somebody who reads the name", reset, tlsFailed},
		{"sends an alert", secure(&tls.Config{GetConfigForClient: noConfig, MinVersion: tls.VersionTLS12}), tlsFailed},
		{"speaks old TLS only", secure(old(good)), tlsFailed},
		{"nobody listens", nil, refused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			address := closedPort(t)
			if tc.serve != nil {
				address = listen(t, tc.serve)
			}
			mac := &network{root: t.TempDir()}
			mac.write(t, rootsFile, n.authority.pem)
			mac.name(t, host, address)
			wantProbe(t, mac.probe(t.Context(), direct()), tc.want)
		})
	}
}

func wantProbe(t *testing.T, got run.Probe, want string) {
	t.Helper()
	if got.State != run.Probed || got.Value != want || got.Began.IsZero() || got.Took < 0 {
		t.Errorf("got %+v, want %s", got, want)
	}
}

// A server that says nothing is given up after the limit, behind a proxy too.
func TestProbeGivesUp(t *testing.T) {
	t.Parallel()
	if got := Under(t.TempDir()).limit; got != patience {
		t.Errorf("the limit is %s", got)
	}
	for name, target := range map[string]run.Target{"directly": direct(), "through a proxy": proxied()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			n.name(t, host, listen(t, silent))
			n.name(t, proxyHost, listen(t, silent))
			wantGivenUp(t, n, target)
		})
	}
}

// wantGivenUp wants a try to last as long as it may and not to be the end of the
// check.
func wantGivenUp(t *testing.T, n *network, target run.Target) {
	t.Helper()
	p := Under(n.root)
	p.limit = brief
	got := p.Probe(t.Context(), target)
	wantProbe(t, got, unreachable)
	if got.Took < brief || got.Took >= patience {
		t.Errorf("it took %s", got.Took)
	}
}

// A server that shows a trusted certificate and then says nothing more has not
// agreed upon anything.
func TestProbeOfAServerThatStops(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.name(t, host, listen(t, secure(&tls.Config{
		Certificates: []tls.Certificate{n.authority.certificate(t, host)},
		MinVersion:   tls.VersionTLS12, MaxVersion: tls.VersionTLS12,
		VerifyConnection: func(tls.ConnectionState) error { <-t.Context().Done(); return nil },
	})))
	wantGivenUp(t, n, direct())
}

// over is the context of a check that ends when the try has come to its end.
type over struct{}

func (over) Deadline() (time.Time, bool) { return time.Time{}, false }
func (over) Done() <-chan struct{}       { return nil }
func (over) Value(any) any               { return nil }
func (over) Err() error                  { return context.Canceled }

// A server that was reached has been reached, though the check ended just then.
func TestProbeThatComesToItsEndWithTheCheck(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.name(t, host, listen(t, secure(&tls.Config{Certificates: []tls.Certificate{n.authority.certificate(t, host)}, MinVersion: tls.VersionTLS12})))
	wantProbe(t, n.probe(over{}, direct()), reached)
	n = newNetwork(t)
	n.name(t, host, closedPort(t))
	if got := n.probe(over{}, direct()); got.State != run.ProbeEnded || got.Value != "" {
		t.Errorf("got %+v", got)
	}
}

// Only an answer that there is no such name says so.
func TestDialEnd(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		err  error
		want string
	}{
		{"no such name", &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}, unresolved},
		{"a silent resolver", &net.DNSError{Err: "i/o timeout", Name: host, IsTimeout: true}, unreachable},
		{"a resolver that fails", &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}, unreachable},
		{"the end of the try", context.DeadlineExceeded, unreachable},
		{"nobody listens", syscall.ECONNREFUSED, refused},
		{"no way there", syscall.EHOSTUNREACH, unreachable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := dialEnd(&net.OpError{Op: "dial", Net: "tcp", Err: tc.err}); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// The end of the whole check says nothing about the server.
func TestProbeEndsWithTheCheck(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]run.Target{"directly": direct(), "through a proxy": proxied()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t)
			n.name(t, host, listen(t, silent))
			n.name(t, proxyHost, listen(t, silent))
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if got := n.probe(ctx, target); got.State != run.ProbeEnded || got.Value != "" || got.Took >= patience {
				t.Errorf("got %+v", got)
			}
		})
	}
}

const proxyHost = "proxy.example.com"

func proxied() run.Target {
	return run.Target{Name: "mdm", Host: host, Port: 443, ProxyHost: proxyHost, ProxyPort: 3128}
}

// proxy is one that answers every request in this way, and then connects with to
// where it said yes.
func proxy(status string, to func() (net.Conn, error), asked chan<- string) func(net.Conn) {
	return func(conn net.Conn) {
		reader := bufio.NewReader(conn)
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		asked <- request.Method + " " + request.RequestURI
		_, _ = io.WriteString(conn, "HTTP/1.1 "+status+"\r\n\r\n")
		server, err := to()
		if err != nil {
			return
		}
		defer server.Close()
		go func() { _, _ = io.Copy(server, reader) }()
		_, _ = io.Copy(conn, server)
	}
}

func TestProbeThroughAProxy(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	good := secure(&tls.Config{Certificates: []tls.Certificate{n.authority.certificate(t, host)}, MinVersion: tls.VersionTLS12})
	other := secure(&tls.Config{Certificates: []tls.Certificate{newAuthority(t).certificate(t, host)}, MinVersion: tls.VersionTLS12})
	for _, tc := range []struct {
		name, status string
		server       func(net.Conn) // nil: the proxy hangs up
		want         string
	}{
		{"tunnels", "200 Connection established", good, reached},
		{"tunnels, and says so otherwise", "204 No Content", good, reached},
		{"reads along", "200 Connection established", other, untrusted},
		{"wants a password", "407 Proxy Authentication Required", good, proxyRefused},
		{"lets nobody through", "403 Forbidden", good, proxyRefused},
		{"says yes and hangs up", "200 Connection established", nil, tlsFailed},
		{"leads to no TLS", "200 Connection established", func(conn net.Conn) { _, _ = io.WriteString(conn, "220 mail.example.com ESMTP\r\n") }, noTLS},
		{"is none", "what?", good, proxyRefused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			to := func() (net.Conn, error) { return nil, errors.New("there is nothing") }
			if tc.server != nil {
				address := listen(t, tc.server)
				to = func() (net.Conn, error) { return net.Dial("tcp", address) }
			}
			asked := make(chan string, 1)
			mac := &network{root: t.TempDir()}
			mac.write(t, rootsFile, n.authority.pem)
			mac.name(t, proxyHost, listen(t, proxy(tc.status, to, asked)))
			wantProbe(t, mac.probe(t.Context(), proxied()), tc.want)
			if got, want := <-asked, "CONNECT "+host+":443"; got != want {
				t.Errorf("the proxy was asked %q, want %q", got, want)
			}
		})
	}
}

// Why the proxy cannot be reached says nothing about the server, so it must not
// read as if it did.
func TestProbeWithoutAProxyToGoThrough(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.name(t, host, closedPort(t))
	wantProbe(t, n.probe(t.Context(), proxied()), proxyUnreachable) // nobody knows its name
	n.name(t, proxyHost, closedPort(t))
	wantProbe(t, n.probe(t.Context(), proxied()), proxyUnreachable)
	n = newNetwork(t)
	n.name(t, proxyHost, "127.0.0.1:not-a-port")
	wantProbe(t, n.probe(t.Context(), proxied()), proxyUnreachable)
}

// Without a hosts file a simulated Mac has no network, and nobody reaches out to
// this machine's own. With one, a name that is not in it is none.
func TestNames(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	if got := n.probe(t.Context(), direct()); got != (run.Probe{State: run.NotProbed}) {
		t.Errorf("no network: got %+v", got)
	}
	n.name(t, "www.example.com", closedPort(t))
	wantProbe(t, n.probe(t.Context(), direct()), unresolved)
	wantProbe(t, n.probe(t.Context(), run.Target{Host: "WWW.example.com", Port: 443}), refused)
}

// A name without a port of its own is tried at the target's.
func TestPorts(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	address := listen(t, secure(&tls.Config{Certificates: []tls.Certificate{n.authority.certificate(t, host)}, MinVersion: tls.VersionTLS12}))
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	n.name(t, host, "127.0.0.1")
	wantProbe(t, n.probe(t.Context(), run.Target{Host: host, Port: number}), reached)
}
