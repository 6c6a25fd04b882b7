package run_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// counting counts what reaches it.
type counting int

func (n *counting) Run(context.Context, run.Command) (run.Result, error) {
	*n++
	return run.Result{}, nil
}

// What changes the Mac is no part of a check: it is not passed on by what records
// one, and not answered by what replays one.
func TestChangingToolsAreNotRecorded(t *testing.T) {
	t.Parallel()
	replay, err := run.NewReplay(run.Recording{TakenAt: time.Unix(1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range run.Changing() {
		var reached counting
		recorder := run.NewRecorder(&reached, nil, nil)
		c := run.Command{Tool: tool, Args: []string{"bootout", "system/x"}}
		if _, err := recorder.Run(t.Context(), c); !errors.Is(err, run.ErrNotATool) || reached != 0 {
			t.Errorf("recorded: %v, %d calls", err, reached)
		}
		if r := recorder.Recording(time.Unix(1, 0)); len(r.Commands) != 0 {
			t.Errorf("the recording has %+v", r.Commands)
		}
		if _, err := replay.Run(t.Context(), c); !errors.Is(err, run.ErrNotRecorded) {
			t.Errorf("replayed: %v", err)
		}
	}
}
