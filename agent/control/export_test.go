package control

import "net"

// From is the server with another answer to who asks.
func (s Server) From(who func(net.Conn) (Peer, error)) Server {
	s.who = who
	return s
}

// To is the client with another answer to who listens.
func (c Client) To(who func(net.Conn) (Peer, error)) Client {
	c.who = who
	return c
}
