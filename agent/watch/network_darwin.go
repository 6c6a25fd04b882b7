package watch

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// openSocket opens a routing socket, which anybody may read (documented:
// route(4)). It cannot be made close-on-exec in one step, so no program may be
// started meanwhile.
func openSocket() (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	socket, err := unix.Socket(unix.AF_ROUTE, unix.SOCK_RAW, unix.AF_UNSPEC)
	if err != nil {
		return -1, err
	}
	unix.CloseOnExec(socket)
	if err := unix.SetNonblock(socket, true); err != nil {
		_ = unix.Close(socket)
		return -1, err
	}
	return socket, nil
}

// relevant tells interfaces and addresses from routes: of those the kernel makes
// and drops one for each neighbour that any program talks to. Every message
// begins with its length in two bytes, the version and the kind (documented:
// route(4)).
func relevant(message []byte) bool {
	if len(message) < 4 || message[2] != unix.RTM_VERSION {
		return false
	}
	switch message[3] {
	case unix.RTM_IFINFO, unix.RTM_NEWADDR, unix.RTM_DELADDR:
		return true
	}
	return false
}
