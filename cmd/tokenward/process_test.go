//go:build !darwin

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/wire"
)

// process is a program of ours that runs beside the test.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	gone  chan struct{}
	err   error // once it is gone
	said  heardText
	first chan string // the first line of standard output
}

// heardText is what a process writes while a test reads it.
type heardText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heardText) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heardText) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// launch starts a program, and kills it at the end of the test if it is still there.
func launch(t *testing.T, name string, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(filepath.Join(programs, name), args...), gone: make(chan struct{}), first: make(chan string, 1)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = &p.said
	out, in := io.Pipe()
	p.cmd.Stdout = in
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		lines := bufio.NewReader(out)
		line, _ := lines.ReadString('\n')
		p.first <- line
		_, _ = io.Copy(io.Discard, lines)
	}()
	go func() {
		p.err = p.cmd.Wait()
		_ = in.Close()
		close(p.gone)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.gone
	})
	return p
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("%v: %s", err, p.said.String())
	}
}

// isGone says whether it ended.
func (p *process) isGone() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

// end asks it to end, which it has to do in order: a daemon that was left behind
// after its 4.5 seconds ends with a failure, and one that takes longer is killed by
// launchd.
func (p *process) end() {
	p.t.Helper()
	began := time.Now()
	p.signal(syscall.SIGTERM)
	waitFor(p.t, p.isGone)
	if p.err != nil {
		p.t.Errorf("it ended with %v after %s: %s", p.err, time.Since(began), p.said.String())
	}
}

// daemonProcess is a daemon on a simulated Mac, in a process of its own.
type daemonProcess struct {
	*process
	root   string
	client control.Client
}

// launchDaemon starts the daemon as it is shipped, and does not wait for anything.
func launchDaemon(t *testing.T, root string, args ...string) *daemonProcess {
	t.Helper()
	all := append([]string{"run", "--root", root, "--splay", "0s"}, args...)
	return &daemonProcess{process: launch(t, "tokenward", nil, all...), root: root, client: control.NewClient(paths.Under(root).Socket())}
}

// startDaemon starts the daemon and waits for its first check.
func startDaemon(t *testing.T, root string, args ...string) *daemonProcess {
	t.Helper()
	d := launchDaemon(t, root, args...)
	d.until(func(s wire.DaemonStatus) bool { return s.Report != nil })
	return d
}

// until waits for something that the daemon says of itself.
func (d *daemonProcess) until(so func(wire.DaemonStatus) bool) (status wire.DaemonStatus) {
	d.t.Helper()
	for range 3000 {
		var err error
		status, err = d.client.Status(d.t.Context())
		if err == nil && so(status) {
			return status
		}
		if d.isGone() {
			d.t.Fatalf("the daemon ended: %v: %s", d.err, d.said.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
	shown, _ := json.Marshal(status.Delivery)
	d.t.Fatalf("it did not happen within 30 seconds; reports: %s; the log:\n%s", shown, d.log())
	return status
}

// check has the Mac checked now.
func (d *daemonProcess) check() wire.DaemonStatus {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 30*time.Second)
	defer cancel()
	status, err := d.client.CheckNow(ctx)
	if err != nil {
		d.t.Fatalf("check: %v; the log:\n%s", err, d.log())
	}
	return status
}

// page is what an admin of this Mac reads.
func (d *daemonProcess) page() string {
	d.t.Helper()
	return unwrapped(tokenward(d.t, "status", "--root", d.root).out)
}

func (d *daemonProcess) log() string {
	data, err := os.ReadFile(paths.Under(d.root).Log())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		d.t.Error(err)
	}
	return string(data)
}

// logs waits until the log has all of these in it.
func (d *daemonProcess) logs(parts ...string) {
	d.t.Helper()
	defer func() {
		if d.t.Failed() {
			d.t.Logf("looked for %q in\n%s", parts, d.log())
		}
	}()
	waitFor(d.t, func() bool {
		text := d.log()
		for _, part := range parts {
			if !strings.Contains(text, part) {
				return false
			}
		}
		return true
	})
}

// again ends the daemon and starts it anew, as `tokenward service restart` does. A
// person's decision at the server reaches a Mac at once that way.
func (d *daemonProcess) again() *daemonProcess {
	d.t.Helper()
	d.end()
	return startDaemon(d.t, d.root)
}

// configure lays a configuration file on a Mac, as a whole.
func configure(t *testing.T, root, text string) { t.Helper(); swap(t, root, filePath, []byte(text)) }

// swap puts a file in the place of another at once, as defaults, MDM clients and
// editors do.
func swap(t *testing.T, root, path string, data []byte) {
	t.Helper()
	whole := filepath.Join(root, path)
	if err := os.MkdirAll(filepath.Dir(whole), 0o755); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(root, "fresh")
	if err := os.WriteFile(fresh, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(fresh, whole); err != nil {
		t.Fatal(err)
	}
}
