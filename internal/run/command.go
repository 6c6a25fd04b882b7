package run

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// A Command is one tool with its arguments. All of it is printed, logged and
// recorded: no part may hold a secret. Secrets will reach a tool by a way of
// their own, never through these fields.
type Command struct {
	Tool  Tool
	Args  []string
	Stdin string
}

// Argv returns the command line as a recording writes it.
func (c Command) Argv() []string { return append([]string{c.Tool.Path()}, c.Args...) }

// String returns the command as an admin would type it, for messages and as the
// source of a fact.
func (c Command) String() string {
	words := append([]string{path.Base(c.Tool.Path())}, c.Args...)
	return strings.Join(words, " ")
}

// A Result is what a tool did. A tool that ends with an error still has one.
type Result struct {
	Exit           int // -1 where it was killed
	Stdout, Stderr []byte
	Truncated      bool // it printed more than is kept
	Started        time.Time
	Took           time.Duration
}

// A Runner runs one command to its end. A non-zero exit is a Result; an error
// means that there was no usable run, and is or wraps one of the errors below,
// or the context's. A Runner is safe for concurrent use.
//
// Implementations: [Exec], [Replay], [Recorder], and the simulated
// Mac in process.
type Runner interface {
	Run(ctx context.Context, c Command) (Result, error)
}

// Why a run gave no result.
var (
	ErrMissing     = errors.New("no such program")
	ErrDenied      = errors.New("not allowed to run it")
	ErrTimeout     = errors.New("still running at its deadline, killed")
	ErrOrphans     = errors.New("left a child that held its output, killed")
	ErrNotRecorded = errors.New("not in this recording")
	ErrNotATool    = errors.New("not one of the tools this program may run")
)

func (c Command) check() error {
	if c.Tool.Path() == "" {
		return fmt.Errorf("run: %w", ErrNotATool)
	}
	for _, a := range c.Args {
		if strings.ContainsRune(a, 0) {
			return fmt.Errorf("run %s: an argument holds a NUL byte", path.Base(c.Tool.Path()))
		}
	}
	return nil
}
