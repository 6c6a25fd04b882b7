package uplink_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/wire"
)

// certificate is one that signs itself, for a name and a time.
func certificate(t *testing.T, name string, from, to time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: to,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// secured starts a server with a certificate. It is called localhost.
func secured(t *testing.T, config *tls.Config) (address string) {
	t.Helper()
	s := httptest.NewUnstartedServer(acknowledging())
	s.TLS, s.EnableHTTP2 = config, true
	s.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	s.StartTLS()
	t.Cleanup(s.Close)
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return "https://localhost:" + port
}

func TestCertificatesThatAreTrouble(t *testing.T) {
	t.Parallel()
	now := time.Now()
	day := 24 * time.Hour
	for _, tc := range []struct {
		name     string
		host     string
		from, to time.Time
		trusted  bool
		built    time.Time
		want     wire.Trouble
		text     string
	}{
		{"ended", "localhost", now.Add(-9 * day), now.Add(-day), true, time.Time{}, wire.TroubleCertificate, "or this Mac's clock is wrong"},
		{"ended before this program was built", "localhost", now.Add(-9 * day), now.Add(-3 * day), true, now.Add(-2 * day), wire.TroubleCertificate, "ended on"},
		{"not yet valid", "localhost", now.Add(day), now.Add(9 * day), true, time.Time{}, wire.TroubleCertificate, "begins on"},
		{"not yet valid, and the clock is of before this program", "localhost", now.Add(day), now.Add(9 * day), true, now.Add(day), wire.TroubleClock, "before this program was built"},
		{"another name", "other.example", now.Add(-day), now.Add(day), true, time.Time{}, wire.TroubleCertificate, "another name"},
		{"another authority", "localhost", now.Add(-day), now.Add(day), false, time.Time{}, wire.TroubleCertificate, "does not trust"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pair, pool := certificate(t, tc.host, tc.from, tc.to)
			if !tc.trusted {
				pool = x509.NewCertPool()
			}
			address := secured(t, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
			wantTrouble(t, uplink.Options{URL: address, Roots: pool, Built: tc.built, Proxy: uplink.NoProxy, Timeout: timeout}, tc.want, tc.text)
		})
	}
}

func TestPlainAnswerToTLSIsNotTheServer(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	wantTrouble(t, uplink.Options{URL: "https://127.0.0.1:" + port, Proxy: uplink.NoProxy, Timeout: timeout}, wire.TroublePortal, "no TLS")
}

// A connection is shared by the batches of one delivery, and the session by the next.
func TestConnectionsAreCheap(t *testing.T) {
	t.Parallel()
	pair, pool := certificate(t, "localhost", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	var opened, resumed, second atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.DidResume {
			resumed.Add(1)
		}
		second.Store(int32(r.ProtoMajor))
		acknowledging().ServeHTTP(w, r)
	}))
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, VerifyConnection: func(tls.ConnectionState) error { opened.Add(1); return nil }}
	s.StartTLS()
	t.Cleanup(s.Close)
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	client := newClient(t, uplink.Options{URL: "https://localhost:" + port, Roots: pool, Proxy: uplink.NoProxy, Timeout: timeout})
	for range 2 {
		for range 3 {
			if _, err := client.Post(t.Context(), []wire.Queued{queued(1)}); err != nil {
				t.Fatal(err)
			}
		}
		client.Close()
	}
	if opened.Load() != 2 || resumed.Load() != 3 || second.Load() != 2 {
		t.Errorf("%d connections, %d requests on resumed sessions, HTTP/%d", opened.Load(), resumed.Load(), second.Load())
	}
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	from, to := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	pair, pool := certificate(t, "localhost", from, to)
	mine, clients := certificate(t, "mac", from, to)
	address := secured(t, &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: clients, ClientAuth: tls.RequireAndVerifyClientCert,
		MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, // in 1.3 the client learns of it later
	})
	o := uplink.Options{URL: address, Roots: pool, Format: uplink.Plain, Proxy: uplink.NoProxy, Timeout: timeout}
	wantTrouble(t, o, wire.TroubleRefused, "client certificate")

	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	o.ClientCertificate = uplink.CertificateFiles(cert, key)
	wantTrouble(t, o, wire.TroubleLocal, "agent itself")

	private, err := x509.MarshalPKCS8PrivateKey(mine.PrivateKey)
	err = errors.Join(err,
		os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: mine.Certificate[0]}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newClient(t, o).Post(t.Context(), []wire.Queued{queued(1)}); err != nil {
		t.Errorf("with the certificate: %v", err)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	wantTrouble(t, o, wire.TroubleLocal, "agent itself") // others could read the key
}
