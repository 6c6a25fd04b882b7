package macsim

import (
	"context"
	"fmt"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// Runner runs the tools of one simulated Mac in process.
type Runner struct{ mac Mac }

var _ run.Runner = (*Runner)(nil)

// NewRunner returns a runner for the Mac, which the caller must not change any
// more.
func NewRunner(m Mac) *Runner { return &Runner{mac: m} }

// processID stands in all answers of a runner: any number will do, and a fixed
// one makes them repeatable but for the time.
const processID = 812

// Run answers as the tool does. The error is the context's where it has ended,
// and wraps [run.ErrNotATool] for what is no tool.
func (r *Runner) Run(ctx context.Context, c run.Command) (run.Result, error) {
	if c.Tool.Path() == "" {
		return run.Result{}, fmt.Errorf("simulated run: %w", run.ErrNotATool)
	}
	if err := ctx.Err(); err != nil {
		return run.Result{}, fmt.Errorf("simulated %s: %w", c, err)
	}
	started := time.Now()
	reply := r.mac.Answer(Call{Command: c, At: started, PID: processID})
	return run.Result{
		Exit:    reply.Exit,
		Stdout:  []byte(reply.Stdout),
		Stderr:  []byte(reply.Stderr),
		Started: started,
		Took:    time.Since(started),
	}, nil
}
