package collectors_test

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// answers is a runner made of a function.
type answers func(ctx context.Context, c run.Command) (run.Result, error)

func (a answers) Run(ctx context.Context, c run.Command) (run.Result, error) { return a(ctx, c) }

// simulated answers as a simulated Mac does, and says that every tool was
// started at the same time: two checks of the same Mac are then the same.
func simulated(mac state.Mac) answers {
	inner := macsim.NewRunner(mac)
	return func(ctx context.Context, c run.Command) (run.Result, error) {
		result, err := inner.Run(ctx, c)
		result.Started, result.Took = now, 0
		return result, err
	}
}

// asked passes commands on and keeps them, whatever came of them.
type asked struct {
	inner    run.Runner
	mu       sync.Mutex
	commands []run.Command
}

func (a *asked) Run(ctx context.Context, c run.Command) (run.Result, error) {
	a.mu.Lock()
	a.commands = append(a.commands, c)
	a.mu.Unlock()
	return a.inner.Run(ctx, c)
}

// about returns the names that sysadminctl was asked about, in no fixed order.
func (a *asked) about() []string {
	var names []string
	for _, c := range a.commands {
		if c.Tool == run.Sysadminctl {
			names = append(names, c.Args[len(c.Args)-1])
		}
	}
	return names
}

func load(tb testing.TB, scenario string) state.Mac {
	tb.Helper()
	mac, err := macsim.Load(scenario)
	if err != nil {
		tb.Fatal(err)
	}
	return mac
}

func take(tb testing.TB, r run.Runner) evidence.Snapshot {
	tb.Helper()
	return collectors.Take(tb.Context(), collectors.Mac{Run: r, Privileged: true}, now, collectors.All())
}

// crowd is the healthy Mac with that many people on it, each with a Secure
// Token, unless change takes it away. The first of them is at the Mac.
func crowd(tb testing.TB, people int, change func(i int, a *state.Account)) state.Mac {
	tb.Helper()
	mac := load(tb, "healthy")
	system := mac.Accounts[:0:0]
	for _, a := range mac.Accounts {
		if a.Kind == state.System {
			system = append(system, a)
		}
	}
	mac.Accounts = system
	for i := range people {
		a := state.Account{
			Name: fmt.Sprintf("user%04d", i), RealName: fmt.Sprintf("User Number %d", i), UID: 501 + i,
			GUID: fmt.Sprintf("6A1C7E0E-8B1D-4B53-9F4E-%012X", i), Kind: state.Local, FileVault: true,
			Home: fmt.Sprintf("/Users/user%04d", i), Shell: "/bin/zsh",
			Token: state.Token{Tag: true, CryptoUser: true, VolumeOwner: true},
		}
		if change != nil {
			change(i, &a)
		}
		mac.Accounts = append(mac.Accounts, a)
	}
	mac.Console = state.Console{User: "user0000"}
	return mac
}

// known returns the value of an observation that must have been made.
func known[T any](tb testing.TB, what string, o evidence.Obs[T]) T {
	tb.Helper()
	v, ok := o.Known()
	if !ok {
		tb.Errorf("%s is %s %s", what, o.State, o.Reason)
	}
	return v
}

// account finds a record by its name.
func account(tb testing.TB, s evidence.Snapshot, name string) evidence.DirectoryAccount {
	tb.Helper()
	for _, a := range known(tb, "the directory", s.Directory) {
		if a.Name == name {
			return a
		}
	}
	tb.Errorf("there is no account %q", name)
	return evidence.DirectoryAccount{}
}

// checkSame wants two snapshots to be the same to the last field.
func checkSame(tb testing.TB, got, want evidence.Snapshot) {
	tb.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	tb.Error("the snapshots differ")
	facts := want.Facts()
	for i, f := range got.Facts() {
		if f != facts[i] {
			tb.Errorf("%s is %v, %+v; want %v, %+v", f.Name, f.Value, f.Meta, facts[i].Value, facts[i].Meta)
		}
	}
}
