package launchd

import (
	"errors"
	"strconv"
	"strings"
)

// errUnreadable: launchctl printed something else than a job. launchctl(1) calls
// the text "not API in any sense at all"; the first line has been the same since
// 10.10, and an empty answer must not pass for a job.
var errUnreadable = errors.New("it did not print the job that it was asked for")

// Process is what launchd's text tells of the process of a job. It is for people,
// and for noticing that a restart was none; nothing of it need be there.
type Process struct {
	State    string `json:"state,omitempty"`     // running, not running, spawn scheduled, …; empty: not told
	PID      int    `json:"pid,omitempty"`       // 0: none, or not told
	LastExit string `json:"last_exit,omitempty"` // such as "0", "78: EX_CONFIG", "Killed: 9", "(never exited)"
}

// running says whether launchd told that there is a process.
func (p Process) running() bool { return p.State == "running" && p.PID > 0 }

// process reads the lines of the job itself. Lines of its parts are indented
// further, and an argument with a line break may look like anything: so the first
// line of each kind counts, and only values of the known shape.
func process(text string) Process {
	var p Process
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\n"), " = ")
		if !ok {
			continue
		}
		switch {
		case key == "\tstate" && p.State == "":
			p.State = short(value)
		case key == "\tpid" && p.PID == 0:
			p.PID = number(value)
		case (key == "\tlast exit code" || key == "\tlast terminating signal") && p.LastExit == "":
			p.LastExit = short(value)
		}
	}
	return p
}

// short keeps a value that may be one of launchd's.
func short(value string) string {
	const longest = 60
	if len(value) > longest || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ""
	}
	return value
}

func number(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
