//go:build !darwin

package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// reference is the server that comes with the agent, in a process of its own, with
// a certificate of an authority that nobody but this test knows.
type reference struct {
	*process
	dir, url string
	admin    string // the token of one
}

// organisationSecret is what a profile would bring.
const organisationSecret = "the-secret-of-the-organisation"

// serveFleet starts the server; more are flags besides those that any real one needs.
func serveFleet(t *testing.T, more ...string) *reference {
	t.Helper()
	s := &reference{dir: t.TempDir()}
	s.authority(t)
	s.put(t, "secret", organisationSecret)
	s.admin = strings.TrimSpace(s.program(t, "token", "new", "--role", "admin", "--name", "anna", "--roles", s.file("roles")))
	s.put(t, "token", s.admin)
	s.process = launch(t, "tokenward-server", nil, append([]string{
		"--listen", "127.0.0.1:0", "--data", s.file("data"), "--roles", s.file("roles"),
		"--tls-cert", s.file("cert.pem"), "--tls-key", s.file("key.pem"), "--enroll-secret-file", s.file("secret"),
	}, more...)...)
	line := <-s.first
	url, listens := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !listens {
		t.Fatalf("the server says %q: %s", line, s.said.String())
	}
	s.url = url
	return s
}

func (s *reference) file(name string) string { return filepath.Join(s.dir, name) }

func (s *reference) put(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(s.file(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.file(name)
}

// authority makes a certificate for this machine, and the authority that issued it.
func (s *reference) authority(t *testing.T) {
	t.Helper()
	at := time.Now()
	above := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"}, NotBefore: at.Add(-time.Hour), NotAfter: at.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: at.Add(-time.Hour), NotAfter: at.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	authority, own := newKey(t), newKey(t)
	s.put(t, "ca.pem", issued(t, above, above, authority, authority))
	s.put(t, "cert.pem", issued(t, leaf, above, own, authority))
	key, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	s.put(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func issued(t *testing.T, what, by *x509.Certificate, key, with *ecdsa.PrivateKey) string {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, what, by, key.Public(), with)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// program runs the server's command line to its end.
func (s *reference) program(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(programs, "tokenward-server"), args...)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+s.file("ca.pem"))
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tokenward-server %v: %v: %s%s", args, err, out, &complaint)
	}
	return string(out)
}

// command is what an admin types at a server that runs.
func (s *reference) command(t *testing.T, args ...string) string {
	t.Helper()
	return s.program(t, append(args, "--server", s.url, "--token-file", s.file("token"))...)
}

// keys are those that the server knows, the oldest first.
func (s *reference) keys(t *testing.T) (all []wire.EnrollmentRow) {
	t.Helper()
	var list wire.EnrollmentList
	if err := json.Unmarshal([]byte(s.command(t, "enrollments", "list", "--state", "", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	return list.Enrollments
}

// stateOf is how far a key got, empty where the server has not heard of it.
func (s *reference) stateOf(t *testing.T, fingerprint string) string {
	t.Helper()
	for _, k := range s.keys(t) {
		if k.Fingerprint == fingerprint {
			return k.State
		}
	}
	return ""
}

// get asks the server's API as the admin.
func (s *reference) get(t *testing.T, path string, into any) {
	t.Helper()
	pool, ca := x509.NewCertPool(), s.file("ca.pem")
	data, err := os.ReadFile(ca)
	if err != nil || !pool.AppendCertsFromPEM(data) {
		t.Fatalf("%s: %v", ca, err)
	}
	via := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.admin)
	answer, err := via.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, answer.Status)
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// history is what the server has of a Mac, the newest first.
func (s *reference) history(t *testing.T, device string) []wire.HistoryRow {
	t.Helper()
	var page wire.HistoryPage
	s.get(t, "/v1/devices/"+device+"/history?limit=500", &page)
	return page.Reports
}

// newest is the newest snapshot of a Mac at the server.
func (s *reference) newest(t *testing.T, device string) (r wire.Report) {
	t.Helper()
	var detail wire.DeviceDetail
	s.get(t, "/v1/devices/"+device, &detail)
	if err := json.Unmarshal(detail.Report, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// devices are the Macs of which the server has reports.
func (s *reference) devices(t *testing.T) (ids []string) {
	t.Helper()
	var list wire.DeviceList
	s.get(t, "/v1/devices", &list)
	for _, d := range list.Devices {
		ids = append(ids, d.ID)
	}
	return ids
}
