package control

import (
	"net"
	"sync"
)

// How many connections there may be at a time. What root has is not taken by
// others: an admin in trouble gets an answer while a user's script runs wild.
const (
	mostOfOne    = 8
	mostOfOthers = 32 // all users but root
	mostOfRoot   = 32
)

// limiter hands on the connections of a listener of which the kernel says who made
// them, as long as there are not too many. The others are closed at once.
type limiter struct {
	net.Listener
	who func(net.Conn) (Peer, error)

	mu     sync.Mutex
	of     map[int]int // open connections, by user
	others int
}

func limited(l net.Listener, who func(net.Conn) (Peer, error)) *limiter {
	return &limiter{Listener: l, who: who, of: map[int]int{}}
}

// Accept returns the next connection that may be answered.
func (l *limiter) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		peer, err := l.who(conn)
		if err == nil && l.enter(peer) {
			return &counted{Conn: conn, peer: peer, leave: sync.OnceFunc(func() { l.leave(peer) })}, nil
		}
		_ = conn.Close()
	}
}

func (l *limiter) enter(p Peer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case p.all() && l.of[p.UID] >= mostOfRoot:
		return false
	case !p.all() && (l.of[p.UID] >= mostOfOne || l.others >= mostOfOthers):
		return false
	}
	l.of[p.UID]++
	if !p.all() {
		l.others++
	}
	return true
}

func (l *limiter) leave(p Peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[p.UID]--; l.of[p.UID] == 0 {
		delete(l.of, p.UID)
	}
	if !p.all() {
		l.others--
	}
}

// counted is a connection that counts until it is closed.
type counted struct {
	net.Conn
	peer  Peer
	leave func()
}

// Close closes the connection and makes room for another.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
