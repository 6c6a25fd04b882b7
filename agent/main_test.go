//go:build !darwin

package agent

import (
	"context"
	"encoding/json"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testMac is a simulated Mac that can be changed, and whose tools can fail.
type testMac struct {
	mu     sync.Mutex
	sim    state.Mac
	broken map[run.Tool]bool
	calls  map[string]int                     // by command line
	before func(context.Context, run.Command) // each run of a tool
}

func healthy(t *testing.T) *testMac {
	t.Helper()
	sim, err := macsim.Load("healthy")
	if err != nil {
		t.Fatal(err)
	}
	return &testMac{sim: sim, broken: map[run.Tool]bool{}, calls: map[string]int{}, before: func(context.Context, run.Command) {}}
}

func (m *testMac) Run(ctx context.Context, c run.Command) (run.Result, error) {
	m.before(ctx, c)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[c.String()]++
	if m.broken[c.Tool] {
		return run.Result{}, run.ErrTimeout
	}
	return macsim.NewRunner(m.sim).Run(ctx, c)
}

// Probe follows the way to the management server, which answers.
func (m *testMac) Probe(ctx context.Context, to run.Target) run.Probe {
	m.mu.Lock()
	defer m.mu.Unlock()
	return macsim.NewRunner(m.sim).Probe(ctx, to)
}

// escrow says whether the Mac's Bootstrap Token is escrowed: if not, there is a
// finding.
func (m *testMac) escrow(escrowed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sim.Bootstrap.Escrowed = escrowed
}

func (m *testMac) change(how func(*state.Mac)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	how(&m.sim)
}

func (m *testMac) fail(t run.Tool, broken bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken[t] = broken
}

// asked is how often the slow question was.
func (m *testMac) asked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls["mdmclient QueryDeviceInformation"]
}

// nowhere is a server that nobody asks: these tests look at the spool.
const nowhere = "https://server.invalid"

func newAgent(t *testing.T, root string, mac *testMac, server string) *Agent {
	t.Helper()
	c := config.Default()
	c.Splay, c.Server.URL, c.Device.Name = 0, server, "Test Mac"
	c.Device.Labels = []wire.Label{{Key: "Team.Name", Value: "Berlin"}}
	return made(t, root, mac, c, Outside{})
}

// made is an agent with that configuration, and without keys: these tests look at
// what is sent, not at who sends it.
func made(t *testing.T, root string, mac *testMac, c config.Config, outside Outside) *Agent {
	t.Helper()
	a, err := New(Options{
		Config: config.Loaded{Config: c}, Paths: paths.Under(root), Mac: mac.as,
		Version: wire.Agent{Version: "1.2.3", Commit: "abc"}, Log: zap.NewNop(), Outside: outside,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// as is the Mac as an agent asks it.
func (m *testMac) as(config.Config) collectors.Mac { return collectors.Mac{Run: m, Privileged: true} }

// set changes the configuration of an agent that does not run yet.
func (a *Agent) set(how func(*config.Config)) {
	c := a.configured()
	how(&c)
	a.config.Store(&c)
}

// opened is an agent as it is after Run has begun, without its loops.
func opened(t *testing.T, root string, mac *testMac) *Agent {
	t.Helper()
	a := newAgent(t, root, mac, nowhere)
	a.open()
	if a.out() == nil {
		t.Fatal(a.unsent)
	}
	return a
}

// spooled returns the reports that wait, as they would be sent.
func spooled(t *testing.T, a *Agent) []wire.Report {
	t.Helper()
	batch, err := a.out().spool.Next(1000, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	var reports []wire.Report
	for _, q := range batch {
		var r wire.Report
		if err := json.Unmarshal(q.Data, &r); err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	return reports
}

// checked makes one check and returns the report of it.
func checked(t *testing.T, a *Agent, reason wire.Trigger) wire.Report {
	t.Helper()
	before := len(spooled(t, a))
	a.check(t.Context(), reason)
	reports := spooled(t, a)
	if len(reports) != before+1 {
		t.Fatalf("the check made %d reports, want 1", len(reports)-before)
	}
	return reports[before]
}

func wantReport(t *testing.T, r wire.Report, kind wire.Kind, reason wire.Trigger) {
	t.Helper()
	if r.Kind != kind || r.Reason != reason {
		t.Errorf("a %s, %s; want a %s, %s", r.Kind, r.Reason, kind, reason)
	}
}

func writeFile(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
