package run

import (
	"context"
	"errors"
	"strings"
	"time"
)

// RecordingFormat is the version of the recordings that this package reads and
// writes. The command lines of that version are frozen.
const RecordingFormat = "tokenward-recording/1"

// A Recording is what one Mac answered at one time: a folder, or the same as a
// .tar.gz, with recording.json and the files that it names.
type Recording struct {
	Format   string     `json:"format"`
	TakenAt  time.Time  `json:"taken_at"`
	Commands []Recorded `json:"commands"`

	Files  []RecordedFile  `json:"files"`
	Probes []RecordedProbe `json:"probes"`

	// Provenance says what took the recording and what was taken out of it.
	Provenance *Provenance `json:"provenance,omitempty"`

	outputs map[string][]byte // the content of the files named above
}

// Recorded is one run. Stdout and Stderr name files of the recording; empty
// means that nothing was printed.
type Recorded struct {
	Argv      []string `json:"argv"`
	Stdin     string   `json:"stdin,omitempty"`
	Exit      *int     `json:"exit"` // null where the tool was stopped
	Stdout    string   `json:"stdout,omitempty"`
	Stderr    string   `json:"stderr,omitempty"`
	TookMS    int64    `json:"took_ms"`
	State     Ending   `json:"state"`
	Truncated bool     `json:"truncated"`
}

// RecordedFile is one look at a file. Content has a place in the format; no
// version writes it, and this one does not read it.
type RecordedFile struct {
	Path   string     `json:"path"`
	State  FileState  `json:"state"`
	Opened bool       `json:"opened,omitempty"` // it was also tried to open
	Size   int64      `json:"size"`
	Mode   string     `json:"mode,omitempty"` // as ls -l prints it
	MTime  *time.Time `json:"mtime"`          // null where it was not seen
	TookMS int64      `json:"took_ms,omitempty"`
}

// RecordedProbe is one connection that was tried.
type RecordedProbe struct {
	Name   string     `json:"name"`
	State  ProbeState `json:"state"`
	Value  string     `json:"value"`
	TookMS int64      `json:"took_ms"`
}

// Provenance is where a recording comes from.
type Provenance struct {
	Tool     string   `json:"tool"`     // such as tokenward 1.0, capture.sh 1
	Redacted []string `json:"redacted"` // what was taken out: secrets, some secrets, names
}

// An Ending says how a recorded run ended.
type Ending string

// The ends of a run. Ran means that the tool ended by itself, with any status.
const (
	Ran          Ending = "ran"
	RunMissing   Ending = "missing"
	RunTimeout   Ending = "timeout"
	RunDenied    Ending = "denied"
	RunOrphans   Ending = "orphans"
	RunFailed    Ending = "failed" // it could not be started, for another reason
	runDidNotRun Ending = ""       // stopped before it began: nothing to record
)

// err returns what Exec returned when the run was recorded; ok is false for an
// end that this version does not know.
func (s Ending) err() (err error, ok bool) {
	switch s {
	case Ran:
		return nil, true
	case RunMissing:
		return ErrMissing, true
	case RunTimeout:
		return ErrTimeout, true
	case RunDenied:
		return ErrDenied, true
	case RunOrphans:
		return ErrOrphans, true
	case RunFailed:
		return errNotStarted, true
	case runDidNotRun:
	}
	return nil, false
}

func stateOf(err error) Ending {
	switch {
	case err == nil:
		return Ran
	case errors.Is(err, ErrMissing):
		return RunMissing
	case errors.Is(err, ErrTimeout):
		return RunTimeout
	case errors.Is(err, ErrDenied):
		return RunDenied
	case errors.Is(err, ErrOrphans):
		return RunOrphans
	case errors.Is(err, context.Canceled), errors.Is(err, ErrNotRecorded), errors.Is(err, ErrNotATool):
		return runDidNotRun
	}
	return RunFailed
}

// errNotStarted is all that a recording knows of such an error.
var errNotStarted = errors.New("could not be started")

// key makes two command lines equal if a recording says they are: the same
// words, and the same standard input but for its last newline.
func key(argv []string, stdin string) string {
	return strings.Join(argv, "\x00") + "\x00\x00" + strings.TrimSuffix(stdin, "\n")
}
