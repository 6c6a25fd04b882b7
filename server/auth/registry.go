package auth

import (
	"context"
	"errors"
	"maps"
	"strings"
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
// Whatever changes a key goes through here and drops it from the cache before it returns,
// so a key that was revoked is refused from the next request on. That holds for one
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
// flood of invented ones must not push out those that are. Nor are those that wait, since
// the store forgets them by itself.
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
	if key.State != store.KeyPending {
		g.remember(key, before)
	}
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

// forget drops what is remembered of some keys; nil drops all.
func (g *Registry) forget(of func(store.DeviceKey) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.changes++
	maps.DeleteFunc(g.keys, func(_ string, k store.DeviceKey) bool { return of == nil || of(k) })
}

// forgetMac drops the keys that one that became active may have retired, and itself.
func (g *Registry) forgetMac(now store.DeviceKey) {
	g.forget(func(k store.DeviceKey) bool {
		return k.Fingerprint == now.Fingerprint || k.HardwareUUID == now.HardwareUUID ||
			k.Serial != "" && strings.EqualFold(k.Serial, now.Serial)
	})
}

// Enroll is described at store.Enroller. It may retire a key. Nothing is forgotten where
// nothing changed: strangers, whom anybody can invent, must not slow down the reports.
func (g *Registry) Enroll(ctx context.Context, at time.Time, c store.Claim) (store.DeviceKey, error) {
	key, err := g.Identities.Enroll(ctx, at, c)
	switch {
	case err == nil && key.State == store.KeyActive:
		g.forgetMac(key)
	case err != nil && !refuses(err): // a commit may have gone through before it
		g.forget(nil)
	}
	return key, err
}

func refuses(err error) bool {
	for _, refusal := range []error{store.ErrUninvited, store.ErrFull, store.ErrOtherMac, store.ErrHasty} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

// Decide is described at store.Registrar.
func (g *Registry) Decide(ctx context.Context, at time.Time, d store.Decision) (store.Enrollment, error) {
	e, err := g.Identities.Decide(ctx, at, d)
	if err != nil {
		g.forget(nil)
		return e, err
	}
	g.forgetMac(e.DeviceKey)
	return e, nil
}
