package collectors

import (
	"bytes"
	"context"
	"errors"
	"path"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// reader is how the output of a tool becomes a value.
type reader[T any] struct {
	parse     func([]byte) (T, error)
	set       func(*evidence.Snapshot, evidence.Meta, T) // also called without a value
	stderr    bool                                       // the tool answers there
	needsRoot bool
	anyExit   bool // the exit status does not say whether there is an answer
	silence   bool // printing nothing is an answer
}

// ask makes the collector of one command line.
func ask[T any](name string, c run.Command, r reader[T]) Collector {
	collector := Collector{Name: name, Command: c}
	collector.collect = func(ctx context.Context, mac Mac, _ evidence.Snapshot) (Patch, evidence.State) {
		value, meta := question(ctx, mac, c, r)
		return func(s *evidence.Snapshot) { r.set(s, meta, value) }, meta.State
	}
	return collector
}

// askWhere makes the collector of a command line that not every Mac has an answer
// to. Where needs returns another state than Observed, that is the answer.
func askWhere[T any](needs func(evidence.Snapshot) evidence.State, name string, c run.Command, r reader[T]) Collector {
	collector := where(needs, ask(name, c, r))
	collector.collect = func(ctx context.Context, mac Mac, seen evidence.Snapshot) (Patch, evidence.State) {
		var value T
		meta := evidence.Meta{State: needs(seen), From: evidence.Source(c.String())}
		if meta.State == evidence.Observed {
			value, meta = question(ctx, mac, c, r)
		}
		return func(s *evidence.Snapshot) { r.set(s, meta, value) }, meta.State
	}
	return collector
}

// question runs the command and reads the answer. The value has a meaning only
// where the state is Observed. A parser that panics could not read the answer.
func question[T any](ctx context.Context, mac Mac, c run.Command, r reader[T]) (_ T, meta evidence.Meta) {
	var none T
	defer func() {
		if thrown := recover(); thrown != nil {
			mac.broke(path.Base(c.Tool.Path()), thrown) // an argument may be a name
			meta.From, meta.State, meta.Reason = evidence.Source(c.String()), evidence.Failed, evidence.Unreadable
		}
	}()
	result, err := mac.Run.Run(ctx, c)
	meta = evidence.Meta{At: result.Started, Took: result.Took, From: evidence.Source(c.String())}
	if err != nil {
		meta.State, meta.Reason = stateOf(err)
		return none, meta
	}
	value, err := readResult(result, r)
	if err == nil {
		meta.State = evidence.Observed
		return value, meta
	}
	meta.State, meta.Reason = evidence.Failed, evidence.Unreadable
	if result.Exit != 0 && !result.Truncated {
		meta.Reason = evidence.Exit
	}
	if r.needsRoot && !mac.Privileged {
		meta.State, meta.Reason = evidence.Denied, evidence.NoReason
	}
	return none, meta
}

var (
	errCutOff = errors.New("more output than is kept")
	errExit   = errors.New("ended with an error")
)

func readResult[T any](result run.Result, r reader[T]) (T, error) {
	var none T
	if result.Truncated {
		return none, errCutOff
	}
	if result.Exit != 0 && !r.anyExit {
		return none, errExit
	}
	answer, other := result.Stdout, result.Stderr
	if r.stderr {
		answer, other = other, answer
	}
	// For some messages it is not known on which stream they come.
	if len(bytes.TrimSpace(answer)) == 0 && (!r.silence || len(bytes.TrimSpace(other)) > 0) {
		answer = other
	}
	return r.parse(answer)
}

func stateOf(err error) (evidence.State, evidence.Reason) {
	switch {
	case errors.Is(err, run.ErrNotRecorded), errors.Is(err, context.Canceled):
		return evidence.NotObserved, evidence.NoReason
	case errors.Is(err, run.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return evidence.Failed, evidence.Timeout
	case errors.Is(err, run.ErrMissing):
		return evidence.Failed, evidence.Missing
	case errors.Is(err, run.ErrDenied):
		return evidence.Denied, evidence.NoReason
	case errors.Is(err, run.ErrOrphans):
		return evidence.Failed, evidence.Orphans
	}
	return evidence.Failed, evidence.Exit
}

// words makes the arguments of a command from how an admin would type them.
func words(line string) []string { return strings.Fields(line) }
