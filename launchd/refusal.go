package launchd

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/tokenward/tokenward/internal/run"
)

// The exit codes of launchctl that something hangs on: numbers of errno(2) and,
// above 100, of launchd's own, which `launchctl error` explains.
const (
	exitIO         = 5   // observed (11 to 27): bootstrap of anything that launchd does not take now
	exitNowBusy    = 36  // observed (10.15): bootout, and the job is being unloaded
	exitInProgress = 37  // observed (13): bootstrap while the job is being unloaded
	exitNoService  = 113 // observed (13 to 27): the label is not loaded
	exitDisabled   = 119 // community: bootstrap of a label that was disabled
	exitBadOwner   = 122 // community: bootstrap of a file of wrong owner or mode
)

// A RefusedError is a launchctl that did not do what it was told.
type RefusedError struct {
	Verb string // such as bootstrap
	Exit int    // -1 where it was killed; 0 where it claims to have done it
	Said string // its own words in one line; often none
	Err  error  // why there is no exit code: [run.ErrTimeout], [run.ErrMissing] and their like
}

func (r *RefusedError) Error() string {
	if r.Err != nil {
		return fmt.Sprintf("launchctl %s: %v", r.Verb, r.Err)
	}
	said := r.Said
	if said == "" {
		said = "it said nothing"
	}
	if r.Exit == 0 {
		return fmt.Sprintf("launchctl %s: exit code 0, but nothing changed: %s", r.Verb, said)
	}
	return fmt.Sprintf("launchctl %s: exit code %d: %s", r.Verb, r.Exit, said)
}

func (r *RefusedError) Unwrap() error { return r.Err }

// Advice is what a person can do about it, one sentence.
func (r *RefusedError) Advice() string {
	switch {
	case errors.Is(r.Err, run.ErrMissing), errors.Is(r.Err, run.ErrDenied):
		return "launchctl cannot be started: this is not a whole macOS."
	case errors.Is(r.Err, run.ErrTimeout):
		return "launchd does not answer: try again, and restart the Mac if it stays so."
	case r.Exit == exitBadOwner:
		return "The file or a folder above it must belong to root and be writable by root alone."
	case r.Exit == exitDisabled:
		return "The label is disabled: run sudo launchctl enable with it, and see whether a management tool disables it again."
	}
	return "What launchd itself says of it: log show --last 5m --predicate 'process == \"launchd\"' | grep tokenward"
}

// passing says whether the same command may succeed a moment later: while the job
// that was there before is being unloaded, launchd refuses with one of these, for
// about 5 s (observed, 13 to 27). A launchctl that was killed may have done its work.
func (r *RefusedError) passing() bool {
	if r.Err != nil {
		return errors.Is(r.Err, run.ErrTimeout)
	}
	switch r.Exit {
	case 0, -1, exitIO, exitNowBusy, exitInProgress:
		return true
	}
	return false
}

// refusal makes an error of an answer.
func refusal(verb string, result run.Result) *RefusedError {
	const longest = 300
	said := strings.Map(printable, string(result.Stderr)+" "+string(result.Stdout))
	if said = strings.Join(strings.Fields(said), " "); len(said) > longest {
		said = strings.ToValidUTF8(said[:longest], "") + "…"
	}
	return &RefusedError{Verb: verb, Exit: result.Exit, Said: said}
}

// printable keeps what may stand in a message at a terminal.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return ' '
}
