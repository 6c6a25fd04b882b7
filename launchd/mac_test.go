//go:build !darwin

package launchd_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kardianos/service"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/launchd"
)

// mac is a simulated Mac in process, with a folder for its files, on which the
// program lies and no job is installed.
type mac struct {
	*macsim.Runner
	paths paths.Paths
	steps []string
	verbs []string

	// meddle answers in the place of launchctl where it says so.
	meddle func(args []string) (run.Result, bool)
}

// scenario is read once: thousands of Macs are made of it.
var scenario = sync.OnceValues(func() (state.Mac, error) { return macsim.Load("healthy") })

func newMac(t testing.TB, version string) *mac {
	t.Helper()
	healthy, err := scenario()
	if err != nil {
		t.Fatal(err)
	}
	m := healthy.Clone()
	if version != "" {
		m.OS.Version = version
	}
	root := t.TempDir()
	made := &mac{Runner: macsim.NewRunner(m), paths: paths.Under(root)}
	made.Reads(root)
	put(t, made.paths.Program(), "program", 0o755)
	return made
}

// unsynced is the disk of the machine without the waiting for it: thousands of
// installs are tried here, and none of them survives a power cut anyway.
type unsynced struct{ rootfile.OS }

func (unsynced) SyncFolder(string) error { return nil }

func (unsynced) CreateTemp(dir, prefix string) (rootfile.File, error) {
	f, err := rootfile.OS{}.CreateTemp(dir, prefix)
	return unsyncedFile{f}, err
}

type unsyncedFile struct{ rootfile.File }

func (unsyncedFile) Sync() error { return nil }

func put(t testing.TB, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// Run notes the verb and lets the simulated launchctl answer.
func (m *mac) Run(ctx context.Context, c run.Command) (run.Result, error) {
	m.verbs = append(m.verbs, c.Args[0])
	if m.meddle != nil {
		if result, meddled := m.meddle(c.Args); meddled {
			return result, nil
		}
	}
	return m.Runner.Run(ctx, c)
}

// service is the job of ours, or the same with another nice value.
func (m *mac) service(t testing.TB, nice int) *launchd.Service {
	t.Helper()
	job := launchd.AgentJob(paths.Paths{})
	if nice != 0 {
		job.Nice = nice
	}
	s, err := launchd.System{
		Job: job, Paths: m.paths, Run: m, Context: t.Context(), Disk: unsynced{},
		Did: func(step launchd.Step) { m.steps = append(m.steps, step.Did) },
	}.Service(nil, &service.Config{Name: paths.Label})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// truth is what the Mac has, asked without launchctl.
func (m *mac) truth(t testing.TB) (installed, loaded, running bool) {
	t.Helper()
	if _, err := os.Lstat(m.paths.Job()); err == nil {
		installed = true
	}
	for _, j := range m.Mac().Jobs {
		gone := !j.Ending.IsZero() && !time.Now().Before(j.Ending) // which nobody has asked about yet
		if j.Label == paths.Label && !gone {
			loaded, running = !j.Unloaded, j.Running
		}
	}
	return installed, loaded, running
}

func (m *mac) is(t testing.TB, installed, loaded, running bool) {
	t.Helper()
	if i, l, r := m.truth(t); i != installed || l != loaded || r != running {
		t.Errorf("installed %v, loaded %v, running %v; want %v, %v, %v; did %v", i, l, r, installed, loaded, running, m.steps)
	}
}

// holds says whether the property list is the one of a service.
func (m *mac) holds(t testing.TB, nice int) bool {
	t.Helper()
	job := launchd.AgentJob(paths.Paths{})
	job.Nice = nice
	want, err := job.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(m.paths.Job())
	return err == nil && bytes.Equal(got, want)
}

func (m *mac) fault(t testing.TB, f state.Fault) {
	t.Helper()
	f.Tool = "launchctl"
	m.change(t, func(s *state.Mac) { s.Faults = append(s.Faults, f) })
}

func (m *mac) heal(t testing.TB) {
	t.Helper()
	m.meddle = nil
	m.change(t, func(s *state.Mac) { s.Faults = nil })
}

func (m *mac) change(t testing.TB, how func(*state.Mac)) {
	t.Helper()
	if err := m.Change(func(s *state.Mac) error { how(s); return nil }); err != nil {
		t.Fatal(err)
	}
}

// ends gives the daemon a time that it needs to end.
func (m *mac) ends(t testing.TB, in state.Duration) {
	t.Helper()
	m.change(t, func(s *state.Mac) {
		i := slices.IndexFunc(s.Jobs, func(j state.Job) bool { return j.Label == paths.Label })
		s.Jobs[i].Ends = in
	})
}

// changed lists the verbs that change something.
func (m *mac) changed() []string {
	return slices.DeleteFunc(slices.Clone(m.verbs), func(verb string) bool { return strings.HasPrefix(verb, "print") })
}

func done(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
