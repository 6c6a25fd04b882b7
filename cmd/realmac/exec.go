package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/conform"
)

const (
	// maxOutput is how much of a stream is kept.
	maxOutput = 8 << 20
	// waitDelay is how long an ended tool's output is waited for when a child still
	// holds it open.
	waitDelay = 500 * time.Millisecond
	// staff is the group of users.
	staff = 20
)

// machine starts the tools of a Mac: the real one, or one laid out in a folder.
type machine struct {
	root      string
	simulated bool
}

var _ conform.Target = machine{}

// Run starts a tool in a session of its own, with a terminal where something is
// typed and without one otherwise, and kills all of it at its limit.
func (m machine) Run(ctx context.Context, c conform.Command) (conform.Output, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Limit)
	defer cancel()
	var stdout, stderr capped
	cmd := m.command(ctx, c)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var shown string
	var err error
	if c.Typed != nil {
		shown, err = runAtTerminal(cmd, c.Typed, &stderr)
	} else {
		if c.Stdin != "" {
			cmd.Stdin = strings.NewReader(c.Stdin)
		}
		err = cmd.Run()
	}
	killGroup(cmd)
	out := conform.Output{Exit: -1, Stdout: stdout.String(), Stderr: stderr.String(), Terminal: shown}
	if cmd.ProcessState != nil {
		out.Exit = cmd.ProcessState.ExitCode()
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return out, fmt.Errorf("still running after %s, killed", c.Limit)
	case ctx.Err() != nil:
		return out, ctx.Err()
	case errors.As(err, new(*exec.ExitError)):
		return out, nil
	}
	return out, err
}

func (m machine) command(ctx context.Context, c conform.Command) *exec.Cmd {
	//nolint:gosec // the paths stand in the cases, the arguments see no shell
	cmd := exec.CommandContext(ctx, filepath.Join(m.root, c.Path), c.Args...)
	cmd.Env = m.environment(c.User)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if c.User != "" && !m.simulated {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(c.UID), Gid: staff}
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = waitDelay
	return cmd
}

// environment is all that a tool sees of ours. The tools of a simulated Mac are
// told by it who asks; those that the race detector built also how to end.
func (m machine) environment(user string) []string {
	home := "/var/root"
	if user != "" {
		home = "/var/empty"
	}
	env := []string{"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "HOME=" + home, "LANG=C", "LC_ALL=C"}
	if m.simulated {
		env = append(env, "MACSIM_USER="+user, "GORACE="+os.Getenv("GORACE"))
	}
	return env
}

// killGroup ends what the tool left behind.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}

// capped keeps the first bytes of a stream, which may be read while it is written.
type capped struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (c *capped) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buf.Write(p[:min(len(p), maxOutput-c.buf.Len())])
	return len(p), nil
}

func (c *capped) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.String()
}
