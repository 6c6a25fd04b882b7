//go:build !darwin

package reach

import (
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The places of a simulated Mac's network. Without them there is none: a test
// must not reach out to the machine's own.
const (
	hostsFile = "private/etc/hosts"        // ADDRESS[:PORT] NAME…
	rootsFile = "private/etc/ssl/cert.pem" // whom this Mac trusts
)

// Under returns the prober of a simulated Mac below that folder. The names that
// it knows are those of its own hosts file; the address of a name may have a
// port of its own there, since nobody can listen on 443 for every simulated Mac.
// There is no such function on a Mac.
func Under(root string) Prober {
	p := Prober{limit: patience, roots: x509.NewCertPool()}
	if pem, err := os.ReadFile(filepath.Join(root, rootsFile)); err == nil {
		p.roots.AppendCertsFromPEM(pem)
	}
	p.resolve = func(host string, port int) (string, bool) {
		data, err := os.ReadFile(filepath.Join(root, hostsFile))
		if err != nil {
			return "", false
		}
		return lookUp(string(data), host, port)
	}
	return p
}

func lookUp(hosts, host string, port int) (string, bool) {
	for line := range strings.Lines(hosts) {
		words := strings.Fields(line)
		for _, name := range words[min(len(words), 1):] {
			if strings.EqualFold(name, host) {
				if _, _, err := net.SplitHostPort(words[0]); err == nil {
					return words[0], true
				}
				return net.JoinHostPort(words[0], strconv.Itoa(port)), true
			}
		}
	}
	return "", true // which is no name there
}
