//go:build !darwin

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/paths"
)

// fakeLaunchd does with real processes what the simulated launchctl writes down: it
// starts the program of our job, ends it when the job is unloaded, and starts it
// again after an end that was a failure.
type fakeLaunchd struct {
	t       *testing.T
	root    string
	process *exec.Cmd
	ended   chan error
	quiet   bool // it ended with 0, and nobody has asked for it since
}

// serveLaunchd runs a launchd until the test ends.
func serveLaunchd(t *testing.T, root string) {
	t.Helper()
	l := &fakeLaunchd{t: t, root: root}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			l.look()
			time.Sleep(20 * time.Millisecond)
		}
		l.end(syscall.SIGKILL)
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// look brings the process to where the job is.
func (l *fakeLaunchd) look() {
	job, loaded := ourJob(l.t, l.root)
	if l.process != nil {
		select {
		case err := <-l.ended:
			l.process, l.quiet = nil, err == nil // KeepAlive: after a failure alone
			l.note(0)
			return
		default:
		}
	}
	switch {
	case !loaded:
		l.end(syscall.SIGTERM)
		l.quiet = false
	case l.process == nil && (!l.quiet || job.Running):
		l.begin(job.Program)
	case l.process != nil && job.PID != l.process.Process.Pid: // kickstart -k made a new number
		l.end(syscall.SIGKILL)
		l.begin(job.Program)
	}
}

func (l *fakeLaunchd) begin(program string) {
	cmd := exec.Command(filepath.Join(l.root, program), "run", "--root", l.root, "--interval", "24h", "--splay", "0s")
	if err := cmd.Start(); err != nil {
		l.t.Error(err)
		return
	}
	l.process, l.ended = cmd, make(chan error, 1)
	go func(ended chan<- error) { ended <- cmd.Wait() }(l.ended)
	l.note(cmd.Process.Pid)
}

func (l *fakeLaunchd) end(how syscall.Signal) {
	if l.process != nil {
		_ = l.process.Process.Signal(how)
		<-l.ended //nolint:errcheck // it was told to end
		l.process = nil
	}
}

// note tells launchctl which process there is.
func (l *fakeLaunchd) note(pid int) {
	err := macsim.Change(l.root, func(m *state.Mac) error {
		for i := range m.Jobs {
			if j := &m.Jobs[i]; j.Label == paths.Label && !j.Unloaded {
				j.Running, j.PID = pid > 0, pid
			}
		}
		return nil
	})
	if err != nil {
		l.t.Error(err)
	}
}

func ourJob(t *testing.T, root string) (job state.Job, loaded bool) {
	t.Helper()
	m, err := macsim.Open(root)
	if err != nil {
		t.Error(err)
		return job, false
	}
	for _, j := range m.Jobs {
		if j.Label == paths.Label {
			return j, !j.Unloaded
		}
	}
	return job, false
}

