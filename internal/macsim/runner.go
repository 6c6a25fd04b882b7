package macsim

import (
	"context"
	"fmt"
	"path"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
	"github.com/tokenward/tokenward/internal/run"
)

// Runner runs the tools of one simulated Mac in process, one at a time, and is
// its files and its network. No time passes: a tool that would take longer than
// it is given is over at once. It is safe for concurrent use.
type Runner struct {
	mu   sync.Mutex
	mac  state.Mac
	disk tool.Disk
}

var _ run.Runner = (*Runner)(nil)

// NewRunner returns a runner for the Mac, which the caller must not change any
// more.
func NewRunner(m state.Mac) *Runner { return &Runner{mac: m} }

// Reads gives the Mac a folder, from which launchd reads its property lists. It is
// to be called before the runner is used.
func (r *Runner) Reads(root string) { r.disk = folder(root).disk }

// processID stands in all answers of a runner: any number will do, and a fixed
// one makes them repeatable but for the time.
const processID = 812

// zone is that of every simulated Mac, wherever its tools run: the times that
// one of them prints are compared with those of another.
func zone() *time.Location { return time.UTC }

// Mac returns the Mac as it is now.
func (r *Runner) Mac() state.Mac {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.mac.Clone()
}

// Change lets something happen to the Mac.
func (r *Runner) Change(how func(*state.Mac) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return how(&r.mac)
}

// Run answers as the tool does. The error is the context's where it has ended,
// wraps [run.ErrNotATool] for what is no tool, and is what [run.Exec] would say
// of a tool with a fault.
func (r *Runner) Run(ctx context.Context, c run.Command) (run.Result, error) {
	if c.Tool.Path() == "" {
		return run.Result{}, fmt.Errorf("simulated run: %w", run.ErrNotATool)
	}
	if err := ctx.Err(); err != nil {
		return run.Result{}, fmt.Errorf("simulated %s: %w", c, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	started := time.Now()
	if err := unusable(lasting(&r.mac, path.Base(c.Tool.Path()))); err != nil {
		return run.Result{Exit: -1}, fmt.Errorf("simulated %s: %w", c, err)
	}
	out := answer(&r.mac, tool.Call{
		Path: c.Tool.Path(), Args: c.Args, Input: tool.Script{Stdin: c.Stdin}, At: started.In(zone()), PID: processID, Disk: r.disk,
	})
	return result(c, out, started)
}

func unusable(fault state.FaultKind) error {
	switch fault {
	case state.Missing:
		return run.ErrMissing
	case state.Denied:
		return run.ErrDenied
	default:
		return nil
	}
}

// result is what the agent's own runner would have made of it.
func result(c run.Command, out outcome, started time.Time) (run.Result, error) {
	r := run.Result{
		Exit: out.Exit, Stdout: []byte(out.Stdout), Stderr: []byte(out.Stderr),
		Started: started, Took: time.Since(started),
	}
	switch out.fault.Kind {
	case state.Hangs:
		r.Took = c.Tool.Limit()
	case state.Slow:
		r.Took = time.Duration(out.fault.Takes)
	case state.Dies, state.DiesBefore:
		r.Exit = -1
	default:
	}
	if out.fault.Kind == state.Hangs || r.Took > c.Tool.Limit() {
		r.Exit = -1
		return r, fmt.Errorf("simulated %s: %w", c, run.ErrTimeout)
	}
	r.Stdout, r.Truncated = capped(r.Stdout, r.Truncated)
	r.Stderr, r.Truncated = capped(r.Stderr, r.Truncated)
	return r, nil
}

func capped(output []byte, already bool) (kept []byte, over bool) {
	if len(output) > run.MaxOutput {
		return output[:run.MaxOutput], true
	}
	return output, already
}
