package auth

import (
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/reqsign"
)

const maxNonces = 10_000 // in each half of the memory

// nonces remembers what was seen for as long as it could be sent again. It is safe for
// concurrent use, and begins empty in every process: a request that is repeated after
// that gets the answer that its key has by then, as one that was signed anew would.
//
// The memory has two halves, which take turns after twice the window, so that nothing is
// forgotten within it. A flood of requests, each signed with a key of its own, makes them
// take turns sooner.
type nonces struct {
	mu          sync.Mutex
	now, before map[string]struct{}
	turned      time.Time
}

// first says whether a nonce is new, and remembers it.
func (n *nonces) first(keyID, nonce string, at time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.now == nil || at.Sub(n.turned) > 2*reqsign.Window || len(n.now) >= maxNonces {
		n.now, n.before, n.turned = map[string]struct{}{}, n.now, at
	}
	name := keyID + nonce
	_, recent := n.now[name]
	_, older := n.before[name]
	n.now[name] = struct{}{}
	return !recent && !older
}