// macWithProgram is a Mac on which a package has put the program.
func macWithProgram(t *testing.T) string {
	t.Helper()
	root := simulate(t, "healthy", "")
	program := paths.Under(root).Program()
	for _, dir := range []string{filepath.Dir(program), filepath.Join(root, "Library/LaunchDaemons"), filepath.Join(root, "var/db"), filepath.Join(root, "var/run"), filepath.Join(root, "var/log")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(filepath.Join(programs, "tokenward-faults"), program); err != nil {
		t.Skipf("no link to the program: %v", err)
	}
	return root
}

// tree lists all that is on the Mac but for what the simulator keeps for itself.
func tree(t *testing.T, root string) (all []string) {
	t.Helper()
	own := filepath.Join(root, "private/var/db/macsim")
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if path == own {
			return fs.SkipDir
		}
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func ran(t *testing.T, want int, args ...string) outcome {
	t.Helper()
	got := tokenward(t, args...)
	if got.code != want {
		t.Fatalf("%v: exit %d, want %d\n%s%s", args, got.code, want, got.out, got.err)
	}
	return got
}

// From install to uninstall with real processes: the daemon runs, is back after it
// was killed, ends when it is told to, and leaves nothing behind.
func TestServiceFromInstallToUninstall(t *testing.T) {
	t.Parallel()
	root := macWithProgram(t)
	before := tree(t, root)
	serveLaunchd(t, root)
	ran(t, exitNoDaemon, "service", "status", "--root", root)
	ran(t, exitNoDaemon, "service", "start", "--root", root)
	ran(t, exitOK, "service", "install", "--root", root)
	answers := func() bool { return tokenward(t, "service", "status", "--root", root).code == exitOK }
	waitFor(t, answers)
	waitFor(t, func() bool {
		return strings.Contains(tokenward(t, "service", "status", "--root", root, "--json").out, `"verdict": "ok"`)
	})

	job, _ := ourJob(t, root)
	if err := syscall.Kill(job.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		now, _ := ourJob(t, root)
		return now.PID != 0 && now.PID != job.PID && answers()
	})
	ran(t, exitOK, "service", "restart", "--root", root)
	waitFor(t, answers)

	if again := ran(t, exitOK, "service", "install", "--root", root, "--json"); !strings.Contains(again.out, `"did": "nothing"`) {
		t.Errorf("a second install did something: %s", again.out)
	}
	ran(t, exitOK, "service", "stop", "--root", root)
	waitFor(t, func() bool { return tokenward(t, "service", "status", "--root", root).code == exitNoDaemon })
	ran(t, exitOK, "service", "start", "--root", root)
	waitFor(t, answers)

	if left := ran(t, exitOK, "service", "uninstall", "--root", root); !strings.Contains(left.out, "var/db/tokenward") {
		t.Errorf("it does not say what it leaves: %s", left.out)
	}
	waitFor(t, func() bool {
		return tokenward(t, "service", "uninstall", "--root", root, "--purge").code == exitOK
	})
	if after := tree(t, root); !slices.Equal(after, before) {
		t.Errorf("before\n%s\nafter\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	if _, known := ourJob(t, root); known {
		t.Error("launchd knows the job")
	}
}

// A daemon that somebody runs by hand keeps its files.
func TestPurgeOfARunningDaemon(t *testing.T) {
	t.Parallel()
	root := simulate(t, "healthy", "")
	daemon(t, root)
	got := tokenward(t, "service", "uninstall", "--root", root, "--purge")
	if got.code != exitFailed || !strings.Contains(got.err, "nothing was purged") {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
	if _, err := os.Stat(paths.Under(root).State()); errors.Is(err, fs.ErrNotExist) {
		t.Error("its state is gone")
	}
}

// Whatever a daemon with a server leaves on a Mac is gone after a purge: its keys,
// what it knew of its configuration, its pseudonyms, what is left of failures, its log.
func TestPurgeOfAllThatIsMade(t *testing.T) {
	t.Parallel()
	root, server := macWithProgram(t), newRecorder(t)
	configure(t, root, server.inYAML()+"privacy: {names: hashed}\n")
	before := tree(t, root)
	serveLaunchd(t, root)
	ran(t, exitOK, "service", "install", "--root", root)
	waitFor(t, func() bool { return len(server.took()) > 0 })
	p := paths.Under(root)
	lay(t, root, "var/db/tokenward/crashes/one", "what is left of a part that failed")
	for _, made := range []string{
		filepath.Join(p.Identity(), "key"), filepath.Join(p.Identity(), "enrollment.json"), p.LastConfig(), p.PrivacyKey(), p.Device(), p.Ledger(),
		p.Spool(), p.Crashes(), p.PublicStatus(), p.Log(), p.Socket(), p.Lock(),
	} {
		if _, err := os.Lstat(made); err != nil {
			t.Errorf("a daemon with a server made no %s: %v", made, err)
		}
	}
	ran(t, exitOK, "service", "uninstall", "--root", root)
	waitFor(t, func() bool {
		return tokenward(t, "service", "uninstall", "--root", root, "--purge").code == exitOK
	})
	if after := tree(t, root); !slices.Equal(after, before) {
		t.Errorf("before\n%s\nafter\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	ran(t, exitOK, "service", "uninstall", "--root", root, "--purge", "--configuration")
	if _, err := os.Lstat(p.Config()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the configuration is left: %v", err)
	}
}
