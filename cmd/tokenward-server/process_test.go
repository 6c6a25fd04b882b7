package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds how long a test waits for a process, on a busy machine.
const patience = 30 * time.Second

// build builds the program as it is shipped, or with the points at which a
// crash test may stop it.
func build(t *testing.T, tags string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "tokenward-server")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", tags, "-o", program, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// process is a running server.
type process struct {
	cmd    *exec.Cmd
	url    string
	stderr strings.Builder
}

var errDied = errors.New("the server died before it listened")

// start runs the server on a folder until it listens. The error is errDied if
// it does not come that far.
func start(ctx context.Context, program, dir string, env ...string) (*process, error) {
	p := &process{}
	p.cmd = exec.CommandContext(ctx, program, "--listen", "127.0.0.1:0", "--data", dir,
		"--roles", filepath.Join(filepath.Dir(dir), "roles"), "--enroll-open")
	p.cmd.Env = env
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = patience
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return p, errors.Join(errDied, p.wait())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	p.url = strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
	return p, nil
}

// stop asks the server to end, as launchd and systemd do.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.wait()
}

func (p *process) wait() error { return p.cmd.Wait() }

// killed says whether an error of wait is that of a SIGKILL.
func killed(err error) bool {
	exit := (*exec.ExitError)(nil)
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
