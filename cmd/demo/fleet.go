package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/wire"
)

const module = "github.com/tokenward/tokenward"

// simulated is a Mac of the demo.
type simulated struct{ scenario, name string }

// mac is a simulated Mac with the agent that watches it.
type mac struct {
	simulated
	root  string
	agent *process
}

// fleet is a server and its Macs, every one of them a process of its own.
type fleet struct {
	dir      string
	listen   string
	url      string // once the server runs
	progress io.Writer
	interval time.Duration
	server   *process
	macs     []*mac
	died     chan error // a process that ended by itself
}

// newFleet builds the programs and lays out the Macs. Nothing runs yet.
func newFleet(ctx context.Context, dir, listen string, progress io.Writer) (*fleet, error) {
	f := &fleet{dir: dir, listen: listen, progress: progress, interval: 15 * time.Second, died: make(chan error, 1)}
	if err := f.build(ctx); err != nil {
		return nil, err
	}
	if err := os.WriteFile(f.tokenFile(), []byte(rand.Text()+"\n"), 0o600); err != nil {
		return nil, err
	}
	for i, s := range scenarios() {
		m := &mac{simulated: s, root: filepath.Join(dir, fmt.Sprintf("mac%d", i+1))}
		state, err := macsim.Load(s.scenario)
		if err != nil {
			return nil, err
		}
		if err := macsim.Layout(m.root, state, f.program("macsim")); err != nil {
			return nil, err
		}
		f.macs = append(f.macs, m)
	}
	return f, nil
}

func (f *fleet) program(name string) string { return filepath.Join(f.dir, "bin", name) }
func (f *fleet) tokenFile() string          { return filepath.Join(f.dir, "token") }

func (f *fleet) build(ctx context.Context) error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("the Go toolchain is not installed; see https://go.dev/doc/install")
	}
	bin := filepath.Join(f.dir, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return err
	}
	//nolint:gosec // our own packages, into our own folder
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin+string(filepath.Separator),
		module+"/cmd/tokenward", module+"/cmd/tokenward-server", module+"/cmd/macsim")
	cmd.Stdout, cmd.Stderr = f.progress, f.progress
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	return nil
}

func (f *fleet) start(ctx context.Context) error {
	if err := f.startServer(ctx); err != nil {
		return err
	}
	for _, m := range f.macs {
		if err := f.startAgent(m); err != nil {
			return err
		}
	}
	return nil
}

// startServer starts the server and learns its address from its first line.
func (f *fleet) startServer(ctx context.Context) error {
	f.server = &process{name: "server", log: filepath.Join(f.dir, "server.log"), died: f.died}
	url, err := f.server.startAndRead(ctx, "listening on ", f.program("tokenward-server"),
		"--listen", f.listen, "--data", filepath.Join(f.dir, "server"), "--token-file", f.tokenFile())
	if err != nil {
		return err
	}
	f.url = url
	return nil
}

func (f *fleet) startAgent(m *mac) error {
	m.agent = &process{name: "agent of " + m.name, log: m.root + ".log", died: f.died}
	return m.agent.start(f.program("tokenward"), "run", "--root", m.root,
		"--device-name", m.name, "--interval", f.interval.String(), "--splay", "0s",
		"--server-url", f.url, "--server-token-file", f.tokenFile())
}

// stop ends all processes, the agents first: they end cleanly.
func (f *fleet) stop() {
	for _, m := range f.macs {
		if m.agent != nil {
			m.agent.stop()
		}
	}
	if f.server != nil {
		f.server.stop()
	}
}

// waitForReports asks the server until all Macs are there, and returns the body
// of the list.
func (f *fleet) waitForReports(ctx context.Context, limit time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		body, err := f.get(ctx, "/v1/devices")
		if err != nil {
			return nil, err
		}
		var list wire.DeviceList
		if err := json.Unmarshal(body, &list); err != nil {
			return nil, fmt.Errorf("list of devices: %w", err)
		}
		if len(list.Devices) == len(f.macs) {
			return body, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("only %d of %d Macs reported in %s; see the logs in %s", len(list.Devices), len(f.macs), limit, f.dir)
		case err := <-f.died:
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (f *fleet) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", path, response.Status, body)
	}
	return body, err
}

// status returns what the local admin of a Mac reads. Its exit code tells the
// verdict and is no failure.
func (f *fleet) status(ctx context.Context, m *mac) (string, error) {
	text, err := exec.CommandContext(ctx, f.program("tokenward"), "status", "--root", m.root).Output() //nolint:gosec // our own program
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() < 10 || exit.ExitCode() > 12) {
		return "", fmt.Errorf("status of %s: %w", m.name, err)
	}
	return string(text), nil
}
