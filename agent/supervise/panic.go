package supervise

import (
	"fmt"
	"path"
	"runtime"
)

// mostFrames is how much of a stack is kept.
const mostFrames = 40

// A Panic is what is kept of one. It holds no value of the program: a panic's own
// text and a printed stack hold arguments, and so may hold names and secrets.
type Panic struct {
	Part  string
	What  string   // what the Go runtime says, or else the type of what was thrown
	Stack []string // function and line, where it happened first
}

// Recover is for a defer statement: it ends a panic, and tells of it. Where there
// is none it does nothing.
func Recover(part string, tell func(Panic)) {
	if thrown := recover(); thrown != nil {
		tell(Caught(part, thrown))
	}
}

// Caught describes a panic that the caller, a deferred function, has recovered.
func Caught(part string, thrown any) Panic {
	what := fmt.Sprintf("%T", thrown)
	if err, ok := thrown.(runtime.Error); ok {
		what = err.Error() // numbers and types, such as index out of range [3]
	}
	return Panic{Part: part, What: what, Stack: stack()}
}

// stack is the way to the panic: what lies above it are this package and the
// runtime.
func stack() []string {
	var counters [mostFrames + 16]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	var lines []string
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if f.Function == "runtime.gopanic" {
			lines = lines[:0]
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s:%d", f.Function, path.Base(f.File), f.Line))
	}
	return lines[:min(len(lines), mostFrames)]
}
