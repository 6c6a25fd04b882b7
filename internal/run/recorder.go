package run

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// Recorder passes commands on and keeps what came back.
type Recorder struct {
	inner Runner
	mu    sync.Mutex
	runs  []recordedRun
}

type recordedRun struct {
	command Command
	result  Result
	state   Ending
}

var _ Runner = (*Recorder)(nil)

// NewRecorder returns a runner that records what inner answers.
func NewRecorder(inner Runner) *Recorder { return &Recorder{inner: inner} }

// Run runs the command and keeps the outcome, unless it was stopped before the
// tool could be said to have answered.
func (r *Recorder) Run(ctx context.Context, c Command) (Result, error) {
	result, err := r.inner.Run(ctx, c)
	if state := stateOf(err); state != runDidNotRun {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.runs = append(r.runs, recordedRun{c, result, state})
	}
	return result, err
}

// Save writes the recording into a new folder, readable by its owner only: it
// names the accounts of a Mac. The order is that of the command lines, so that
// two recordings of the same answers are the same.
func (r *Recorder) Save(dir string, takenAt time.Time) error {
	r.mu.Lock()
	runs := slices.Clone(r.runs)
	r.mu.Unlock()
	slices.SortStableFunc(runs, func(a, b recordedRun) int {
		return cmp.Compare(key(a.command.Argv(), a.command.Stdin), key(b.command.Argv(), b.command.Stdin))
	})
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("save recording: %w", err)
	}
	rec := Recording{Format: RecordingFormat, TakenAt: takenAt.UTC(), Commands: []Recorded{}, Files: []json.RawMessage{}, Probes: []json.RawMessage{}}
	for i, run := range runs {
		entry, err := saveRun(dir, i, run)
		if err != nil {
			return fmt.Errorf("save recording: %w", err)
		}
		rec.Commands = append(rec.Commands, entry)
	}
	index, err := json.MarshalIndent(rec, "", "  ")
	if err != nil {
		return fmt.Errorf("save recording: %w", err)
	}
	return rootfile.Write(filepath.Join(dir, indexName), append(index, '\n'), 0o600)
}

func saveRun(dir string, number int, run recordedRun) (Recorded, error) {
	entry := Recorded{
		Argv: run.command.Argv(), Stdin: run.command.Stdin, Exit: &run.result.Exit,
		TookMS: run.result.Took.Milliseconds(), State: run.state, Truncated: run.result.Truncated,
	}
	var err error
	if entry.Stdout, err = saveOutput(dir, number, "stdout", run.result.Stdout); err != nil {
		return Recorded{}, err
	}
	entry.Stderr, err = saveOutput(dir, number, "stderr", run.result.Stderr)
	return entry, err
}

func saveOutput(dir string, number int, stream string, data []byte) (string, error) {
	if len(data) == 0 {
		return "", nil
	}
	name := fmt.Sprintf("%03d.%s", number+1, stream)
	return name, rootfile.Write(filepath.Join(dir, name), data, 0o600)
}
