package macsim

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
	"github.com/tokenward/tokenward/internal/run"
)

func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// Every tool that the agent may start exists here.
func TestToolsOfTheAgent(t *testing.T) {
	t.Parallel()
	for _, wanted := range append(run.Tools(), run.Changing()...) {
		i := slices.IndexFunc(tool.All(), func(have tool.Tool) bool { return have.Path == wanted.Path() })
		if i < 0 {
			t.Errorf("there is no %s", wanted.Path())
		}
	}
}

// Tools that change the Mac at the same time lose nothing of each other.
func TestChangesAreNotLost(t *testing.T) {
	t.Parallel()
	dir, before := layOutOffice(t)
	names := []string{"ada", "berta", "chiara", "dora", "edda", "frida", "greta", "hanna"}
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() {
			start(t, exec.CommandContext(t.Context(), filepath.Join(dir, sysadminctlPath), "-addUser", name, "-password", "x"))
		})
	}
	wg.Wait()
	m := opened(t, dir)
	if got, want := len(m.Accounts), len(before.Accounts)+len(names); got != want {
		t.Errorf("there are %d accounts, want %d", got, want)
	}
	calls, err := Calls(dir)
	if err != nil || len(calls) != len(names) {
		t.Errorf("%d calls are noted (%v), want %d", len(calls), err, len(names))
	}
}

// A tool notes how it was called, with its environment and the files that it was
// given.
func TestCallsAreNoted(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	c := exec.CommandContext(t.Context(), filepath.Join(dir, "usr/bin/sw_vers"), "-productVersion")
	c.Env = []string{"LEAK=hunter2", "GORACE=atexit_sleep_ms=0"}
	given, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer given.Close()
	c.ExtraFiles = []*os.File{given}
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	calls, err := Calls(dir)
	if err != nil || len(calls) != 1 {
		t.Fatalf("%d calls, %v", len(calls), err)
	}
	got := calls[0]
	if !slices.Equal(got.Argv, []string{"/usr/bin/sw_vers", "-productVersion"}) || !slices.Contains(got.Env, "LEAK=hunter2") {
		t.Errorf("got %+v", got)
	}
	if !slices.Contains(got.Descriptors, descriptor{3, os.DevNull}) {
		t.Errorf("descriptors %+v, want also 3, which was given to it", got.Descriptors)
	}
	if slices.ContainsFunc(got.Descriptors, func(d descriptor) bool { return strings.Contains(d.To, "cgroup") || strings.Contains(d.To, "/proc/") }) {
		t.Errorf("descriptors %+v, and some of them the tool has opened itself", got.Descriptors)
	}
}

// A secret in arguments or environment is caught.
func TestCanaries(t *testing.T) {
	t.Parallel()
	dir, m := layOutOffice(t)
	m.Canaries = []string{"Sesame-4711"}
	if err := Layout(dir, *m, filepath.Join(dir, programPath)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, profilesPath)
	for _, tc := range []struct {
		name string
		args []string
		env  string
		exit int
	}{
		{"clean", []string{"status", "-type", "enrollment"}, "A=b", 0},
		{"argument", []string{"install", "-type", "bootstraptoken", "-password", "Sesame-4711"}, "A=b", tool.OwnExit},
		{"environment", []string{"status", "-type", "enrollment"}, "PASSWORD=Sesame-4711", tool.OwnExit},
	} {
		c := exec.CommandContext(t.Context(), path, tc.args...)
		c.Env = []string{tc.env}
		if got := start(t, c); got.Exit != tc.exit {
			t.Errorf("%s: %+v", tc.name, got)
		}
	}
}

