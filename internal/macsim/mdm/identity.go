package mdm

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// The files of an authority: what servers must trust, and both together.
const (
	authorityFile   = "ca.pem"
	authoritySecret = "ca.key"
	identityFile    = "identity.pem"
)

// pair is a certificate with its key.
type pair struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Identity is the certificate that a Mac shows its server, in a folder of the
// Mac's own, and the authority that issues it. A real Mac asks a SCEP or ACME
// server. Several Macs of one server share the authority.
type Identity struct{ own, authority string }

// NewIdentity names the two folders. Nothing is read or made yet.
func NewIdentity(own, authority string) *Identity {
	return &Identity{own: own, authority: authority}
}

// MakeAuthority makes an authority in a folder: ca.pem, which the server must
// trust, and ca.key. One that is there stays.
func MakeAuthority(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, authorityFile)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "macsim authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	made, err := issue(template, nil)
	if err != nil {
		return fmt.Errorf("make authority: %w", err)
	}
	// The certificate comes last: with it the authority is there.
	if err := keep(filepath.Join(dir, authoritySecret), made, 0o600, true); err != nil {
		return fmt.Errorf("make authority: %w", err)
	}
	if err := keep(filepath.Join(dir, authorityFile), made, 0o644, false); err != nil {
		return fmt.Errorf("make authority: %w", err)
	}
	return nil
}

// renewed issues a new certificate. It counts once it is kept.
func (i *Identity) renewed(udid string) (pair, error) {
	authority, err := read(filepath.Join(i.authority, authoritySecret))
	if err != nil {
		return pair{}, fmt.Errorf("renew identity: %w (see macsim authority)", err)
	}
	made, err := issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: udid}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, &authority)
	if err != nil {
		return pair{}, fmt.Errorf("renew identity: %w", err)
	}
	return made, nil
}

// keep makes a certificate the one that the Mac shows from now on.
func (i *Identity) keep(p pair) error {
	return keep(filepath.Join(i.own, identityFile), p, 0o600, true)
}

// pair is the certificate that the Mac shows now.
func (i *Identity) pair() (pair, error) {
	p, err := read(filepath.Join(i.own, identityFile))
	if errors.Is(err, fs.ErrNotExist) {
		return pair{}, errNoIdentity
	}
	return p, err
}

// issue makes a key, and a certificate for it that is good for a year, signed by
// an authority or, without one, by itself.
func issue(template *x509.Certificate, authority *pair) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	if authority == nil {
		authority = &pair{template, key}
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return pair{}, err
	}
	template.SerialNumber = serial
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0)
	raw, err := x509.CreateCertificate(rand.Reader, template, authority.certificate, &key.PublicKey, authority.key)
	if err != nil {
		return pair{}, err
	}
	certificate, err := x509.ParseCertificate(raw)
	return pair{certificate, key}, err
}

// keep writes a certificate, with its key in the same file where that is wanted,
// so that the two can never be of different ages.
func keep(path string, p pair, mode fs.FileMode, secret bool) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.certificate.Raw})
	if secret {
		key, err := x509.MarshalPKCS8PrivateKey(p.key)
		if err != nil {
			return err
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	}
	return rootfile.Write(path, text, mode)
}

// read reads a certificate and its key.
func read(path string) (pair, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return pair{}, err
	}
	first, rest := pem.Decode(text)
	second, _ := pem.Decode(rest)
	if first == nil || second == nil {
		return pair{}, fmt.Errorf("%s: no certificate with a key in it", path)
	}
	certificate, err := x509.ParseCertificate(first.Bytes)
	if err != nil {
		return pair{}, fmt.Errorf("%s: %w", path, err)
	}
	key, err := x509.ParsePKCS8PrivateKey(second.Bytes)
	if err != nil {
		return pair{}, fmt.Errorf("%s: %w", path, err)
	}
	ours, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return pair{}, fmt.Errorf("%s: not a key of ours", path)
	}
	return pair{certificate, ours}, nil
}
