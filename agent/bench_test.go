//go:build !darwin

package agent_test

import (
	"context"
	"errors"
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

// BenchmarkLook is a whole check of a simulated Mac, every tool a process: the
// first one, which asks everything, and one of those that follow. Its floor
// starts the same command lines, four at a time, with os/exec alone, and
// understands nothing. They take turns, since a busy machine is busy for both.
func BenchmarkLook(b *testing.B) {
	program := filepath.Join(b.TempDir(), "macsim")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "github.com/tokenward/tokenward/cmd/macsim").CombinedOutput(); err != nil {
		b.Fatalf("build macsim: %v\n%s", err, out)
	}
	for _, people := range []int{1, 10, 100, 2000} {
		root := filepath.Join(b.TempDir(), "mac")
		if err := macsim.Layout(root, crowdOf(b, people), program); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("first/accounts=%d", people), func(b *testing.B) {
			benchmarkLook(b, root, func() *collectors.Rounds { return collectors.NewRounds(collectors.All()) })
		})
		b.Run(fmt.Sprintf("steady/accounts=%d", people), func(b *testing.B) {
			rounds := collectors.NewRounds(collectors.All())
			for _, at := range []time.Time{began(), later()} { // what the first left over, the second asks
				rounds.Take(b.Context(), simulated(root, run.Under(root)), collectors.Occasion{At: at, Boot: "one"})
			}
			benchmarkLook(b, root, func() *collectors.Rounds { return rounds })
		})
	}
}

func began() time.Time { return time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC) }

// later is when nothing is due but what is asked at every check.
func later() time.Time { return began().Add(15 * time.Minute) }

func simulated(root string, tools run.Runner) collectors.Mac {
	return collectors.Mac{Run: tools, Files: run.DiskUnder(root), Privileged: true}
}

// benchmarkLook measures a check by rounds, each by what the function returns.
func benchmarkLook(b *testing.B, root string, rounds func() *collectors.Rounds) {
	b.Helper()
	look := func(ctx context.Context, tools run.Runner) error {
		a := agent.Judge(rounds().Take(ctx, simulated(root, tools), collectors.Occasion{At: later(), Boot: "one"}), health.Ledger{}, health.Policy{})
		if a.Verdict == health.VerdictUnknown {
			return fmt.Errorf("nothing is known: %v", a.Model.Gaps)
		}
		return nil
	}
	started := &askedTools{inner: run.Under(root)}
	if err := look(b.Context(), started); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
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
			err := cmd.Run()
			if _, failed := errors.AsType[*exec.ExitError](err); failed {
				return nil // which is an answer
			}
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
	if people == 1 { // who administers it then
		mac.Accounts = mac.Accounts[:len(mac.Accounts)-2]
		person.Admin = state.Admin{Name: true, GUID: true}
		mac.Accounts = append(mac.Accounts, person)
	}
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
