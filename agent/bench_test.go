//go:build !darwin

package agent_test

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/floor"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// BenchmarkLook is a whole check of a simulated Mac, every tool a process. Its
// floor starts the same command lines, four at a time, with os/exec alone, and
// understands nothing. They take turns, since a busy machine is busy for both.
func BenchmarkLook(b *testing.B) {
	program := filepath.Join(b.TempDir(), "macsim")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "github.com/tokenward/tokenward/cmd/macsim").CombinedOutput(); err != nil {
		b.Fatalf("build macsim: %v\n%s", err, out)
	}
	for _, people := range []int{5, 100, 2000} {
		b.Run(fmt.Sprintf("accounts=%d", people), func(b *testing.B) {
			root := filepath.Join(b.TempDir(), "mac")
			if err := macsim.Layout(root, crowdOf(b, people), program); err != nil {
				b.Fatal(err)
			}
			benchmarkLook(b, root)
		})
	}
}

func benchmarkLook(b *testing.B, root string) {
	b.Helper()
	started := &askedTools{inner: run.Under(root)}
	look := func(ctx context.Context, r run.Runner) error {
		a := agent.Look(ctx, collectors.Mac{Run: r, Privileged: true}, time.Now(), collectors.All(), health.Policy{})
		if a.Verdict != health.VerdictOK {
			return fmt.Errorf("the verdict is %s, not known: %v", a.Verdict, a.Model.Gaps)
		}
		return nil
	}
	if err := look(b.Context(), started); err != nil {
		b.Fatal(err)
	}
	floor.ByTurns(
		b,
		func(ctx context.Context) error { return look(ctx, run.Under(root)) },
		func(ctx context.Context) error { return plainly(ctx, root, started.commands) },
	)
	b.ReportMetric(float64(len(started.commands)), "processes/op")
}

// plainly starts the commands, four at a time, and throws away what they say.
func plainly(ctx context.Context, root string, commands []run.Command) error {
	var group errgroup.Group
	group.SetLimit(4)
	for _, c := range commands {
		group.Go(func() error {
			cmd := exec.CommandContext(ctx, filepath.Join(root, c.Tool.Path()), c.Args...)
			if c.Stdin != "" {
				cmd.Stdin = strings.NewReader(c.Stdin)
			}
			_, err := cmd.Output()
			return err
		})
	}
	return group.Wait()
}

// askedTools passes commands on and keeps them.
type askedTools struct {
	inner    run.Runner
	mu       sync.Mutex
	commands []run.Command
}

func (a *askedTools) Run(ctx context.Context, c run.Command) (run.Result, error) {
	a.mu.Lock()
	a.commands = append(a.commands, c)
	a.mu.Unlock()
	return a.inner.Run(ctx, c)
}

// crowdOf is the healthy Mac with that many people on it, and with as many
// accounts of macOS itself as a real one has.
func crowdOf(b *testing.B, people int) state.Mac {
	b.Helper()
	mac, err := macsim.Load("healthy")
	if err != nil {
		b.Fatal(err)
	}
	person := mac.Accounts[len(mac.Accounts)-1]
	for i := 2; i < people; i++ {
		person.Name, person.UID = fmt.Sprintf("user%04d", i), 501+i
		person.RealName, person.Home = person.Name, "/Users/"+person.Name
		person.GUID = fmt.Sprintf("6A1C7E0E-8B1D-4B53-9F4E-%012X", i)
		mac.Accounts = append(mac.Accounts, person)
	}
	for i := range 105 {
		name := fmt.Sprintf("_service%03d", i)
		mac.Accounts = append(mac.Accounts, state.Account{
			Name: name, RealName: name, UID: 300 + i, GUID: fmt.Sprintf("FFFFEEEE-DDDD-CCCC-BBBB-AAAA%08X", 300+i),
			Kind: state.System, Home: "/var/empty", Shell: "/usr/bin/false",
		})
	}
	return mac
}
