package macsim

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

func TestRunner(t *testing.T) {
	t.Parallel()
	before := time.Now()
	got, err := NewRunner(*newOffice(t)).Run(t.Context(), run.Command{Tool: run.Dscl, Args: []string{".", "-read", "/Users/ghost"}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Exit != 56 || len(got.Stdout) != 0 || len(got.Stderr) == 0 || got.Started.Before(before) {
		t.Errorf("got %+v", got)
	}
}

func TestRunnerErrors(t *testing.T) {
	t.Parallel()
	r := NewRunner(*newOffice(t))
	if _, err := r.Run(t.Context(), run.Command{}); !errors.Is(err, run.ErrNotATool) {
		t.Errorf("no tool: got %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Run(over, run.Command{Tool: run.SwVers}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestRunnerIsConcurrent(t *testing.T) {
	t.Parallel()
	r := NewRunner(*newOffice(t))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, c := range Questions(newOffice(t)) {
				if _, err := r.Run(t.Context(), c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
