package uplink

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// The errors of package net that a test cannot have without a network of its own.
func TestNetworkErrors(t *testing.T) {
	t.Parallel()
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	system := func(errno syscall.Errno) error { return os.NewSyscallError("connect", errno) }
	for _, tc := range []struct {
		name string
		err  error
		want wire.Trouble
	}{
		{"no such name", dial(&net.DNSError{Err: "no such host", Name: "server.example", IsNotFound: true}), wire.TroubleUnreachable},
		{"no name server", dial(&net.DNSError{Err: "i/o timeout", Name: "server.example", IsTimeout: true}), wire.TroubleUnreachable},
		{"refused", dial(system(syscall.ECONNREFUSED)), wire.TroubleUnreachable},
		{"no route", dial(system(syscall.EHOSTUNREACH)), wire.TroubleUnreachable},
		{"no network", dial(system(syscall.ENETUNREACH)), wire.TroubleUnreachable},
		{"nobody answers", dial(os.ErrDeadlineExceeded), wire.TroubleUnreachable},
		{"a proxy without a name", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial(&net.DNSError{IsNotFound: true})}, wire.TroubleProxy},
		{"a proxy that refuses", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: dial(system(syscall.ECONNREFUSED))}, wire.TroubleProxy},
		{"an environment that names no proxy", &proxyError{err: errors.New("none")}, wire.TroubleProxy},
		{"reset", &net.OpError{Op: "read", Net: "tcp", Err: system(syscall.ECONNRESET)}, wire.TroubleUnreachable},
		{"the answer takes too long", os.ErrDeadlineExceeded, wire.TroubleStalled},
		{"no TLS", http.ErrSchemeMismatch, wire.TroublePortal},
		{"a spool that cannot be read", local(syscall.EIO), wire.TroubleLocal},
		{"something else", errors.New("odd"), wire.TroubleOther},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := &Client{host: "server.example"}
			if got := c.trouble(fmt.Errorf("send: %w", tc.err), time.Now()); got.Trouble != tc.want || got.Text == "" {
				t.Errorf("%+v, want %s", got, tc.want)
			}
		})
	}
}
