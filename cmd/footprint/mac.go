//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/tokenward/tokenward/agent/power"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// layOut makes a simulated Mac with that many people whose tools cost nothing to
// speak of: each answer is written down beforehand, for a program that prints it.
func layOut(ctx context.Context, root string, people int, tool string) (commands []run.Command, err error) {
	mac, err := crowd(people)
	if err != nil {
		return nil, err
	}
	if err := macsim.Layout(root, mac, tool); err != nil {
		return nil, err
	}
	w := &writer{inner: macsim.NewRunner(mac), root: root}
	rounds := collectors.NewRounds(collectors.All())
	asked := collectors.Mac{Run: w, Files: run.DiskUnder(root), Privileged: true}
	at := time.Now()
	rounds.Take(ctx, asked, collectors.Occasion{At: at, Boot: "one", Wanted: true})
	battery := power.New(w)
	_, _ = battery.Look(ctx, at) // what it does not know is no error here either
	w.commands = nil             // from here on, what a usual check asks
	at = at.Add(15 * time.Minute)
	rounds.Take(ctx, asked, collectors.Occasion{At: at, Boot: "one"})
	_, _ = battery.Look(ctx, at)
	return w.commands, errors.Join(w.err, silent(root, run.Logger))
}

// silent has a tool take every command line and print nothing: what the daemon
// tells the unified log is of its own making.
func silent(root string, t run.Tool) error {
	folder := filepath.Join(root, t.Path()) + ".answers"
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "any"), []byte("0 0\n"), 0o600)
}

// writer passes commands on and writes down what is answered.
type writer struct {
	inner run.Runner
	root  string

	mu       sync.Mutex
	commands []run.Command
	err      error
}

// Run is for [run.Runner].
func (w *writer) Run(ctx context.Context, c run.Command) (run.Result, error) {
	result, err := w.inner.Run(ctx, c)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commands = append(w.commands, c)
	if err == nil {
		err = write(filepath.Join(w.root, c.Tool.Path()), c.Args, result)
	}
	w.err = errors.Join(w.err, err)
	return result, err
}

// write puts an answer where the program of cmd/footprint/tool looks for it.
func write(path string, args []string, r run.Result) error {
	if err := os.MkdirAll(path+".answers", 0o700); err != nil {
		return err
	}
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, strings.Join(args, "\x00")) // a hash takes everything
	text := fmt.Appendf(nil, "%d %d\n%s%s", r.Exit, len(r.Stdout), r.Stdout, r.Stderr)
	return os.WriteFile(fmt.Sprintf("%s.answers/%x", path, hash.Sum64()), text, 0o600)
}

// missed names the questions that no answer was written down for.
func missed(root string) error {
	var all []string
	for _, pattern := range []string{"usr/*/*.missed", "*/*.missed", "usr/libexec/*.missed"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return err
		}
		for _, name := range found {
			line, _ := os.ReadFile(name)
			all = append(all, strings.TrimSpace(string(line)))
		}
	}
	if len(all) > 0 {
		return fmt.Errorf("no answer was written down for %q", all)
	}
	return nil
}

// crowd is the healthy Mac with that many people on it, and with as many accounts
// of macOS itself as a real one has.
func crowd(people int) (state.Mac, error) {
	mac, err := macsim.Load("healthy")
	if err != nil {
		return state.Mac{}, err
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
	return mac, nil
}
