package run

import (
	"encoding/json"
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

	// Files and network probes have a place in the format. No collector of this
	// version looks at either, so they are not read.
	Files  []json.RawMessage `json:"files"`
	Probes []json.RawMessage `json:"probes"`

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

// An Ending says how a recorded run ended.
type Ending string

// The ends of a run. Ran means that the tool ended by itself, with any status.
const (
	Ran          Ending = "ran"
	RunMissing   Ending = "missing"
	RunTimeout   Ending = "timeout"
	RunDenied    Ending = "denied"
	RunOrphans   Ending = "orphans"
	runDidNotRun Ending = "" // stopped before it began: nothing to record
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
	}
	return runDidNotRun
}

// key makes two command lines equal if a recording says they are: the same
// words, and the same standard input but for its last newline.
func key(argv []string, stdin string) string {
	return strings.Join(argv, "\x00") + "\x00\x00" + strings.TrimSuffix(stdin, "\n")
}
