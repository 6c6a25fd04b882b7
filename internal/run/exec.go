package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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

const (
	firstPiece = 1 << 10 // most tools print a few lines, and nothing at all on one of their two streams
	laterPiece = 32 << 10
)

// Write is for [io.Writer]. What comes from a pipe goes through ReadFrom.
func (c *capped) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		n := copy(c.room(), p)
		c.grow(n)
		p = p[n:]
	}
	return written, nil
}

// ReadFrom reads a tool's output to its end, into the pieces themselves: os/exec
// would make a buffer of 32 KiB for each of a tool's two streams, which is most of
// the memory that a check uses.
func (c *capped) ReadFrom(r io.Reader) (total int64, err error) {
	for {
		n, err := r.Read(c.room()) // without the lock: it waits for the tool
		c.grow(n)
		total += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			return total, nil
		case err != nil:
			return total, err
		}
	}
}

// room is where the next bytes go: into the last piece, into a new one, or
// nowhere.
func (c *capped) room() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size == MaxOutput {
		return make([]byte, firstPiece)
	}
	last := len(c.pieces) - 1
	if last < 0 || len(c.pieces[last]) == cap(c.pieces[last]) {
		size := laterPiece
		if last < 1 {
			size = firstPiece << (3 * (last + 1)) // 1 KiB, 8 KiB
		}
		c.pieces = append(c.pieces, make([]byte, 0, size))
		last++
	}
	piece := c.pieces[last]
	return piece[len(piece):min(cap(piece), len(piece)+MaxOutput-c.size)]
}

// grow counts the bytes that were put where room said.
func (c *capped) grow(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch last := len(c.pieces) - 1; {
	case n == 0 || last < 0: // nothing, or it was taken meanwhile
	case c.size == MaxOutput:
		c.over = true
	default:
		c.pieces[last] = c.pieces[last][:len(c.pieces[last])+n]
		c.size += n
	}
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
