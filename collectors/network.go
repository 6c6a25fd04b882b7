package collectors

import (
	"context"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// proxy asks which way HTTPS is to travel.
func proxy() Collector {
	return ask("proxy", run.Command{Tool: run.Scutil, Args: words("--proxy")}, reader[evidence.Proxy]{
		parse: parse.ScutilProxy,
		set:   func(s *evidence.Snapshot, m evidence.Meta, v evidence.Proxy) { s.Network.Proxy = evidence.Is(m, v) },
	})
}

// mdmProbe is the name of the probe in recordings.
const mdmProbe = "mdm"

const mdmSource evidence.Source = "connection to the MDM server"

// mdmReach tries a connection to the MDM server the way the Mac would go, and
// says nothing over it. Where a script decides about the way, it is not known.
func mdmReach() Collector {
	collector := Collector{Name: "mdm-reach", needs: reachable}
	collector.collect = func(ctx context.Context, mac Mac, seen evidence.Snapshot) (Patch, evidence.State) {
		meta := evidence.Meta{State: reachable(seen), From: mdmSource}
		var reach evidence.Reach
		if meta.State == evidence.Observed && mac.Net == nil {
			meta.State = evidence.NotObserved
		}
		if meta.State == evidence.Observed {
			reach, meta = probed(mac.Net.Probe(ctx, target(seen)))
		}
		return func(s *evidence.Snapshot) { s.Network.MDM = evidence.Is(meta, reach) }, meta.State
	}
	return collector
}

// reachable says whether there is a server, and a way that can be followed.
func reachable(s evidence.Snapshot) evidence.State {
	proxy, known := s.Network.Proxy.Known()
	switch {
	case s.MDMServer.State == evidence.Absent:
		return evidence.Absent
	case !known || s.MDMServer.State != evidence.Observed:
		return evidence.NotObserved
	case proxy.Kind == evidence.AutomaticProxy, target(s).Host == "":
		return evidence.Unsupported
	}
	return evidence.Observed
}

// target is where the connection goes: nowhere without a host, and never
// anywhere but by HTTPS, which is all that an MDM server may speak.
func target(s evidence.Snapshot) run.Target {
	server, err := url.Parse(s.MDMServer.Value)
	if err != nil || server.Scheme != "https" || server.Hostname() == "" {
		return run.Target{}
	}
	port := 443
	if server.Port() != "" {
		if port, err = strconv.Atoi(server.Port()); err != nil || port < 1 || port > 65535 {
			return run.Target{}
		}
	}
	t := run.Target{Name: mdmProbe, Host: server.Hostname(), Port: port}
	if p := s.Network.Proxy.Value; p.Kind == evidence.ManualProxy && !excepted(p.Exceptions, t.Host) {
		t.ProxyHost, t.ProxyPort = p.Host, p.Port
	}
	return t
}

// excepted says whether the settings let a host be reached without the proxy.
// documented: exceptions are names with * in them; networks are not compared
// with names.
func excepted(exceptions []string, host string) bool {
	for _, pattern := range exceptions {
		if match, err := path.Match(strings.ToLower(pattern), strings.ToLower(host)); err == nil && match {
			return true
		}
	}
	return false
}

func probed(p run.Probe) (evidence.Reach, evidence.Meta) {
	meta := evidence.Meta{At: p.Began, Took: p.Took, From: mdmSource}
	switch p.State {
	case run.NotProbed:
		return "", meta
	case run.ProbeEnded:
		meta.State, meta.Reason = evidence.Failed, evidence.Timeout
		return "", meta
	case run.Probed:
	}
	reach := evidence.Reach(p.Value)
	switch reach {
	case evidence.Reached, evidence.Untrusted, evidence.NoTLS, evidence.TLSFailed, evidence.Refused, evidence.Unreachable,
		evidence.Unresolved, evidence.ProxyRefused, evidence.ProxyUnreachable:
		meta.State = evidence.Observed
		return reach, meta
	}
	meta.State, meta.Reason = evidence.Failed, evidence.Unreadable
	return "", meta
}
