package macsim

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

func TestLook(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	m := newOffice(t)
	m.Booted = at
	m.FileVault.EscrowProfile = true
	m.FileVault.RecoveryKey = state.RecoveryKey{Generation: 3, Escrowed: 3, Last: 3, Made: at}
	m.Security.DiskAccessDenied = true
	m.Files = []state.File{
		{Path: "/Applications/Privileges.app", Folder: true, Modified: at},
		{Path: "/Applications/XCreds.app/Contents/Info.plist", Content: "x", Modified: at},
	}
	runner := NewRunner(*m)
	for _, tc := range []struct {
		name string
		look func(context.Context, string) run.File
		path string
		want run.File
	}{
		{"sealed key", runner.Look, sealedKey, run.File{State: run.FileThere, Mode: 0o600, Size: 21, ModTime: at}},
		{"escrow settings", runner.Look, escrowSettings, run.File{State: run.FileThere, Mode: 0o644, ModTime: at}},
		{"denied, looked at", runner.Look, privacyDatabase, run.File{State: run.FileThere, ModTime: at}},
		{"denied, opened", runner.Opens, privacyDatabase, run.File{State: run.FileDenied}},
		{"application", runner.Look, "/Applications/Privileges.app", run.File{State: run.FileThere, Mode: os.ModeDir | 0o755, ModTime: at}},
		{"folder of a file", runner.Look, "/Applications/XCreds.app", run.File{State: run.FileThere, Mode: os.ModeDir | 0o755}},
		{"none", runner.Opens, "/Applications/Jamf Connect.app", run.File{State: run.FileMissing}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := tc.look(t.Context(), tc.path)
			if got.Looked.IsZero() {
				t.Error("it does not say when")
			}
			got.Looked = time.Time{}
			if got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// A recording holds every file, and the server where there is one.
func TestRecord(t *testing.T) {
	t.Parallel()
	m := newOffice(t)
	runner := NewRunner(*m)
	recorder := run.NewRecorder(runner, runner, runner)
	Record(t.Context(), m, recorder)
	r := recorder.Recording(time.Now())
	if len(r.Files) != len(Files()) || len(r.Commands) != len(Questions(m)) {
		t.Errorf("%d files and %d commands", len(r.Files), len(r.Commands))
	}
	want := []run.RecordedProbe{{Name: "mdm", State: run.Probed, Value: reached}}
	if !slices.Equal(r.Probes, want) {
		t.Errorf("got %+v, want %+v", r.Probes, want)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	manual := func(m *state.Mac) { m.Proxy = state.Proxy{Host: "proxy.example.com", Port: 8080} }
	for _, tc := range []struct {
		name   string
		change func(*state.Mac)
		target func(*run.Target)
		want   string
	}{
		{name: "there", want: reached},
		{name: "offline", change: func(m *state.Mac) { m.Offline = true }, want: unreachable},
		{name: "down", change: func(m *state.Mac) { m.Server.Down = true }, want: refused},
		{name: "another server", target: func(t *run.Target) { t.Host = "mdm.example.org" }, want: unresolved},
		{name: "through the proxy", change: manual, want: reached},
		{name: "through another proxy", change: manual, target: func(t *run.Target) { t.ProxyPort = 1 }, want: proxyUnreachable},
		{name: "down behind the proxy", change: func(m *state.Mac) { manual(m); m.Server.Down = true }, want: proxyRefused},
		{name: "the proxy refuses", change: func(m *state.Mac) { manual(m); m.Proxy.Refuses = true }, want: proxyRefused},
		{
			name: "an exception", want: reached,
			change: func(m *state.Mac) { manual(m); m.Proxy.Refuses, m.Proxy.Exceptions = true, []string{"*.Example.com"} },
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newOffice(t)
			if tc.change != nil {
				tc.change(m)
			}
			target, ok := Target(m)
			if tc.target != nil {
				tc.target(&target)
			}
			got := NewRunner(*m).Probe(t.Context(), target)
			if !ok || got.State != run.Probed || got.Value != tc.want || got.Began.IsZero() {
				t.Errorf("got %+v, want %s", got, tc.want)
			}
		})
	}
}

func TestProbeIsNotTried(t *testing.T) {
	t.Parallel()
	m := newOffice(t)
	target, _ := Target(m)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if got := NewRunner(*m).Probe(over, target); got.State != run.ProbeEnded {
		t.Errorf("after the end: got %+v", got)
	}
	m.Server.Address = "http://127.0.0.1:1"
	if got := NewRunner(*m).Probe(t.Context(), target); got.State != run.NotProbed {
		t.Errorf("a real server: got %+v", got)
	}
}

func TestTargetOfNoServer(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*state.Mac){
		"no server": func(m *state.Mac) { m.Enrollment.Server = "" },
		"no HTTPS":  func(m *state.Mac) { m.Enrollment.Server = "http://mdm.example.com" },
		"a script":  func(m *state.Mac) { m.Proxy.Script = "http://wpad.example.com/wpad.dat" },
	} {
		m := newOffice(t)
		change(m)
		if target, ok := Target(m); ok {
			t.Errorf("%s: got %+v", name, target)
		}
	}
}

// Whoever edits the state by hand is heard, although a form for programs lies
// beside it; and that is what is read otherwise.
func TestEditedStateWins(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	f := folder(dir)
	text, err := os.ReadFile(f.path(statePath))
	if err != nil {
		t.Fatal(err)
	}
	quick, err := os.ReadFile(f.path(quickPath))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := state.DecodeQuick(quick, text); !ok {
		t.Error("the form beside the state is not that of the state")
	}
	edited := bytes.Replace(text, []byte("build: 25B78"), []byte("build: 25C99"), 1)
	if err := os.WriteFile(f.path(statePath), edited, 0o600); err != nil {
		t.Fatal(err)
	}
	got := start(t, exec.CommandContext(t.Context(), filepath.Join(dir, "usr/bin/sw_vers"), "-buildVersion"))
	if got.Stdout != "25C99\n" {
		t.Errorf("got %+v", got)
	}
}
