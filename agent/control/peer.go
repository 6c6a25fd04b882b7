package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// A Peer is who is at the other end of a connection, as the kernel says.
type Peer struct {
	UID int
	PID int // for the log alone: by the time that anybody looks, another may have it
}

// all says whether a peer may have everything: root may, and on a simulated Mac
// whoever runs the daemon.
func (p Peer) all() bool { return p.UID == 0 || p.UID == os.Geteuid() }

var errNoPeer = errors.New("the kernel does not say who is at the other end")

// peerOf asks the kernel. The answer is that of the moment in which the connection
// was made, or the socket opened: a process that changes its user later, or passes
// the connection on, is still that one.
func peerOf(conn net.Conn) (Peer, error) {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return Peer{}, errNoPeer
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return Peer{}, fmt.Errorf("peer: %w", err)
	}
	var peer Peer
	var asked error
	if err := raw.Control(func(fd uintptr) { peer, asked = credentials(int(fd)) }); err != nil {
		return Peer{}, fmt.Errorf("peer: %w", err)
	}
	if asked != nil {
		return Peer{}, fmt.Errorf("peer: %w", asked)
	}
	return peer, nil
}

type peerKey struct{}

func withPeer(ctx context.Context, conn net.Conn) context.Context {
	if c, ok := conn.(*counted); ok {
		return context.WithValue(ctx, peerKey{}, c.peer)
	}
	return ctx
}

// peerFrom is who sent a request. Without one nobody may have anything.
func peerFrom(ctx context.Context) (Peer, bool) {
	p, ok := ctx.Value(peerKey{}).(Peer)
	return p, ok
}
