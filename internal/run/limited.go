package run

import (
	"context"
	"fmt"
)

// Limited runs at most a fixed number of tools at a time.
type Limited struct {
	inner Runner
	slots chan struct{}
}

var _ Runner = Limited{}

// NewLimited returns a runner that passes at most n commands at a time to inner.
func NewLimited(inner Runner, n int) Limited {
	return Limited{inner: inner, slots: make(chan struct{}, n)}
}

// Run waits for a free slot, or for the end of the context, and then runs the
// command. The wait does not count against the tool's own deadline.
func (l Limited) Run(ctx context.Context, c Command) (Result, error) {
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
		return l.inner.Run(ctx, c)
	case <-ctx.Done():
		return Result{}, fmt.Errorf("run %s: waiting for other tools: %w", c, classify(ctx, ctx.Err()))
	}
}
