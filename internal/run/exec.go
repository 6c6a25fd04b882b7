package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// MaxOutput is how much of each stream is kept. The rest is read and thrown
	// away, so that a tool that prints too much ends as usual.
	MaxOutput = 8 << 20
	// waitDelay is how long an ended tool's output is waited for when a child
	// still holds it open.
	waitDelay = 500 * time.Millisecond
)

// environment is all that a tool sees of ours. Apple's tools speak English in
// the C locale, and a variable that is not passed on cannot be used against us.
func environment() []string {
	return []string{"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/var/root", "LANG=C", "LC_ALL=C"}
}

// Exec runs the real programs.
type Exec struct {
	root  string        // "/" on a Mac
	limit time.Duration // caps every tool's own limit where it is set
}

var _ Runner = Exec{}

// Capped returns the runner with every tool's deadline cut down to limit.
func (e Exec) Capped(limit time.Duration) Exec {
	e.limit = limit
	return e
}

func (e Exec) limitOf(t Tool) time.Duration {
	if e.limit > 0 && e.limit < t.Limit() {
		return e.limit
	}
	return t.Limit()
}

// Run starts the tool in a session of its own, without a terminal that it could
// ask questions on, and kills that whole session's process group at the end,
// whatever the end was.
func (e Exec) Run(ctx context.Context, c Command) (Result, error) {
	if err := c.check(); err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, e.limitOf(c.Tool), ErrTimeout)
	defer cancel()
	var stdout, stderr capped
	cmd := e.command(ctx, c, &stdout, &stderr)
	started := time.Now()
	err := cmd.Run()
	killGroup(cmd)
	result := Result{
		Exit: -1, Stdout: stdout.take(), Stderr: stderr.take(), Truncated: stdout.over || stderr.over,
		Started: started, Took: time.Since(started),
	}
	if cmd.ProcessState != nil {
		result.Exit = cmd.ProcessState.ExitCode()
	}
	result = scrub(c, result)
	if err := classify(ctx, err); err != nil {
		return result, fmt.Errorf("run %s: %w", path.Base(c.Tool.Path()), err)
	}
	return result, nil
}

func (e Exec) command(ctx context.Context, c Command, stdout, stderr *capped) *exec.Cmd {
	//nolint:gosec // the path is one of a closed list, the arguments see no shell
	cmd := exec.CommandContext(ctx, filepath.Join("/", e.root, c.Tool.Path()), c.Args...)
	cmd.Env = environment()
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if c.Stdin != "" {
		cmd.Stdin = strings.NewReader(c.Stdin)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = waitDelay
	return cmd
}

// killGroup ends what the tool left behind. The group's number is the tool's
// process number, which stays taken while a member lives. Where none does, it
// could be given away between the tool's end and this call: the kernel hands out
// all other numbers first, so that within microseconds it does not.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}

// classify turns what os/exec reports into one of this package's errors. A tool
// that ended by itself with an error is a result.
func classify(ctx context.Context, err error) error {
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return ErrTimeout // the deadline of the whole check
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exec.ErrWaitDelay):
		return ErrOrphans
	case errors.Is(err, fs.ErrNotExist):
		return ErrMissing
	case errors.Is(err, fs.ErrPermission):
		return ErrDenied
	case errors.As(err, &exit):
		return nil
	}
	return err
}

// capped keeps the first MaxOutput bytes and takes the rest without keeping it.
// It keeps them in pieces: a buffer that grows by doubling would hold three times
// as much as a tool prints in the moment in which it grows.
type capped struct {
	mu     sync.Mutex // a child that outlives the tool may still be writing
	pieces [][]byte
	size   int
	over   bool
}

const pieceSize = 128 << 10

func (c *capped) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	written := len(p)
	if room := MaxOutput - c.size; room < len(p) {
		c.over = true
		p = p[:room]
	}
	c.size += len(p)
	for len(p) > 0 {
		p = p[c.fill(p):]
	}
	return written, nil
}

// fill puts what fits into the last piece, or into a new one.
func (c *capped) fill(p []byte) int {
	last := len(c.pieces) - 1
	if last < 0 || len(c.pieces[last]) == cap(c.pieces[last]) {
		size := pieceSize
		if last < 0 {
			size = 4 << 10 // most tools print a few lines
		}
		c.pieces = append(c.pieces, make([]byte, 0, size))
		last++
	}
	piece := c.pieces[last]
	n := min(len(p), cap(piece)-len(piece))
	c.pieces[last] = append(piece, p[:n]...)
	return n
}

// take returns what was kept. What a child writes after that is lost.
func (c *capped) take() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	pieces := c.pieces
	c.pieces, c.size = nil, 0
	if len(pieces) == 1 {
		return pieces[0]
	}
	return bytes.Join(pieces, nil)
}
