package control

import (
	"errors"
	"syscall"
)

// isRefused: the socket is there, but nobody listens any more.
func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
