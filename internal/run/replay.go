package run

import (
	"context"
	"fmt"
	"time"
)

// Replay answers from a recording. What is not in it was not observed.
type Replay struct {
	takenAt time.Time
	runs    map[string]replayed
}

type replayed struct {
	result Result
	err    error
}

var _ Runner = Replay{}

// NewReplay returns a runner that answers as the recorded Mac did. A recording
// that holds one command line twice is an error: which answer to believe would
// be a guess.
func NewReplay(r Recording) (Replay, error) {
	replay := Replay{takenAt: r.TakenAt, runs: make(map[string]replayed, len(r.Commands))}
	for _, c := range r.Commands {
		k := key(c.Argv, c.Stdin)
		if _, twice := replay.runs[k]; twice {
			return Replay{}, fmt.Errorf("recording: %q is in it twice", c.Argv)
		}
		replay.runs[k] = replayed{
			result: Result{
				Exit: c.Exit, Stdout: r.outputs[c.Stdout], Stderr: r.outputs[c.Stderr], Truncated: c.Truncated,
				Started: r.TakenAt, Took: time.Duration(c.TookMS) * time.Millisecond,
			},
			err: c.State.err(),
		}
	}
	return replay, nil
}

// Run returns the recorded answer at once.
func (r Replay) Run(ctx context.Context, c Command) (Result, error) {
	if err := c.check(); err != nil {
		return Result{}, err
	}
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("replay %s: %w", c, err)
	}
	run, ok := r.runs[key(c.Argv(), c.Stdin)]
	if !ok {
		return Result{}, fmt.Errorf("replay %s: %w", c, ErrNotRecorded)
	}
	return run.result, run.err
}

// TakenAt is when the recording was made.
func (r Replay) TakenAt() time.Time { return r.takenAt }
