package server

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	pathpkg "path"
	"strings"

	"github.com/tokenward/tokenward/internal/reqsign"
)

// ErrConfig marks the errors that another configuration would avoid.
var ErrConfig = errors.New("configuration")

// Config is what a server is told.
type Config struct {
	Listen    string // "HOST:PORT"; port 0 is any that is free
	Data      string // folder of the database
	PublicURL string // how agents and people reach it: https://HOST[:PORT][/PATH]; empty: on this machine alone

	TLSCert, TLSKey string // files; a certificate that is replaced is used at once
	TLSProxy        bool   // something in front ends TLS, and only that can reach us

	RolesFile string // who may do what; empty: everybody on this machine may read
	TokenFile string // tokens that agents share; empty: they sign, or, without roles, need nothing

	EnrollSecretFile string // secrets with which a key may wait for a person, one a line
	EnrollOpen       bool   // a key may wait for a person without any
	EnrollBySerial   bool   // the first key of an imported serial needs no person

	// Ready is called once, with the address of the server, when it accepts
	// connections. It may be nil.
	Ready func(url string)
}

// check refuses what would let people or Macs in that nobody knows.
func (c Config) check() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("%w: listen address %q is not HOST:PORT", ErrConfig, c.Listen)
	}
	if err := c.checkTLS(); err != nil {
		return err
	}
	if c.RolesFile == "" && (c.EnrollSecretFile != "" || c.EnrollOpen || c.EnrollBySerial) {
		return fmt.Errorf("%w: without --roles nobody could approve an enrolment", ErrConfig)
	}
	if c.PublicURL != "" && c.RolesFile == "" {
		return fmt.Errorf("%w: with --public-url others reach the server, and without --roles whoever does may read the whole fleet", ErrConfig)
	}
	if !isLoopback(host) && (c.RolesFile == "" || c.PublicURL == "" || c.TLSCert == "" && !c.TLSProxy) {
		return fmt.Errorf("%w: refusing to listen on %q: whoever reaches the server may read the whole fleet. Without --roles, --public-url and either "+
			"--tls-cert and --tls-key or --tls-proxy it listens on a loopback address only, such as 127.0.0.1", ErrConfig, c.Listen)
	}
	return nil
}

func (c Config) checkTLS() error {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return fmt.Errorf("%w: --tls-cert and --tls-key go together", ErrConfig)
	case c.TLSCert != "" && c.TLSProxy:
		return fmt.Errorf("%w: --tls-proxy says that something else ends TLS, and --tls-cert that this server does", ErrConfig)
	}
	return nil
}

// site is the host and the path of PublicURL as signatures name them; empty without one.
func (c Config) site() (host, path string, err error) {
	if c.PublicURL == "" {
		return "", "", nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", "", fmt.Errorf("%w: --public-url %q is not https://HOST, with a port and a path where there are any", ErrConfig, c.PublicURL)
	}
	path = strings.TrimSuffix(u.Path, "/")
	if u.RawPath != "" || path != "" && pathpkg.Clean(path) != path {
		return "", "", fmt.Errorf("%w: --public-url %q: its path can be read in two ways", ErrConfig, c.PublicURL)
	}
	return reqsign.Authority(u.Host, u.Scheme), path, nil
}

// isLoopback knows "localhost" and the addresses. A name that resolves to one
// is not trusted to do so the next time.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback() && addr.Zone() == ""
}
