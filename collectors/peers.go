package collectors

import (
	"context"
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// peer is another tool that handles logins, tokens or recovery keys, and where
// one of its installations can be known by.
type peer struct {
	name  string
	paths []string
}

// knownPeers are those that admins use beside this one. community: the paths are
// those of the projects' own packages.
func knownPeers() []peer {
	const plugins = "/Library/Security/SecurityAgentPlugins/"
	return []peer{
		{"Bootstrap Buddy", []string{plugins + "Bootstrap Buddy.bundle"}},
		{"Crypt", []string{plugins + "Crypt.bundle"}},
		{"Escrow Buddy", []string{plugins + "Escrow Buddy.bundle"}},
		{"Jamf Connect", []string{"/Applications/Jamf Connect.app", plugins + "JamfConnectLogin.bundle"}},
		{"SAP Privileges", []string{"/Applications/Privileges.app"}},
		{"XCreds", []string{"/Applications/XCreds.app", plugins + "XCredsLoginPlugin.bundle"}},
	}
}

const peersSource evidence.Source = "files of known tools"

// peers looks which of them are installed. It is an answer only where every path
// gave one.
func peers() Collector {
	return Collector{Name: "peers", collect: func(ctx context.Context, mac Mac, _ evidence.Snapshot) (Patch, evidence.State) {
		found, meta := installed(ctx, mac.Files)
		return func(s *evidence.Snapshot) { s.Peers = evidence.Is(meta, found) }, meta.State
	}}
}

func installed(ctx context.Context, files run.Files) ([]string, evidence.Meta) {
	meta := evidence.Meta{State: evidence.NotObserved, From: peersSource}
	if files == nil {
		return nil, meta
	}
	found := []string{}
	for _, p := range knownPeers() {
		for _, path := range p.paths {
			f := files.Look(ctx, path)
			if is := metaOf(f, peersSource); is.State != evidence.Observed && is.State != evidence.Absent {
				return nil, is
			}
			if meta.At.IsZero() {
				meta.At = f.Looked
			}
			meta.State = evidence.Observed
			meta.Took += f.Took
			if f.State == run.FileThere && !slices.Contains(found, p.name) {
				found = append(found, p.name)
			}
		}
	}
	return found, meta
}
