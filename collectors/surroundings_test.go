package collectors_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// disk is a set of files; what is not in it is missing.
type disk map[string]run.File

func (d disk) Look(_ context.Context, path string) run.File {
	if f, ok := d[path]; ok {
		return f
	}
	return run.File{State: run.FileMissing, Looked: now}
}

func (d disk) Opens(ctx context.Context, path string) run.File { return d.Look(ctx, path) }

// net answers every probe in one way and keeps what it was asked.
type net struct {
	is    run.Probe
	asked []run.Target
}

func (n *net) Probe(_ context.Context, t run.Target) run.Probe {
	n.asked = append(n.asked, t)
	return n.is
}

// only runs one collector by its name.
func only(t *testing.T, name string, mac collectors.Mac, seen evidence.Snapshot) evidence.Snapshot {
	t.Helper()
	all := collectors.All()
	i := slices.IndexFunc(all, func(c collectors.Collector) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no collector %q", name)
	}
	var s evidence.Snapshot
	patch, state := all[i].Collect(t.Context(), mac, seen)
	patch(&s)
	for _, f := range s.Facts() {
		if f.Name != evidence.TokenStatusFact && f.Meta.From != "" && f.Meta.State != state && f.Meta.State != evidence.Observed {
			t.Errorf("%s is %s, the collector says %s", f.Name, f.Meta.State, state)
		}
	}
	return s
}

func there(size int64, at time.Time) run.File {
	return run.File{State: run.FileThere, Size: size, ModTime: at, Looked: now}
}

func TestSealedKey(t *testing.T) {
	t.Parallel()
	const path = "/private/var/db/FileVaultPRK.dat"
	written := time.Date(2025, 6, 7, 8, 9, 10, 0, time.UTC)
	for _, tc := range []struct {
		name  string
		file  run.File
		state evidence.State
		empty bool
	}{
		{"there", there(700, written), evidence.Observed, false},
		{"empty", there(0, written), evidence.Observed, true},
		{"missing", run.File{State: run.FileMissing}, evidence.Absent, false},
		{"denied", run.File{State: run.FileDenied}, evidence.Denied, false},
		{"broken", run.File{State: run.FileFailed}, evidence.Failed, false},
		{"not in the recording", run.File{State: run.FileUnknown}, evidence.NotObserved, false},
	} {
		s := only(t, "sealed-key", collectors.Mac{Files: disk{path: tc.file}}, evidence.Snapshot{})
		is := s.RecoveryKeys
		if is.Sealed.State != tc.state || is.SealedEmpty.State != tc.state || is.Sealed.From != path {
			t.Errorf("%s: %+v", tc.name, is.Sealed)
		}
		if tc.state == evidence.Observed && (!is.Sealed.Value.Equal(written) || is.SealedEmpty.Value != tc.empty) {
			t.Errorf("%s: %v, empty %v", tc.name, is.Sealed.Value, is.SealedEmpty.Value)
		}
	}
	if s := only(t, "sealed-key", collectors.Mac{}, evidence.Snapshot{}); s.RecoveryKeys.Sealed.State != evidence.NotObserved {
		t.Errorf("without a disk: %+v", s.RecoveryKeys.Sealed)
	}
}

// That a payload's settings are missing proves nothing, so it is never a no.
func TestEscrowProfile(t *testing.T) {
	t.Parallel()
	const path = "/Library/Managed Preferences/com.apple.security.FDERecoveryKeyEscrow.plist"
	s := only(t, "escrow-profile", collectors.Mac{Files: disk{path: there(300, now)}}, evidence.Snapshot{})
	if v := known(t, "the profile", s.RecoveryKeys.EscrowProfile); !v {
		t.Error("it is there")
	}
	if s := only(t, "escrow-profile", collectors.Mac{Files: disk{}}, evidence.Snapshot{}); s.RecoveryKeys.EscrowProfile.State != evidence.Absent {
		t.Errorf("%+v", s.RecoveryKeys.EscrowProfile)
	}
}

// To be denied what is protected is the answer to the question.
func TestFullDiskAccess(t *testing.T) {
	t.Parallel()
	const path = "/Library/Application Support/com.apple.TCC/TCC.db"
	for state, want := range map[run.FileState]any{
		run.FileThere: true, run.FileDenied: false, run.FileMissing: evidence.Absent, run.FileFailed: evidence.Failed, run.FileUnknown: evidence.NotObserved,
	} {
		o := only(t, "full-disk-access", collectors.Mac{Files: disk{path: {State: state}}}, evidence.Snapshot{}).FDA
		got := any(o.State)
		if o.State == evidence.Observed {
			got = o.Value
		}
		if got != want {
			t.Errorf("%s: %v, want %v", state, got, want)
		}
	}
}

func TestPeers(t *testing.T) {
	t.Parallel()
	const plugins = "/Library/Security/SecurityAgentPlugins/"
	for _, tc := range []struct {
		name  string
		disk  disk
		want  []string
		state evidence.State
	}{
		{"none", disk{}, []string{}, evidence.Observed},
		{"one by its plug-in", disk{plugins + "Crypt.bundle": there(0, now)}, []string{"Crypt"}, evidence.Observed},
		{"one in two places", disk{"/Applications/XCreds.app": there(0, now), plugins + "XCredsLoginPlugin.bundle": there(0, now)}, []string{"XCreds"}, evidence.Observed},
		{
			"three",
			disk{"/Applications/Privileges.app": there(0, now), "/Applications/Jamf Connect.app": there(0, now), plugins + "Escrow Buddy.bundle": there(0, now)},
			[]string{"Escrow Buddy", "Jamf Connect", "SAP Privileges"},
			evidence.Observed,
		},
		{"one of them denied", disk{plugins + "Crypt.bundle": {State: run.FileDenied}}, nil, evidence.Denied},
		{"one of them not in the recording", disk{plugins + "Crypt.bundle": {State: run.FileUnknown}}, nil, evidence.NotObserved},
	} {
		got := only(t, "peers", collectors.Mac{Files: tc.disk}, evidence.Snapshot{}).Peers
		if got.State != tc.state || !slices.Equal(got.Value, tc.want) {
			t.Errorf("%s: %+v, want %v", tc.name, got, tc.want)
		}
	}
}

