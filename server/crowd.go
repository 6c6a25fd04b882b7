package server

import (
	"net/http"

	"github.com/tokenward/tokenward/server/problem"
)

// The bodies of reports that are in memory at once. A report of a Mac with few people is
// far below bigBody, and a connection costs about as much anyway; a body above it takes
// one of the places, so that 128 MiB is the most that is held for all of them as they
// were sent.
const (
	bigBody   = 256 << 10
	bigPlaces = 16
	tryAgain  = "10" // seconds
)

// crowd bounds how many big bodies are read at once. A Mac that finds no place keeps its
// reports and comes again. A body that does not say how long it is counts as big.
func crowd(next http.Handler) http.Handler {
	places := make(chan struct{}, bigPlaces)
	full := problem.Refuse(http.StatusServiceUnavailable, "many long reports are being read: send this one again")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if 0 <= r.ContentLength && r.ContentLength <= bigBody {
			next.ServeHTTP(w, r)
			return
		}
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("Retry-After", tryAgain)
			full.ServeHTTP(w, r)
		}
	})
}
