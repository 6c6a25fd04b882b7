package server

import (
	"crypto/tls"
	"fmt"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/server/freshfile"
)

const maxPEM = 1 << 20

// tlsConfig returns nil where something else ends TLS, or nothing. Session tickets are
// on, with keys that the library changes by itself, so that an agent that comes back
// within a day does without the certificate.
func (c Config) tlsConfig(log *zap.Logger) (*tls.Config, error) {
	if c.TLSCert == "" {
		return nil, nil
	}
	read := func() (*tls.Certificate, error) { return readCertificate(c.TLSCert, c.TLSKey) }
	pair, err := freshfile.New(time.Now(), read, c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("%w: certificate: %w", ErrConfig, err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			certificate, err := pair.Get(time.Now())
			if err != nil {
				log.Error("certificate not read, the former one stands", zap.Error(err))
			}
			return certificate, nil
		},
	}, nil
}

func readCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	cert, err := readPEM(certFile, rootfile.Read)
	if err != nil {
		return nil, err
	}
	key, err := readPEM(keyFile, rootfile.ReadSecret)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("%s with %s: %w", certFile, keyFile, err)
	}
	return &pair, nil
}

func readPEM(path string, read func(string, int64) ([]byte, error)) ([]byte, error) {
	path, err := filepath.Abs(path) // so that all folders above it are looked at
	if err != nil {
		return nil, err
	}
	return read(path, maxPEM)
}