func observed[T any](v T) evidence.Obs[T] { return evidence.Obs[T]{State: evidence.Observed, Value: v} }

func absent[T any]() evidence.Obs[T] { return evidence.Obs[T]{State: evidence.Absent} }

// The way to the server is the one that the Mac would go; where it cannot be
// followed nobody tries, and nothing is claimed.
func TestWayToTheServer(t *testing.T) {
	t.Parallel()
	const server = "https://mdm.example.com/mdm"
	manual := evidence.Proxy{Kind: evidence.ManualProxy, Host: "proxy.example.com", Port: 3128, Exceptions: []string{"*.local", "*.EXAMPLE.com", "169.254/16"}}
	strict := evidence.Proxy{Kind: evidence.ManualProxy, Host: "proxy.example.com", Port: 3128}
	none := evidence.Proxy{Kind: evidence.NoProxy}
	for _, tc := range []struct {
		name   string
		server evidence.Obs[string]
		proxy  evidence.Obs[evidence.Proxy]
		want   run.Target // zero: nobody tries
		state  evidence.State
	}{
		{"direct", observed(server), observed(none), run.Target{Name: "mdm", Host: "mdm.example.com", Port: 443}, evidence.Observed},
		{"a port of its own", observed("https://mdm.example.com:8443/x?y"), observed(none), run.Target{Name: "mdm", Host: "mdm.example.com", Port: 8443}, evidence.Observed},
		{"IPv6", observed("https://[2001:db8::1]/x"), observed(none), run.Target{Name: "mdm", Host: "2001:db8::1", Port: 443}, evidence.Observed},
		{"through a proxy", observed(server), observed(strict), run.Target{Name: "mdm", Host: "mdm.example.com", Port: 443, ProxyHost: "proxy.example.com", ProxyPort: 3128}, evidence.Observed},
		{"past a proxy", observed(server), observed(manual), run.Target{Name: "mdm", Host: "mdm.example.com", Port: 443}, evidence.Observed},
		{"a script decides", observed(server), observed(evidence.Proxy{Kind: evidence.AutomaticProxy}), run.Target{}, evidence.Unsupported},
		{"not enrolled", absent[string](), observed(none), run.Target{}, evidence.Absent},
		{"no server known", evidence.Obs[string]{}, observed(none), run.Target{}, evidence.NotObserved},
		{"no proxy known", observed(server), evidence.Obs[evidence.Proxy]{}, run.Target{}, evidence.NotObserved},
		{"no HTTPS", observed("http://mdm.example.com"), observed(none), run.Target{}, evidence.Unsupported},
		{"no URL", observed("::"), observed(none), run.Target{}, evidence.Unsupported},
		{"an impossible port", observed("https://mdm.example.com:99999/"), observed(none), run.Target{}, evidence.Unsupported},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			network := &net{is: run.Probe{State: run.Probed, Value: "reached", Began: now, Took: time.Second}}
			seen := evidence.Snapshot{MDMServer: tc.server, Network: evidence.Network{Proxy: tc.proxy}}
			o := only(t, "mdm-reach", collectors.Mac{Net: network}, seen).Network.MDM
			if o.State != tc.state || (o.State == evidence.Observed && (o.Value != evidence.Reached || o.Took != time.Second)) {
				t.Errorf("%+v", o)
			}
			if tc.want == (run.Target{}) {
				if len(network.asked) != 0 {
					t.Errorf("tried %v", network.asked)
				}
			} else if len(network.asked) != 1 || network.asked[0] != tc.want {
				t.Errorf("tried %v, want %v", network.asked, tc.want)
			}
		})
	}
}

func TestWhatAProbeSays(t *testing.T) {
	t.Parallel()
	seen := evidence.Snapshot{MDMServer: observed("https://mdm.example.com"), Network: evidence.Network{Proxy: observed(evidence.Proxy{Kind: evidence.NoProxy})}}
	for _, tc := range []struct {
		probe  run.Probe
		state  evidence.State
		reason evidence.Reason
	}{
		{run.Probe{State: run.Probed, Value: "untrusted"}, evidence.Observed, evidence.NoReason},
		{run.Probe{State: run.Probed, Value: "proxy_refused"}, evidence.Observed, evidence.NoReason},
		{run.Probe{State: run.Probed, Value: "something new"}, evidence.Failed, evidence.Unreadable},
		{run.Probe{State: run.ProbeEnded}, evidence.Failed, evidence.Timeout},
		{run.Probe{State: run.NotProbed}, evidence.NotObserved, evidence.NoReason},
	} {
		o := only(t, "mdm-reach", collectors.Mac{Net: &net{is: tc.probe}}, seen).Network.MDM
		if o.State != tc.state || o.Reason != tc.reason || (tc.state == evidence.Observed) != (o.Value != "") {
			t.Errorf("%+v: %+v", tc.probe, o)
		}
	}
	if o := only(t, "mdm-reach", collectors.Mac{}, seen).Network.MDM; o.State != evidence.NotObserved {
		t.Errorf("without a network: %+v", o)
	}
}
