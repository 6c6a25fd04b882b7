//go:build !darwin

package run_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// macWith makes a root folder in which sw_vers is the given shell script.
func macWith(t *testing.T, script string, mode os.FileMode) string {
	t.Helper()
	root := t.TempDir()
	path := filepath.Join(root, run.SwVers.Path())
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	// While the file is open for writing no other test may fork: its child would
	// hold the file open, and a file that is open for writing cannot be run.
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o600)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return root
}

var swVers = run.Command{Tool: run.SwVers}

func TestExec(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, script string
		mode         os.FileMode
		limit        time.Duration
		want         error
		check        func(t *testing.T, r run.Result)
	}{
		{
			name: "streams and exit status", script: "echo out; echo err >&2; exit 7", mode: 0o755,
			check: func(t *testing.T, r run.Result) {
				t.Helper()
				if string(r.Stdout) != "out\n" || string(r.Stderr) != "err\n" || r.Exit != 7 || r.Truncated {
					t.Errorf("got %+v", r)
				}
			},
		},
		{
			name: "standard input", script: "cat", mode: 0o755,
			check: func(t *testing.T, r run.Result) {
				t.Helper()
				if string(r.Stdout) != "show x\n" {
					t.Errorf("stdout %q", r.Stdout)
				}
			},
		},
		{
			name: "a flood of 50 MB is cut, not waited for", script: "head -c 50000000 /dev/zero", mode: 0o755,
			check: func(t *testing.T, r run.Result) {
				t.Helper()
				if len(r.Stdout) != 8<<20 || !r.Truncated || r.Exit != 0 {
					t.Errorf("kept %d bytes, truncated %v, exit %d", len(r.Stdout), r.Truncated, r.Exit)
				}
			},
		},
		{
			name: "a tool that hangs and ignores TERM", script: "trap '' TERM; echo first; sleep 60", mode: 0o755,
			limit: 300 * time.Millisecond, want: run.ErrTimeout,
			check: func(t *testing.T, r run.Result) {
				t.Helper()
				if string(r.Stdout) != "first\n" || r.Exit != -1 {
					t.Errorf("got %+v", r)
				}
			},
		},
		{name: "no program", mode: 0, want: run.ErrMissing},
		{name: "not executable", script: "exit 0", mode: 0o644, want: run.ErrDenied},
		{
			name: "no terminal to ask on", script: "if (: </dev/tty) 2>/dev/null; then echo tty; else echo none; fi", mode: 0o755,
			check: func(t *testing.T, r run.Result) {
				t.Helper()
				if string(r.Stdout) != "none\n" {
					t.Errorf("stdout %q", r.Stdout)
				}
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			if tc.mode != 0 {
				root = macWith(t, tc.script, tc.mode)
			}
			result, err := run.Under(root).Capped(tc.limit).Run(t.Context(), run.Command{Tool: run.SwVers, Stdin: "show x\n"})
			if !errors.Is(err, tc.want) {
				t.Fatalf("Run = %v, want %v", err, tc.want)
			}
			if tc.check != nil {
				tc.check(t, result)
			}
		})
	}
}

func TestExecPassesOnlyItsOwnEnvironment(t *testing.T) {
	t.Setenv("TOKENWARD_CANARY", "leaked")
	result, err := run.Under(macWith(t, "exec /usr/bin/env", 0o755)).Run(t.Context(), swVers)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for line := range strings.FieldsSeq(string(result.Stdout)) {
		name, _, _ := strings.Cut(line, "=")
		got[name] = true
	}
	for _, set := range []string{"PATH", "HOME", "LANG", "LC_ALL"} {
		if !got[set] {
			t.Errorf("%s is not set", set)
		}
		delete(got, set)
	}
	delete(got, "PWD") // the shell sets these two itself
	delete(got, "_")
	if len(got) != 0 {
		t.Errorf("also passed on: %v", got)
	}
}

func TestExecLeavesNoChildBehind(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, script string
		want         error
	}{
		{"a child that holds the output", `sleep 60 & echo $!`, run.ErrOrphans},
		{"a child that let go of it", `sleep 60 >/dev/null 2>&1 </dev/null & echo $!`, nil},
		{"a child of a tool that hangs", `sleep 60 & echo $!; sleep 60`, run.ErrTimeout},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			result, err := run.Under(macWith(t, tc.script, 0o755)).Capped(2*time.Second).Run(t.Context(), swVers)
			if !errors.Is(err, tc.want) {
				t.Fatalf("Run = %v, want %v", err, tc.want)
			}
			pid, err := strconv.Atoi(strings.TrimSpace(string(result.Stdout)))
			if err != nil {
				t.Fatal(err)
			}
			if !gone(pid) {
				t.Errorf("the child %d is still alive", pid)
			}
		})
	}
}

// gone waits for a killed process to be collected by init.
func gone(pid int) bool {
	for range 200 {
		state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(state), ") Z ") || syscall.Kill(pid, 0) != nil {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func TestExecStopsWithItsCaller(t *testing.T) {
	t.Parallel()
	root := macWith(t, "sleep 60", 0o755)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := run.Under(root).Run(ctx, swVers); !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want Canceled", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := run.Under(root).Run(ctx, swVers); !errors.Is(err, run.ErrTimeout) {
		t.Errorf("Run = %v, want ErrTimeout at the deadline of the whole check", err)
	}
}

func TestRunnersRefuseWhatIsNoCommand(t *testing.T) {
	t.Parallel()
	replay, err := run.NewReplay(run.Recording{TakenAt: time.Unix(1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []run.Runner{run.Under(t.TempDir()), replay} {
		for _, tool := range []run.Tool{0, 200} {
			if _, err := r.Run(t.Context(), run.Command{Tool: tool}); !errors.Is(err, run.ErrNotATool) {
				t.Errorf("%T: tool %d: %v, want ErrNotATool", r, tool, err)
			}
		}
		if _, err := r.Run(t.Context(), run.Command{Tool: run.Dscl, Args: []string{"a\x00b"}}); err == nil {
			t.Errorf("%T: an argument with a NUL byte was taken", r)
		}
	}
}

func TestToolsHaveAbsolutePathsOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, tool := range append(run.Tools(), run.Changing()...) {
		p := tool.Path()
		if !filepath.IsAbs(p) || filepath.Clean(p) != p || seen[p] || tool.Limit() <= 0 {
			t.Errorf("tool %d: path %q, limit %v", tool, p, tool.Limit())
		}
		seen[p] = true
		if back, ok := run.ByPath(p); ok == tool.Changes() || ok && back != tool {
			t.Errorf("ByPath(%q) = %v, %v", p, back, ok)
		}
	}
}
