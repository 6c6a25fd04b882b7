package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Replay answers from a recording. What is not in it was not observed.
type Replay struct {
	takenAt time.Time
	runs    map[string]replayed
	files   map[fileKey]File
	probes  map[string]Probe
}

// fileKey is one look: opening a file is another question than looking at it.
type fileKey struct {
	path   string
	opened bool
}

type replayed struct {
	result Result
	err    error
}

var (
	_ Runner = Replay{}
	_ Files  = Replay{}
	_ Prober = Replay{}
)

// NewReplay returns a runner that answers as the recorded Mac did. What a
// recording leaves open is an error and never filled in: a command line that
// stands in it twice, an end that is not known, a run without an exit status, a
// missing date.
func NewReplay(r Recording) (Replay, error) {
	if r.TakenAt.IsZero() {
		return Replay{}, errors.New("recording: it does not say when it was taken")
	}
	replay := Replay{
		takenAt: r.TakenAt, runs: make(map[string]replayed, len(r.Commands)),
		files: make(map[fileKey]File, len(r.Files)), probes: make(map[string]Probe, len(r.Probes)),
	}
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
	if err := replay.addFiles(r.Files); err != nil {
		return Replay{}, err
	}
	return replay, replay.addProbes(r.Probes)
}

func (r Replay) addFiles(recorded []RecordedFile) error {
	for _, f := range recorded {
		k := fileKey{f.Path, f.Opened}
		if _, twice := r.files[k]; twice {
			return fmt.Errorf("recording: the file %q is in it twice", f.Path)
		}
		if !slices.Contains([]FileState{FileThere, FileMissing, FileDenied, FileFailed, FileTimeout}, f.State) {
			return fmt.Errorf("recording: the file %q has the state %q", f.Path, string(f.State))
		}
		if f.State == FileThere && f.MTime == nil {
			return fmt.Errorf("recording: the file %q is present without a time", f.Path)
		}
		is := File{State: f.State, Size: f.Size, Looked: r.takenAt, Took: time.Duration(f.TookMS) * time.Millisecond}
		if f.MTime != nil {
			is.ModTime = *f.MTime
		}
		r.files[k] = is
	}
	return nil
}

func (r Replay) addProbes(recorded []RecordedProbe) error {
	for _, p := range recorded {
		if _, twice := r.probes[p.Name]; twice {
			return fmt.Errorf("recording: the probe %q is in it twice", p.Name)
		}
		if p.State != Probed && p.State != NotProbed && p.State != ProbeEnded {
			return fmt.Errorf("recording: the probe %q has the state %q", p.Name, string(p.State))
		}
		r.probes[p.Name] = Probe{State: p.State, Value: p.Value, Began: r.takenAt, Took: time.Duration(p.TookMS) * time.Millisecond}
	}
	return nil
}

// Look implements [Files].
func (r Replay) Look(_ context.Context, path string) File { return r.file(path, false) }

// Opens implements [Files].
func (r Replay) Opens(_ context.Context, path string) File { return r.file(path, true) }

func (r Replay) file(path string, opened bool) File {
	if f, ok := r.files[fileKey{path, opened}]; ok {
		return f
	}
	return File{State: FileUnknown}
}

// Probe implements [Prober].
func (r Replay) Probe(_ context.Context, t Target) Probe {
	if p, ok := r.probes[t.Name]; ok {
		return p
	}
	return Probe{State: NotProbed}
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
