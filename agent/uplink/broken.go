package uplink

import (
	"errors"
	"io"
	"strings"
	"syscall"
)

// brokenOff says whether a connection ended before the answer did. Two of the ways in
// which net/http tells that are texts alone.
func brokenOff(err error) bool {
	for _, way := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED} {
		if errors.Is(err, way) {
			return true
		}
	}
	text := err.Error()
	return strings.Contains(text, "server closed idle connection") || strings.Contains(text, "http2: ") || strings.Contains(text, "stream error")
}
