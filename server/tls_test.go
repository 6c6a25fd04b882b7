package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/server"
	"github.com/tokenward/tokenward/server/auth"
)

// certificate writes one for a name, and its key.
func certificate(t *testing.T, dir, name string) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return cert, key, pool
}

// With roles, a public URL and TLS the server listens where others reach it.
func TestRunWithTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key, pool := certificate(t, dir, "tokens.example.org")
	roles, tokens := rolesFile(t)
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	config := server.Config{
		Listen: "0.0.0.0:0", Data: filepath.Join(dir, "data"), RolesFile: roles, TLSCert: cert, TLSKey: key,
		PublicURL: "https://tokens.example.org", Ready: func(url string) { ready <- url },
	}
	go func() { done <- server.Run(ctx, config, zap.NewNop()) }()
	var url string
	select {
	case url = <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	address := "127.0.0.1" + url[strings.LastIndex(url, ":"):]
	old := &tls.Config{RootCAs: pool, ServerName: "tokens.example.org", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	if c, err := (&tls.Dialer{Config: old}).DialContext(t.Context(), "tcp", address); err == nil {
		t.Errorf("TLS 1.1 is spoken")
		_ = c.Close()
	} else if !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("TLS 1.1: %v", err)
	}
	for _, http2 := range []bool{false, true} {
		transport := &http.Transport{
			DialContext: dialTo(address), ForceAttemptHTTP2: http2,
			TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		}
		for host, want := range map[string]int{"tokens.example.org": 200, "other.example.org": 421} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://tokens.example.org/v1/summary", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = host
			r.Header.Set("Authorization", "Bearer "+tokens[auth.Viewer])
			answer, err := (&http.Client{Transport: transport}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != want || (answer.ProtoMajor == 2) != http2 {
				t.Errorf("%s by %s: %s, want %d", host, answer.Proto, answer.Status, want)
			}
		}
		transport.CloseIdleConnections()
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// What would let in whom nobody knows is refused before anything listens.
func TestUnsafeConfigurationsAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key, _ := certificate(t, dir, "tokens.example.org")
	roles, _ := rolesFile(t)
	for name, c := range map[string]server.Config{
		"no TLS":                   {Listen: "0.0.0.0:0", RolesFile: roles, PublicURL: "https://a.example"},
		"no roles":                 {Listen: "0.0.0.0:0", TLSCert: cert, TLSKey: key, PublicURL: "https://a.example"},
		"no public URL":            {Listen: "0.0.0.0:0", TLSCert: cert, TLSKey: key, RolesFile: roles},
		"a proxy without roles":    {Listen: "127.0.0.1:0", PublicURL: "https://a.example"},
		"a public URL without TLS": {Listen: "127.0.0.1:0", RolesFile: roles, PublicURL: "http://a.example"},
		"an escaped path":          {Listen: "127.0.0.1:0", RolesFile: roles, PublicURL: "https://a.example/x%2Fy"},
		"a path with dots":         {Listen: "127.0.0.1:0", RolesFile: roles, PublicURL: "https://a.example/x/../y"},
		"a public URL and a query": {Listen: "127.0.0.1:0", RolesFile: roles, PublicURL: "https://a.example/?x"},
		"a public URL and a user":  {Listen: "127.0.0.1:0", RolesFile: roles, PublicURL: "https://u@a.example"},
		"a public URL of no host":  {Listen: "127.0.0.1:0", RolesFile: roles, PublicURL: "https://:443"},
		"a public URL and a mark":  {Listen: "127.0.0.1:0", RolesFile: roles, PublicURL: "https://a.example/#x"},
		"a certificate alone":      {Listen: "127.0.0.1:0", TLSCert: cert},
		"two ends of TLS":          {Listen: "127.0.0.1:0", TLSCert: cert, TLSKey: key, TLSProxy: true},
		"nobody to approve":        {Listen: "127.0.0.1:0", EnrollOpen: true},
		"a key for a certificate":  {Listen: "127.0.0.1:0", TLSCert: key, TLSKey: cert},
		"roles that are not there": {Listen: "127.0.0.1:0", RolesFile: filepath.Join(dir, "none")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.Data = filepath.Join(t.TempDir(), "data")
			if err := server.Run(t.Context(), c, zap.NewNop()); !errors.Is(err, server.ErrConfig) {
				t.Errorf("got %v", err)
			}
		})
	}
}