// Every fault is one with a real process.
func TestFaults(t *testing.T) {
	t.Parallel()
	const answer = "ProductName:\t\tmacOS\nProductVersion:\t\t26.1\nBuildVersion:\t\t25B78\n"
	for _, tc := range []struct {
		name  string
		fault state.Fault
		args  []string
		check func(t *testing.T, got tool.Reply, err error)
	}{
		{"flood", state.Fault{Kind: state.Floods, Bytes: 1 << 20}, nil, func(t *testing.T, got tool.Reply, _ error) {
			t.Helper()
			if len(got.Stdout) != 1<<20+len(answer) || !strings.HasSuffix(got.Stdout, answer) {
				t.Errorf("%d bytes", len(got.Stdout))
			}
		}},
		{"truncated", state.Fault{Kind: state.Truncated, Bytes: 13}, nil, wantReply(tool.Reply{Stdout: "ProductName:\t"})},
		{"wrong exit", state.Fault{Kind: state.WrongExit, Exit: 3}, nil, wantReply(tool.Reply{Exit: 3, Stdout: answer})},
		{"changed wording", state.Fault{Kind: state.ChangedWording, Old: "macOS", Text: "appleOS"}, []string{"-productName"}, wantReply(tool.Reply{Stdout: "appleOS\n"})},
		{"slow", state.Fault{Kind: state.Slow, Takes: state.Duration(time.Millisecond)}, nil, wantReply(tool.Reply{Stdout: answer})},
		{"dies", state.Fault{Kind: state.Dies}, nil, func(t *testing.T, got tool.Reply, _ error) {
			t.Helper()
			if got.Exit != -1 || got.Stdout != answer[:len(answer)/2] {
				t.Errorf("got %+v", got)
			}
		}},
		{"dies before", state.Fault{Kind: state.DiesBefore}, nil, wantReply(tool.Reply{Exit: -1})},
		{"missing", state.Fault{Kind: state.Missing}, nil, wantError(os.ErrNotExist)},
		{"denied", state.Fault{Kind: state.Denied}, nil, wantError(os.ErrPermission)},
		{"hang", state.Fault{Kind: state.Hangs}, nil, func(t *testing.T, got tool.Reply, _ error) {
			t.Helper()
			if got.Exit != -1 || got.Stdout != "" {
				t.Errorf("got %+v, want a tool that had to be killed", got)
			}
		}},
		{"another call", state.Fault{Kind: state.WrongExit, Exit: 3, Args: []string{"-productName"}}, nil, wantReply(tool.Reply{Stdout: answer})},
		{"this call", state.Fault{Kind: state.WrongExit, Exit: 3, Args: []string{"-productName"}}, []string{"-productName"}, wantReply(tool.Reply{Exit: 3, Stdout: "macOS\n"})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir, _ := layOutOffice(t)
			tc.fault.Tool = "sw_vers"
			happens(t, dir, &state.Break{Fault: tc.fault})
			ctx, cancel := t.Context(), func() {}
			if tc.fault.Kind == state.Hangs {
				ctx, cancel = context.WithTimeout(ctx, 300*time.Millisecond)
			}
			defer cancel()
			got, err := try(exec.CommandContext(ctx, filepath.Join(dir, "usr/bin/sw_vers"), tc.args...))
			tc.check(t, got, err)
		})
	}
}

func wantReply(want tool.Reply) func(*testing.T, tool.Reply, error) {
	return func(t *testing.T, got tool.Reply, err error) {
		t.Helper()
		if got != want || err != nil {
			t.Errorf("got %+v, %v\nwant %+v", got, err, want)
		}
	}
}

