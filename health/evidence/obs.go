// Package evidence holds what was observed on a Mac, and how well.
//
// It holds no opinion: what an observation means is said by package health. The
// zero value of everything here is "not observed", so that a forgotten field, a
// tool that timed out or a recording with a hole can never be read as "no".
package evidence

import "time"

// A State says how well something was observed.
type State uint8

// The states of an observation. One list serves the model, the report and the logs.
const (
	NotObserved State = iota // never asked, or not in the recording
	Observed                 // the tool answered, and the value is its answer
	Absent                   // the tool answered: there is none
	Unsupported              // this macOS or this chip has no such thing
	Denied                   // privilege, TCC or SIP stood in the way
	Failed                   // asked, and no usable answer came: see Reason
)

var stateNames = [...]string{"not_observed", "observed", "absent", "unsupported", "denied", "failed"}

// String returns the name that a report uses.
func (s State) String() string { return nameOf(stateNames[:], int(s)) }

// A Reason says why an observation failed.
type Reason uint8

// The reasons of a failed observation.
const (
	NoReason   Reason = iota
	Timeout           // the tool was still running at its deadline and was killed
	Missing           // there is no such program
	Unreadable        // it printed something that this version cannot read
	Exit              // it ended with an error and printed no answer
	Orphans           // it ended, but left a child holding its output
)

var reasonNames = [...]string{"", "timeout", "missing", "unreadable", "exit", "orphans"}

// String returns the name that a report uses, empty for NoReason.
func (r Reason) String() string { return nameOf(reasonNames[:], int(r)) }

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return "unknown"
}

// A Source names where an observation came from, as an admin would type it:
// "profiles status -type bootstraptoken".
type Source string

// Obs is one observation. Value has a meaning only where State is Observed.
type Obs[T any] struct {
	State  State
	Reason Reason // set where State is Failed
	Value  T
	At     time.Time     // when the tool was started; zero where it never was
	Took   time.Duration // how long it ran
	From   Source
}

// Known returns the value and whether there is one.
func (o Obs[T]) Known() (T, bool) {
	if o.State != Observed {
		var zero T
		return zero, false
	}
	return o.Value, true
}

// Answered says whether the Mac gave a definite answer, "there is none" included.
func (o Obs[T]) Answered() bool { return o.State == Observed || o.State == Absent }

// Meta is an observation without its value: what a tool run says about every
// fact that would have come from it.
type Meta struct {
	State  State
	Reason Reason
	At     time.Time
	Took   time.Duration
	From   Source
}

// Meta returns the observation without its value.
func (o Obs[T]) Meta() Meta { return Meta{o.State, o.Reason, o.At, o.Took, o.From} }

// Is makes the observation of a value, if m says that there was one.
func Is[T any](m Meta, v T) Obs[T] {
	o := Obs[T]{State: m.State, Reason: m.Reason, At: m.At, Took: m.Took, From: m.From}
	if m.State == Observed {
		o.Value = v
	}
	return o
}

// IsPointer makes the observation of a value that a tool's output may lack: nil
// means that the tool answered without it, and so there is none.
func IsPointer[T any](m Meta, v *T) Obs[T] {
	if m.State == Observed && v == nil {
		m.State = Absent
	}
	if v == nil {
		v = new(T)
	}
	return Is(m, *v)
}
