package auth

import (
	"context"
	"sync"
	"time"

	"github.com/tokenward/tokenward/server/store"
)

const maxCached = 100_000 // keys; about 20 MB

// Identities is what a store does for a Registry.
type Identities interface {
	store.KeyFinder
	store.Enroller
	store.Registrar
}

// Registry is the keys of a store with a cache in front, so that a report costs no
// question to the database about who sent it. It is safe for concurrent use.
//
// Whatever changes a key goes through here and empties the cache before it returns, so
// a key that was revoked is refused from the next request on. That holds for one
// process on a database, which is what the store is for.
type Registry struct {
	Identities

	mu      sync.Mutex
	changes uint64
	keys    map[string]store.DeviceKey
}

// NewRegistry returns the keys of a store.
func NewRegistry(st Identities) *Registry {
	return &Registry{Identities: st, keys: map[string]store.DeviceKey{}}
}

// Key is described at store.KeyFinder. Keys that are not there are not remembered: a
// flood of invented ones must not push out those that are.
func (g *Registry) Key(ctx context.Context, fingerprint string) (store.DeviceKey, error) {
	g.mu.Lock()
	key, ok := g.keys[fingerprint]
	before := g.changes
	g.mu.Unlock()
	if ok {
		return key, nil
	}
	key, err := g.Identities.Key(ctx, fingerprint)
	if err != nil {
		return store.DeviceKey{}, err
	}
	g.remember(key, before)
	return key, nil
}

// remember keeps what was read, unless something changed while it was being read.
func (g *Registry) remember(key store.DeviceKey, before uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.changes != before {
		return
	}
	if len(g.keys) >= maxCached {
		clear(g.keys)
	}
	g.keys[key.Fingerprint] = key
}

func (g *Registry) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.changes++
	clear(g.keys)
}

// Enroll is described at store.Enroller. It may retire a key.
func (g *Registry) Enroll(ctx context.Context, at time.Time, c store.Claim) (store.DeviceKey, error) {
	defer g.forget() // whatever the error: a commit may have gone through before it
	return g.Identities.Enroll(ctx, at, c)
}

// Decide is described at store.Registrar.
func (g *Registry) Decide(ctx context.Context, at time.Time, d store.Decision) (store.Enrollment, error) {
	defer g.forget()
	return g.Identities.Decide(ctx, at, d)
}