func wantError(want error) func(*testing.T, tool.Reply, error) {
	return func(t *testing.T, _ tool.Reply, err error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

// happens lets an event happen to the Mac in a folder.
func happens(t *testing.T, dir string, events ...state.Event) {
	t.Helper()
	for _, e := range events {
		err := Change(dir, func(m *state.Mac) error {
			why, err := m.Do(time.Time{}, e)
			if why != state.NotRefused {
				t.Errorf("%s: refused: %s", state.EventName(e), why)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// try runs a tool that may not even start.
func try(c *exec.Cmd) (tool.Reply, error) {
	var stdout, stderr strings.Builder
	c.Stdout, c.Stderr = &stdout, &stderr
	c.Env = append(c.Environ(), "GORACE=atexit_sleep_ms=0")
	err := c.Run()
	if errors.As(err, new(*exec.ExitError)) {
		err = nil
	}
	return tool.Reply{Exit: c.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}, err
}

// The faults that are about what is believed, and not about the process.
func TestFaultsOfBelief(t *testing.T) {
	t.Parallel()
	grant := []string{"-secureTokenOn", "clerk", "-password", "clerk-pw", "-adminUser", "boss", "-adminPassword", "boss-pw"}
	t.Run("says Done and does nothing", func(t *testing.T) {
		t.Parallel()
		dir, _ := layOutOffice(t)
		happens(t, dir, &state.Break{Fault: state.Fault{Tool: "sysadminctl", Kind: state.Lies, Left: 1}})
		for call, want := range []bool{false, true} {
			got := start(t, exec.CommandContext(t.Context(), filepath.Join(dir, sysadminctlPath), grant...))
			if !strings.HasSuffix(got.Stderr, "- Done!\n") {
				t.Fatalf("got %+v", got)
			}
			m := opened(t, dir)
			if clerk, _ := m.Account("clerk"); clerk.Usable() != want {
				t.Errorf("call %d: token %v, want %v", call+1, clerk.Usable(), want)
			}
		}
	})
	t.Run("answers from before", func(t *testing.T) {
		t.Parallel()
		dir, _ := layOutOffice(t)
		happens(t, dir, &state.Break{Fault: state.Fault{Tool: "profiles", Kind: state.Stale}}, &state.Unenroll{})
		got := start(t, exec.CommandContext(t.Context(), filepath.Join(dir, profilesPath), "status", "-type", "enrollment"))
		if !strings.HasPrefix(got.Stdout, "Enrolled via DEP: Yes\n") {
			t.Errorf("got %+v, want the enrolment of before", got)
		}
	})
	t.Run("dies when it is done", func(t *testing.T) {
		t.Parallel()
		dir, _ := layOutOffice(t)
		happens(t, dir, &state.Break{Fault: state.Fault{Tool: "sysadminctl", Kind: state.Dies}})
		got := start(t, exec.CommandContext(t.Context(), filepath.Join(dir, sysadminctlPath), grant...))
		m := opened(t, dir)
		if clerk, _ := m.Account("clerk"); got.Exit != -1 || !clerk.Usable() {
			t.Errorf("exit %d, token %v", got.Exit, clerk.Usable())
		}
	})
}

// A repaired tool works again, and one that was missing is back.
func TestMend(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	happens(t, dir, &state.Break{Fault: state.Fault{Tool: "sw_vers", Kind: state.Missing}}, &state.Mend{Tool: "sw_vers"})
	if got := start(t, exec.CommandContext(t.Context(), filepath.Join(dir, "usr/bin/sw_vers"))); got.Exit != 0 {
		t.Errorf("got %+v", got)
	}
}

// What the state says of files lies in the folder, and goes with it.
func TestFiles(t *testing.T) {
	t.Parallel()
	dir, m := layOutOffice(t)
	m.Files = []state.File{{Path: "/Library/Application Support/JAMF/Config.plist", Content: "x"}}
	if err := Layout(dir, *m, filepath.Join(dir, programPath)); err != nil {
		t.Fatal(err)
	}
	sealed := filepath.Join(dir, "private/var/db/FileVaultPRK.dat")
	if _, err := os.Stat(filepath.Join(dir, m.Files[0].Path)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(sealed); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a recovery key that nobody escrowed: %v", err)
	}
	happens(t, dir, &state.EscrowKeys{}, &state.ChangeKey{User: "boss"})
	if info, err := os.Stat(sealed); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the sealed recovery key: %+v, %v", info, err)
	}
	happens(t, dir, &state.EscrowKeys{Off: true})
	if _, err := os.Stat(sealed); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the sealed recovery key stays: %v", err)
	}
}

// Who becomes somebody else is that and nobody before, and finds the Mac's tools
// or none.
func TestBecoming(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	happens(t, dir, &state.Break{Fault: state.Fault{Tool: "stat", Kind: state.Missing}})
	run := func(args ...string) tool.Reply {
		c := exec.CommandContext(t.Context(), filepath.Join(dir, args[0]), args[1:]...)
		c.Env = []string{"PATH=/usr/bin:/bin"}
		return start(t, c)
	}
	for _, tc := range []struct {
		args []string
		want tool.Reply
	}{
		{[]string{"usr/bin/sudo", "-u", "clerk", "/usr/bin/id", "-un"}, tool.Reply{Stdout: "clerk\n"}},
		{[]string{"bin/launchctl", "asuser", "502", "sudo", "-u", "boss", "id", "-un"}, tool.Reply{Stdout: "boss\n"}},
		{[]string{"usr/bin/sudo", "-u", "boss", "sudo", "-u", "root", "id", "-un"}, tool.Reply{Stdout: "root\n"}},
		{[]string{"usr/bin/sudo", "-u", "clerk", "sh", "-c", "echo $USER $LOGNAME"}, tool.Reply{Stdout: "clerk clerk\n"}},
		{[]string{"usr/bin/sudo", "stat", "-f", "%Su", "/dev/console"}, tool.Reply{Exit: tool.OwnExit, Stderr: "macsim: stat: command not found\n"}},
	} {
		if got := run(tc.args...); got != tc.want {
			t.Errorf("%q\n got %+v\nwant %+v", tc.args, got, tc.want)
		}
	}
}
