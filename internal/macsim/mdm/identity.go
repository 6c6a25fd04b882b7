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

// Identity is the certificate that a Mac shows its server, and the authority
// that issues it, in a folder: ca.pem and ca.key, identity.pem and identity.key.
// A real Mac asks a SCEP or ACME server; this one issues its own. Several Macs of
// one server share the authority.
type Identity struct{ own, authority string }

// NewIdentity uses a folder of the Mac's own, and one for the authority, which is
// made if it is not there.
func NewIdentity(own, authority string) (*Identity, error) {
	i := &Identity{own: own, authority: authority}
	if _, err := os.Stat(i.CA()); err == nil {
		return i, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read authority: %w", err)
	}
	if err := i.makeAuthority(); err != nil {
		return nil, fmt.Errorf("make authority: %w", err)
	}
	return i, nil
}

// CA is the file with the authority's certificate, which the server must trust.
func (i *Identity) CA() string { return filepath.Join(i.authority, "ca.pem") }

func (i *Identity) makeAuthority() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "macsim authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	certificate, err := issue(template, template, key, key)
	if err != nil {
		return err
	}
	return write(i.authority, "ca", certificate, key)
}

// Renew issues a new certificate for the Mac.
func (i *Identity) Renew(udid string) error {
	authority, authorityKey, err := read(i.authority, "ca")
	if err != nil {
		return fmt.Errorf("renew identity: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("renew identity: %w", err)
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: udid}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	certificate, err := issue(template, authority, key, authorityKey)
	if err == nil {
		err = write(i.own, "identity", certificate, key)
	}
	if err != nil {
		return fmt.Errorf("renew identity: %w", err)
	}
	return nil
}

// pair is the certificate that the Mac shows now.
func (i *Identity) pair() (*x509.Certificate, *ecdsa.PrivateKey, error) {
	certificate, key, err := read(i.own, "identity")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, errNoIdentity
	}
	return certificate, key, err
}

// issue signs a certificate that is good for a year.
func issue(template, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0)
	return x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
}

func write(dir, name string, certificate []byte, key *ecdsa.PrivateKey) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	if err := rootfile.Write(filepath.Join(dir, name+".key"), keyText, 0o600); err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	return rootfile.Write(filepath.Join(dir, name+".pem"), text, 0o644)
}

func read(dir, name string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	certificate, err := block(filepath.Join(dir, name+".pem"))
	if err != nil {
		return nil, nil, err
	}
	parsed, err := x509.ParseCertificate(certificate)
	if err != nil {
		return nil, nil, err
	}
	secret, err := block(filepath.Join(dir, name+".key"))
	if err != nil {
		return nil, nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(secret)
	if err != nil {
		return nil, nil, err
	}
	ours, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, nil, fmt.Errorf("%s.key: not a key of ours", name)
	}
	return parsed, ours, nil
}

func block(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	found, _ := pem.Decode(text)
	if found == nil {
		return nil, fmt.Errorf("%s: no PEM in it", path)
	}
	return found.Bytes, nil
}
