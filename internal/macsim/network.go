package macsim

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// How far a connection comes, in the words of the agent's recordings.
const (
	reached          = "reached"
	refused          = "refused"
	unreachable      = "unreachable"
	unresolved       = "unresolved"
	proxyRefused     = "proxy_refused"
	proxyUnreachable = "proxy_unreachable"
)

var _ run.Prober = (*Runner)(nil)

// Probe implements [run.Prober] with what the state says of the network, the
// proxy and the server. No time passes, and no byte leaves this machine: where a
// real server answers for the Mac, nobody tries.
func (r *Runner) Probe(ctx context.Context, t run.Target) run.Probe {
	r.mu.Lock()
	defer r.mu.Unlock()
	began := time.Now()
	switch {
	case r.mac.Server.Address != "":
		return run.Probe{State: run.NotProbed}
	case ctx.Err() != nil:
		return run.Probe{State: run.ProbeEnded, Began: began}
	}
	return run.Probe{State: run.Probed, Value: wayTo(&r.mac, t), Began: began}
}

// wayTo is how far a connection comes. inferred: without a network it fails like
// one that nobody answers, whatever a name could be resolved to.
func wayTo(m *state.Mac, t run.Target) string {
	server := managementServer(m)
	switch {
	case t.ProxyHost != "" && (m.Offline || t.ProxyHost != m.Proxy.Host || t.ProxyPort != m.Proxy.Port):
		return proxyUnreachable
	case m.Offline:
		return unreachable
	case t.ProxyHost != "" && m.Proxy.Refuses:
		return proxyRefused
	case server == nil || !strings.EqualFold(server.Hostname(), t.Host):
		return unresolved
	case m.Server.Down && t.ProxyHost != "":
		return proxyRefused // which could not reach it either
	case m.Server.Down:
		return refused
	}
	return reached
}

// managementServer is where the Mac's server is; nil where it has none.
func managementServer(m *state.Mac) *url.URL {
	server, err := url.Parse(m.Enrollment.Server)
	if err != nil || server.Hostname() == "" {
		return nil
	}
	return server
}
