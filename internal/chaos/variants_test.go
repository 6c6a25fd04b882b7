//go:build !darwin

package chaos

import (
	"net/http"

	"github.com/tokenward/tokenward/server/store"
)

// variant is a part that is deliberately wrong. The zero value is as it should be.
type variant struct {
	name      string
	store     func(store.Store) store.Store
	transport func(http.RoundTripper) http.RoundTripper
}

// via is the way to the server.
func (v variant) via(n *network) http.RoundTripper {
	if v.transport == nil {
		return n
	}
	return v.transport(n)
}
