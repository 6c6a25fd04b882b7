package launchd

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/run"
)

// printed is a job in the form of macOS 13 to 26.
const printed = `system/dev.tokenward.agent = {
	active count = 1
	path = /Library/LaunchDaemons/dev.tokenward.agent.plist
	type = LaunchDaemon
	state = running

	program = /Library/Tokenward/tokenward
	arguments = {
		/Library/Tokenward/tokenward
		run
	}

	domain = system
	runs = 3
	pid = 812
	last exit code = 78: EX_CONFIG

	endpoints = {
		"x" = {
			state = waiting
			pid = 1
		}
	}
}
`

func TestProcess(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		want       Process
	}{
		{"running", printed, Process{"running", 812, "78: EX_CONFIG"}},
		{"killed", "\tstate = not running\n\tlast terminating signal = Killed: 9\n", Process{"not running", 0, "Killed: 9"}},
		{"of a part alone", "\t\tstate = running\n\t\tpid = 1\n", Process{}},
		{"the first counts", "\tpid = 8\n\tpid = 9\n", Process{PID: 8}},
		{"no number", "\tpid = 8x\n", Process{}},
		{"a negative number", "\tpid = -8\n", Process{}},
		{"a control character", "\tstate = \x1b[2J\n", Process{}},
		{"too long", "\tstate = " + strings.Repeat("x", 61) + "\n", Process{}},
		{"nothing", "", Process{}},
	} {
		if got := process(tc.text); got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.name, got, tc.want)
		}
	}
}

func FuzzProcess(f *testing.F) {
	f.Add(printed)
	f.Add("\tstate = \xff\n\tpid = 99999999999999999999\n")
	f.Fuzz(func(t *testing.T, text string) {
		p := process(text)
		if p.PID < 0 || strings.ContainsFunc(p.State+p.LastExit, func(r rune) bool { return r < ' ' || r > '~' }) || len(p.State) > 60 || len(p.LastExit) > 60 {
			t.Errorf("%q gives %+v", text, p)
		}
	})
}

// answer is a launchctl that always answers the same.
type answer run.Result

func (a answer) Run(context.Context, run.Command) (run.Result, error) { return run.Result(a), nil }

func TestPrint(t *testing.T) {
	t.Parallel()
	const label = "dev.tokenward.agent"
	for _, tc := range []struct {
		name   string
		answer run.Result
		loaded bool
		wrong  bool
	}{
		{"loaded", run.Result{Stdout: []byte(printed)}, true, false},
		{"not loaded", run.Result{Exit: 113, Stderr: []byte("Could not find service\n")}, false, false},
		{"nothing", run.Result{}, false, true},
		{"another job", run.Result{Stdout: []byte("system/dev.tokenward.agents = {\n")}, false, true},
		{"another error", run.Result{Exit: 112}, false, true},
		{"killed", run.Result{Exit: -1, Stdout: []byte(printed)}, false, true},
	} {
		loaded, _, err := launchctl{answer(tc.answer)}.print(t.Context(), label)
		if loaded != tc.loaded || (err != nil) != tc.wrong {
			t.Errorf("%s: %v, %v", tc.name, loaded, err)
		}
	}
}

func TestDisabled(t *testing.T) {
	t.Parallel()
	const list = "\tdisabled services = {\n\t\t\"a\" => disabled\n\t\t\"b\" => true\n\t\t\"c\" => enabled\n\t\t\"d\" => false\n\t}\n"
	for _, tc := range []struct {
		label           string
		answer          run.Result
		disabled, known bool
	}{
		{"a", run.Result{Stdout: []byte(list)}, true, true},
		{"b", run.Result{Stdout: []byte(list)}, true, true},
		{"c", run.Result{Stdout: []byte(list)}, false, true},
		{"d", run.Result{Stdout: []byte(list)}, false, true},
		{"e", run.Result{Stdout: []byte(list)}, false, true},
		{"a", run.Result{Stdout: []byte(list), Exit: 1}, false, false},
		{"a", run.Result{}, false, false},
	} {
		disabled, known := launchctl{answer(tc.answer)}.disabled(t.Context(), tc.label)
		if disabled != tc.disabled || known != tc.known {
			t.Errorf("%s in %q: %v, %v", tc.label, tc.answer.Stdout, disabled, known)
		}
	}
}

// A refusal is one line that a terminal can show, whatever launchctl printed.
func TestRefusal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		r    *RefusedError
		want string
	}{
		{"its words", refusal("bootstrap", run.Result{Exit: 5, Stderr: []byte("Bootstrap failed: 5: Input/output error\n")}), "launchctl bootstrap: exit code 5: Bootstrap failed: 5: Input/output error"},
		{"silence", refusal("bootout", run.Result{Exit: 1}), "launchctl bootout: exit code 1: it said nothing"},
		{"a terminal's commands", refusal("x", run.Result{Exit: 1, Stderr: []byte("a\x1b[2J\n\tb\x00")}), "launchctl x: exit code 1: a [2J b"},
		{"no success", &RefusedError{Verb: "bootout", Said: "it is there"}, "launchctl bootout: exit code 0, but nothing changed: it is there"},
		{"missing", &RefusedError{Verb: "print", Err: run.ErrMissing}, "launchctl print: no such program"},
	} {
		if got := tc.r.Error(); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
		if tc.r.Advice() == "" {
			t.Errorf("%s: no advice", tc.name)
		}
	}
	if r := refusal("x", run.Result{Exit: 1, Stderr: []byte(strings.Repeat("ä ", 9999))}); len(r.Said) > 310 {
		t.Errorf("%d bytes were kept", len(r.Said))
	}
	if !errors.Is(&RefusedError{Err: run.ErrTimeout}, run.ErrTimeout) {
		t.Error("the reason is lost")
	}
}
