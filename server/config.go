package server

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// ErrConfig marks the errors that another configuration would avoid.
var ErrConfig = errors.New("configuration")

// Config is what a server is told.
type Config struct {
	Listen    string // "HOST:PORT"; the host is a loopback one, port 0 is any that is free
	Data      string // folder of the database
	TokenFile string // file of the agents' tokens; empty: every local program may send reports

	// Ready is called once, with the address of the server, when it accepts
	// connections. It may be nil.
	Ready func(url string)
}

// checkListen refuses every address that another machine could reach: whoever
// can read the pages needs no password to do so.
func checkListen(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%w: listen address %q is not HOST:PORT", ErrConfig, address)
	}
	if !isLoopback(host) {
		return fmt.Errorf("%w: refusing to listen on %q: whoever reaches the server may read the whole fleet, "+
			"so it listens on a loopback address only, such as 127.0.0.1", ErrConfig, address)
	}
	return nil
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
