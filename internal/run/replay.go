package run

import (
	"context"
	"errors"
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

// NewReplay returns a runner that answers as the recorded Mac did. What a
// recording leaves open is an error and never filled in: a command line that
// stands in it twice, an end that is not known, a run without an exit status, a
// missing date.
func NewReplay(r Recording) (Replay, error) {
	if r.TakenAt.IsZero() {
		return Replay{}, errors.New("recording: it does not say when it was taken")
	}
	replay := Replay{takenAt: r.TakenAt, runs: make(map[string]replayed, len(r.Commands))}
	for _, c := range r.Commands {
		k := key(c.Argv, c.Stdin)
		if _, twice := replay.runs[k]; twice {
			return Replay{}, fmt.Errorf("recording: %q is in it twice", c.Argv)
		}
		run, err := c.replayed(r)
		if err != nil {
			return Replay{}, fmt.Errorf("recording: %q: %w", c.Argv, err)
		}
		replay.runs[k] = run
	}
	return replay, nil
}

func (c Recorded) replayed(r Recording) (replayed, error) {
	err, known := c.State.err()
	if !known {
		return replayed{}, fmt.Errorf("it has the state %q", string(c.State))
	}
	exit := -1
	if c.Exit != nil {
		exit = *c.Exit
	} else if c.State == Ran {
		return replayed{}, errors.New("it ran, but has no exit status")
	}
	return replayed{
		result: Result{
			Exit: exit, Stdout: r.outputs[c.Stdout], Stderr: r.outputs[c.Stderr], Truncated: c.Truncated,
			Started: r.TakenAt, Took: time.Duration(c.TookMS) * time.Millisecond,
		},
		err: err,
	}, nil
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
