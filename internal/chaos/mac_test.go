//go:build !darwin

package chaos

import (
	"context"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// mac is the simulated Mac as the daemon asks it. Its tools take a while, so that two
// checks that were made at once would be seen to overlap.
type mac struct {
	sim    *macsim.Runner
	below  func(n int) int
	asleep func() bool
	twice  func() // called where two checks were seen at once

	mu     sync.Mutex
	broken map[run.Tool]bool
	asked  map[time.Time]int // tools that run now, by when their check must end
}

func newMac(below func(int) int, asleep func() bool, twice func()) (*mac, error) {
	sim, err := macsim.Load("healthy")
	if err != nil {
		return nil, err
	}
	return &mac{
		sim: macsim.NewRunner(sim), below: below, asleep: asleep, twice: twice,
		broken: map[run.Tool]bool{}, asked: map[time.Time]int{},
	}, nil
}

// Run is for [run.Runner].
func (m *mac) Run(ctx context.Context, c run.Command) (run.Result, error) {
	defer m.ask(ctx)()
	if err := m.takeTime(ctx); err != nil {
		return run.Result{}, run.ErrTimeout
	}
	m.mu.Lock()
	broken := m.broken[c.Tool]
	m.mu.Unlock()
	if broken {
		return run.Result{}, run.ErrTimeout
	}
	return m.sim.Run(ctx, c)
}

// Probe follows the way to the management server.
func (m *mac) Probe(ctx context.Context, to run.Target) run.Probe { return m.sim.Probe(ctx, to) }

// ask notes that a tool runs. All tools of a check must end when it must, and no other
// check's at that moment.
func (m *mac) ask(ctx context.Context) (over func()) {
	check, limited := ctx.Deadline()
	if !limited {
		return func() {} // it is not one of a check
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked[check]++
	if len(m.asked) > 1 {
		m.twice()
	}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.asked[check]--; m.asked[check] == 0 {
			delete(m.asked, check)
		}
	}
}

// takeTime is up to a second and a half; while the Mac sleeps, nothing goes on.
func (m *mac) takeTime(ctx context.Context) error {
	for m.asleep() {
		if err := wait(ctx, time.Minute); err != nil {
			return err
		}
	}
	return wait(ctx, time.Duration(m.below(1500))*time.Millisecond)
}

// fail breaks a tool, or mends it.
func (m *mac) fail(t run.Tool, broken bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken[t] = broken
}

func (m *mac) mend() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.broken)
}

// change lets something happen to the Mac. What it refuses, it refuses.
func (m *mac) change(how func(*state.Mac)) {
	_ = m.sim.Change(func(s *state.Mac) error { how(s); return nil })
}

// do is an event.
func (m *mac) do(e state.Event) {
	m.change(func(s *state.Mac) { _, _ = s.Do(time.Now(), e) })
}

// now is the truth about the Mac.
func (m *mac) now() state.Mac { return m.sim.Mac() }
