package tool

import "fmt"

// nsLog collects what sysadminctl writes: everything on the error stream, in the
// form of NSLog.
type nsLog struct {
	call *Call
	text string
}

// add appends a line: local time without a zone, process, thread. The thread's
// number is made up from the process's.
func (l *nsLog) add(format string, values ...any) {
	stamp := l.call.At.Format("2006-01-02 15:04:05.000")
	l.text += fmt.Sprintf("%s sysadminctl[%d:%d] %s\n", stamp, l.call.PID, 10*l.call.PID+7, fmt.Sprintf(format, values...))
}

// own appends a line of the simulator's own, for words that nobody has
// published.
func (l *nsLog) own(format string, values ...any) {
	l.text += "macsim: " + fmt.Sprintf(format, values...) + ", in words that nobody has published\n"
}

// reply is what was collected. observed (10.13.0 to 27.0): the exit code is 0
// whatever happened.
func (l *nsLog) reply() Reply { return Reply{Stderr: l.text} }
