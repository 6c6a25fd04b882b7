// Package supervise runs the parts of the daemon together: if one ends, all end.
//
// A part that panics takes no other part's work with it: the panic becomes a
// record, and the others are asked to end as they are on SIGTERM. A part that does
// not end in time is named and left behind, so that the process can.
package supervise

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Part is one of the things that the daemon does at the same time. Run works
// until its context ends. What it returns after that does not count; before that,
// even nil is a failure, since the daemon needs all of its parts.
type Part struct {
	Name string
	Run  func(ctx context.Context) error
}

// Options say how parts end.
type Options struct {
	// Within is how long the parts may take to end, counted from when they were
	// asked to.
	Within time.Duration
	// Crashed is called for each part that panicked, in that part's goroutine. It
	// counts for the time that the part takes to end. It may be nil.
	Crashed func(Panic)
}

// A PartError is the first failure of a part.
type PartError struct {
	Part string
	Err  error
}

func (e *PartError) Error() string { return e.Part + ": " + e.Err.Error() }

func (e *PartError) Unwrap() error { return e.Err }

// A StuckError names the parts that did not end in time. They still run.
type StuckError struct {
	Parts  []string
	Within time.Duration
}

func (e *StuckError) Error() string {
	return fmt.Sprintf("%s did not end within %s", strings.Join(e.Parts, ", "), e.Within)
}

// Why a part ended before it was asked to.
var (
	ErrEnded    = errors.New("it ended although nobody had asked it to")
	ErrPanic    = errors.New("it panicked")
	errStopped  = errors.New("another part failed")
	errPanicked = errors.New("another part panicked")
)

// ended is the end of one part.
type ended struct {
	part string
	err  error
}

// Run runs the parts until the context ends or one of them fails, and returns when
// all have ended, at the latest when their time is over. It returns nil where the
// context ended and so did every part; else the error is or joins a [PartError] and
// a [StuckError].
func Run(ctx context.Context, o Options, parts ...Part) error {
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ends := make(chan ended, len(parts))
	running := make([]string, 0, len(parts))
	for _, p := range parts {
		running = append(running, p.Name)
		go func() { ends <- ended{p.Name, guarded(inner, stop, p, o.Crashed)} }()
	}
	var first error
	select {
	case <-ctx.Done():
	case e := <-ends:
		running = without(running, e.part)
		if !follows(inner, e) {
			first = failure(ctx, e)
		}
		stop(errStopped)
	}
	return errors.Join(first, wait(ctx, ends, running, o.Within))
}

// follows says whether a part ended because another one panicked, which is still
// being told and will be the failure: its end comes later than those that it causes.
func follows(inner context.Context, e ended) bool {
	return errors.Is(context.Cause(inner), errPanicked) && !errors.Is(e.err, ErrPanic)
}

// wait waits for those that still run.
func wait(ctx context.Context, ends <-chan ended, running []string, within time.Duration) error {
	var worse error
	timer := time.NewTimer(within)
	defer timer.Stop()
	for len(running) > 0 {
		select {
		case e := <-ends:
			running = without(running, e.part)
			if errors.Is(e.err, ErrPanic) { // also while it ended
				worse = errors.Join(worse, failure(ctx, e))
			}
		case <-timer.C:
			return errors.Join(worse, &StuckError{running, within})
		}
	}
	return worse
}

// failure says what the end of a part means: nothing, where it was asked to.
func failure(ctx context.Context, e ended) error {
	asked := ctx.Err() != nil && !errors.Is(e.err, ErrPanic)
	if asked {
		return nil
	}
	return &PartError{e.part, cmp.Or(e.err, ErrEnded)}
}

func without(names []string, name string) []string {
	i := slices.Index(names, name)
	return slices.Delete(names, i, i+1)
}

// guarded runs a part. A panic stops the others at once: its record may take a
// while on a slow disk.
func guarded(ctx context.Context, stop context.CancelCauseFunc, p Part, crashed func(Panic)) (err error) {
	defer Recover(p.Name, func(found Panic) {
		stop(errPanicked)
		err = fmt.Errorf("%w: %s", ErrPanic, found.What)
		if crashed != nil {
			crashed(found)
		}
	})
	return p.Run(ctx)
}
