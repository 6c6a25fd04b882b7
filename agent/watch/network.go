package watch

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// network hears from the kernel when an interface or an address comes, goes or
// changes. Its zero value hears nothing.
type network struct {
	changed chan struct{} // holds one piece of news, however much there was
	socket  *os.File
	ended   chan struct{} // closed when nobody listens any more
	problem string        // why there is no socket
}

// listen opens the socket and reads it until close.
func listen() network {
	socket, err := openSocket()
	if err != nil {
		return network{problem: err.Error()}
	}
	return hear(os.NewFile(uintptr(socket), "network changes"))
}

func hear(socket *os.File) network {
	n := network{changed: make(chan struct{}, 1), socket: socket, ended: make(chan struct{})}
	go n.read()
	return n
}

func (n network) close() {
	if n.socket != nil {
		_ = n.socket.Close()
		<-n.ended
	}
}

// longest is more than any message of the kernel about an address. Of a longer
// one, the beginning says enough.
const longest = 4096

// read ends with the socket. One that fails otherwise is not opened again: the
// checks at each interval go on.
func (n network) read() {
	defer close(n.ended)
	message := make([]byte, longest)
	for {
		size, err := n.socket.Read(message)
		switch {
		case errors.Is(err, unix.ENOBUFS): // some were lost, so there were some
		case err != nil:
			return
		case !relevant(message[:size]):
			continue
		}
		select {
		case n.changed <- struct{}{}:
		default:
		}
	}
}

func (n network) source() Source {
	if n.socket == nil {
		return Source{Cause: Network, How: Denied, Problem: n.problem}
	}
	select {
	case <-n.ended:
		return Source{Cause: Network, How: Denied, Problem: "the socket failed"}
	default:
		return Source{Cause: Network, How: Watched}
	}
}
