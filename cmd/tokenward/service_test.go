//go:build !darwin

package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/paths"
)

func spoilLaunchctl(t *testing.T, root string, f state.Fault) {
	t.Helper()
	f.Tool = "launchctl"
	if err := macsim.Change(root, func(m *state.Mac) error { m.Faults = []state.Fault{f}; return nil }); err != nil {
		t.Fatal(err)
	}
}

// Where launchd cannot be asked, nothing is called stopped.
func TestServiceStatusOfTheUnknown(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]state.Fault{
		"missing": {Kind: state.Missing}, "denied": {Kind: state.Denied}, "silent": {Kind: state.Truncated}, "odd": {Kind: state.WrongExit, Exit: 78},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := macWithProgram(t)
			ran(t, exitOK, "service", "install", "--root", root)
			spoilLaunchctl(t, root, f)
			text := ran(t, exitUnknown, "service", "status", "--root", root)
			if !strings.Contains(text.out, "unknown") || strings.Contains(text.out, "stopped") || strings.Contains(text.out, "not loaded") {
				t.Errorf("it says %s", text.out)
			}
			var status serviceStatus
			got := ran(t, exitUnknown, "service", "status", "--root", root, "--json")
			if err := json.Unmarshal([]byte(got.out), &status); err != nil || status.Loaded != nil || status.Installed == nil || !*status.Installed || status.Problem == "" {
				t.Errorf("%v: %s", err, got.out)
			}
			for _, verb := range []string{"install", "start", "stop", "restart", "uninstall"} {
				ran(t, exitFailed, "service", verb, "--root", root)
			}
			if _, err := os.Stat(paths.Under(root).Job()); err != nil {
				t.Error("the property list was removed")
			}
		})
	}
}

func TestServiceNeedsRoot(t *testing.T) {
	t.Parallel()
	root := macWithProgram(t)
	for _, verb := range []string{"install", "start", "stop", "restart", "uninstall"} {
		if got := ran(t, exitNeedsRoot, "service", verb, "--root", root, "--uid", "501"); !strings.Contains(got.err, "sudo tokenward service "+verb) {
			t.Errorf("%s: %s", verb, got.err)
		}
	}
	if _, err := os.Stat(paths.Under(root).Job()); err == nil {
		t.Error("it was installed")
	}
}

func TestServiceUsage(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	for _, args := range [][]string{{"service", "explode"}, {"service", "install", "x"}, {"service", "uninstall", "--configuration"}, {"service", "start", "--force"}} {
		ran(t, exitUsage, append(args, "--root", root)...)
	}
	ran(t, exitOK, "service", "--root", root)
	if got := ran(t, exitFailed, "service", "install", "--root", root); !strings.Contains(got.err, "Library/Tokenward/tokenward is not there") {
		t.Errorf("without a program: %s", got.err)
	}
}

// What went wrong is in the JSON too, with what to do about it.
func TestServiceTellsWhatToDo(t *testing.T) {
	t.Parallel()
	root := macWithProgram(t)
	spoilLaunchctl(t, root, state.Fault{Kind: state.WrongExit, Exit: 122, Args: []string{"bootout"}})
	ran(t, exitOK, "service", "install", "--root", root)
	spoilLaunchctl(t, root, state.Fault{Kind: state.Missing})
	var result serviceResult
	got := ran(t, exitFailed, "service", "stop", "--root", root, "--json")
	if err := json.Unmarshal([]byte(got.out), &result); err != nil || result.Action != "stop" || result.Error == "" || result.Next == "" || result.Done == nil {
		t.Errorf("%v: %s", err, got.out)
	}
}

// The configuration goes only when that is said, and a link leads nowhere.
func TestPurge(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "interval: 1h\n")
	p := paths.Under(root)
	elsewhere := filepath.Join(root, "elsewhere")
	for _, dir := range []string{elsewhere, p.Logs(), filepath.Dir(p.State()), filepath.Dir(p.Lock())} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(elsewhere, "precious"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{p.Preferences(), p.Managed()} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("<plist/>"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(elsewhere, p.State()); err != nil {
		t.Fatal(err)
	}
	first := ran(t, exitOK, "service", "uninstall", "--root", root, "--purge")
	wantLeft(t, first.out, p.Program(), p.Managed(), p.Config(), p.Preferences())
	for path, want := range map[string]bool{
		p.State(): false, p.Logs(): false, p.Lock(): false, p.Config(): true, p.Preferences(): true, filepath.Join(elsewhere, "precious"): true,
	} {
		if _, err := os.Lstat(path); (err == nil) != want {
			t.Errorf("%s: there %v, want %v", path, err == nil, want)
		}
	}
	second := ran(t, exitOK, "service", "uninstall", "--root", root, "--purge", "--configuration")
	wantLeft(t, second.out, p.Program(), p.Managed())
	for path, want := range map[string]bool{p.Config(): false, p.Preferences(): false, p.Managed(): true} {
		if _, err := os.Lstat(path); (err == nil) != want {
			t.Errorf("with the configuration: %s: there %v, want %v", path, err == nil, want)
		}
	}
}

// wantLeft wants the last line to name what is left, and nothing else.
func wantLeft(t *testing.T, out string, places ...string) {
	t.Helper()
	want := "Left where they are, as far as they exist: " + strings.Join(places, ", ") + ".\n"
	if !strings.HasSuffix(out, want) {
		t.Errorf("it says %q, and not %q", out, want)
	}
}

// A real systemd, where there is one: the library's own service installs, starts and
// goes.
func TestServiceUnderSystemd(t *testing.T) {
	t.Parallel()
	if comm, err := os.ReadFile("/proc/1/comm"); err != nil || strings.TrimSpace(string(comm)) != "systemd" {
		t.Skipf("process 1 is %q, not systemd (%v)", strings.TrimSpace(string(comm)), err)
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can install a unit")
	}
	if got := tokenward(t, "service", "status"); got.code != exitNoDaemon {
		t.Skipf("a service is there already, or systemd does not answer: exit %d, %s", got.code, got.err)
	}
	defer tokenward(t, "service", "uninstall")
	for _, verb := range []string{"install", "start", "restart", "stop", "uninstall"} {
		ran(t, exitOK, "service", verb)
	}
}

// Elsewhere the library would write scripts for whatever it finds.
func TestServiceWithoutSystemd(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/run/systemd/system"); err == nil {
		t.Skip("systemd runs here")
	}
	a := &app{root: "/"}
	if s, err := a.controlled(context.Background(), nil); err == nil {
		t.Errorf("got %v", s)
	}
}
