package run

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// Recorder passes questions on and keeps what came back.
type Recorder struct {
	runner Runner
	disk   Files
	net    Prober
	mu     sync.Mutex
	runs   []recordedRun
	files  map[fileKey]File
	probes map[string]Probe
}

type recordedRun struct {
	command Command
	result  Result
	state   Ending
}

var (
	_ Runner = (*Recorder)(nil)
	_ Files  = (*Recorder)(nil)
	_ Prober = (*Recorder)(nil)
)

// NewRecorder returns a recorder of what the three answer. Files and the network
// may be nil: nobody looks there then.
func NewRecorder(runner Runner, disk Files, net Prober) *Recorder {
	return &Recorder{runner: runner, disk: disk, net: net, files: map[fileKey]File{}, probes: map[string]Probe{}}
}

// Run runs the command and keeps the outcome, unless it was stopped before the
// tool could be said to have answered. Recovery keys are dropped here too, for
// runners that start no process of their own. A tool that changes the Mac is
// refused: what is recorded is a check.
func (r *Recorder) Run(ctx context.Context, c Command) (Result, error) {
	if c.Tool.Changes() {
		return Result{}, fmt.Errorf("record %s: %w of a check", c, ErrNotATool)
	}
	result, err := r.runner.Run(ctx, c)
	result = scrub(c, result)
	if state := stateOf(err); state != runDidNotRun {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.runs = append(r.runs, recordedRun{c, result, state})
	}
	return result, err
}

// Look implements [Files].
func (r *Recorder) Look(ctx context.Context, path string) File {
	if r.disk == nil {
		return File{State: FileUnknown}
	}
	return r.keepFile(fileKey{path, false}, r.disk.Look(ctx, path))
}

// Opens implements [Files].
func (r *Recorder) Opens(ctx context.Context, path string) File {
	if r.disk == nil {
		return File{State: FileUnknown}
	}
	return r.keepFile(fileKey{path, true}, r.disk.Opens(ctx, path))
}

func (r *Recorder) keepFile(k fileKey, f File) File {
	if f.State == FileUnknown {
		return f
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files[k] = f
	return f
}

// Probe implements [Prober].
func (r *Recorder) Probe(ctx context.Context, t Target) Probe {
	if r.net == nil {
		return Probe{State: NotProbed}
	}
	p := r.net.Probe(ctx, t)
	if p.State != NotProbed {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.probes[t.Name] = p
	}
	return p
}

// Recording returns what was recorded. The order is that of the questions, so
// that two recordings of the same answers are the same.
func (r *Recorder) Recording(takenAt time.Time) Recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := Recording{
		Format: RecordingFormat, TakenAt: takenAt.UTC(), Commands: []Recorded{}, Files: []RecordedFile{}, Probes: []RecordedProbe{},
		outputs: map[string][]byte{},
	}
	runs := slices.Clone(r.runs)
	slices.SortStableFunc(runs, func(a, b recordedRun) int {
		return cmp.Compare(key(a.command.Argv(), a.command.Stdin), key(b.command.Argv(), b.command.Stdin))
	})
	for i, run := range runs {
		rec.add(i+1, run)
	}
	for k, f := range r.files {
		rec.Files = append(rec.Files, f.recorded(k))
	}
	slices.SortFunc(rec.Files, func(a, b RecordedFile) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), boolCompare(a.Opened, b.Opened))
	})
	for name, p := range r.probes {
		rec.Probes = append(rec.Probes, RecordedProbe{Name: name, State: p.State, Value: p.Value, TookMS: p.Took.Milliseconds()})
	}
	slices.SortFunc(rec.Probes, func(a, b RecordedProbe) int { return cmp.Compare(a.Name, b.Name) })
	return rec
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (r *Recording) add(number int, run recordedRun) {
	entry := Recorded{
		Argv: run.command.Argv(), Stdin: run.command.Stdin, Exit: &run.result.Exit,
		TookMS: run.result.Took.Milliseconds(), State: run.state, Truncated: run.result.Truncated,
	}
	entry.Stdout = r.output(number, "stdout", run.result.Stdout)
	entry.Stderr = r.output(number, "stderr", run.result.Stderr)
	r.Commands = append(r.Commands, entry)
}

func (r *Recording) output(number int, stream string, data []byte) string {
	if len(data) == 0 {
		return ""
	}
	name := fmt.Sprintf("%03d.%s", number, stream)
	r.outputs[name] = data
	return name
}

func (f File) recorded(k fileKey) RecordedFile {
	out := RecordedFile{Path: k.path, State: f.State, Opened: k.opened, Size: f.Size, TookMS: f.Took.Milliseconds()}
	if f.State == FileThere {
		at := f.ModTime.UTC()
		out.Mode, out.MTime = f.Mode.String(), &at
	}
	return out
}

// Save writes a recording into a new folder, readable by its owner only: it
// names the accounts of a Mac.
func (r Recording) Save(dir string) error {
	files, err := r.Contents()
	if err != nil {
		return fmt.Errorf("save recording: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("save recording: %w", err)
	}
	for _, f := range files {
		if err := rootfile.Write(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			return fmt.Errorf("save recording: %w", err)
		}
	}
	return nil
}

// Content is one file that a recording consists of.
type Content struct {
	Name string
	Data []byte
}

// Contents returns the files of a recording, recording.json last: a recording
// that was cut off while it was written is none.
func (r Recording) Contents() ([]Content, error) {
	index, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	var files []Content
	for _, name := range slices.Sorted(maps.Keys(r.outputs)) {
		files = append(files, Content{name, r.outputs[name]})
	}
	files = append(files, Content{indexName, append(index, '\n')})
	return slices.Insert(files, len(files)-1, manifest(files)), nil
}

// Output returns what the command printed on a stream, by the name that it has
// in the recording; nil for the empty name.
func (r Recording) Output(name string) []byte { return r.outputs[name] }

// WithOutputs returns the recording with what change makes of every output. The
// command is the first that the output belongs to; change must not keep or alter
// the bytes that it is given.
func (r Recording) WithOutputs(change func(c Recorded, out []byte) []byte) Recording {
	outputs := make(map[string][]byte, len(r.outputs))
	for _, c := range r.Commands {
		for _, name := range []string{c.Stdout, c.Stderr} {
			if _, done := outputs[name]; name != "" && !done {
				outputs[name] = change(c, r.outputs[name])
			}
		}
	}
	r.outputs = outputs
	return r
}
