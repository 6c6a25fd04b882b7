package macsim

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
	"github.com/tokenward/tokenward/internal/run"
)

func layOutOffice(t *testing.T) (dir string, m *state.Mac) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, m = t.TempDir(), newOffice(t)
	if err := Layout(dir, *m, exe); err != nil {
		t.Fatal(err)
	}
	return dir, m
}

// start runs a tool as a process.
func start(t *testing.T, c *exec.Cmd) tool.Reply {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	c.Env = append(c.Environ(), "GORACE=atexit_sleep_ms=0") // the race detector would wait a second for each
	var failed *exec.ExitError
	if err := c.Run(); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return tool.Reply{Exit: c.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}
}

// Every tool that may be started exists in the folder, and no other.
func TestLayoutHasEveryTool(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	var got []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if d.Type()&os.ModeSymlink != 0 && !strings.Contains(path, "macsim/shell") {
			got = append(got, strings.TrimPrefix(path, dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, one := range tool.All() {
		want = append(want, one.Path)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// A process answers as the Mac does in process.
func TestProcesses(t *testing.T) {
	t.Parallel()
	dir, m := layOutOffice(t)
	for _, question := range Questions(m) {
		c := exec.CommandContext(t.Context(), filepath.Join(dir, question.Tool.Path()), question.Args...)
		c.Stdin = strings.NewReader(question.Stdin)
		got := start(t, c)
		want := tool.Answer(m, tool.Call{
			Path: question.Tool.Path(), Args: question.Args, Input: tool.Script{Stdin: question.Stdin}, At: time.Now().In(zone()), PID: c.Process.Pid,
		})
		if strings.HasSuffix(question.Tool.Path(), "sysadminctl") {
			const stamp = len("2006-01-02 15:04:05.000")
			got.Stderr, want.Stderr = got.Stderr[stamp:], want.Stderr[stamp:]
		}
		if got != want {
			t.Errorf("%s\n got %+v\nwant %+v", question, got, want)
		}
	}
}

func TestProcessByOtherNames(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	elsewhere := filepath.Join(t.TempDir(), "sw_vers")
	if err := copyProgram(elsewhere, filepath.Join(dir, programPath)); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "sw_vers")
	if err := os.Symlink(filepath.Join(dir, programPath), link); err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(dir, "usr/bin/sw_vers")
	for _, tc := range []struct {
		name, path, arg0, folder string
		exit                     int
	}{
		{"relative path", full, "bin/sw_vers", filepath.Join(dir, "usr"), 0},
		{"found by the search path", full, "sw_vers", "/", 0},
		{"a link to the program", link, link, "/", 0},
		{"a program outside the folder", elsewhere, elsewhere, "/", tool.OwnExit},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := exec.CommandContext(t.Context(), tc.path)
			c.Args = []string{tc.arg0}
			c.Dir = tc.folder
			c.Env = []string{"PATH=/nowhere:" + filepath.Join(dir, "usr/bin")}
			got := start(t, c)
			if got.Exit != tc.exit || (tc.exit == 0) == (got.Stdout == "") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestLayoutAgain(t *testing.T) {
	t.Parallel()
	dir, m := layOutOffice(t)
	m.OS.Build = "25C99"
	if err := Layout(dir, *m, filepath.Join(dir, programPath)); err != nil { // by itself
		t.Fatal(err)
	}
	got := start(t, exec.CommandContext(t.Context(), filepath.Join(dir, "usr/bin/sw_vers"), "-buildVersion"))
	if got.Stdout != "25C99\n" {
		t.Errorf("got %+v", got)
	}
}

func TestLayoutRefuses(t *testing.T) {
	t.Parallel()
	m := *newOffice(t)
	if err := Layout("/", m, "/bin/sh"); err == nil || !strings.Contains(err.Error(), "the real root") {
		t.Errorf("the real root: got %v", err)
	}
	if err := Layout(t.TempDir(), m, "/nonexistent"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no program: got %v", err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("/", link); err != nil {
		t.Fatal(err)
	}
	if err := Layout(link, m, "/bin/sh"); err == nil || !strings.Contains(err.Error(), "the real root") {
		t.Errorf("a link to the real root: got %v", err)
	}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "letter"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Layout(full, m, "/bin/sh"); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("a folder of somebody's: got %v", err)
	}
}

// What is no link of ours stays, and with it the Mac as it was.
func TestForeignToolsStay(t *testing.T) {
	t.Parallel()
	for _, foreign := range []func(path string) error{
		func(path string) error { return os.WriteFile(path, []byte("#!/bin/sh\n"), 0o600) },
		func(path string) error { return os.Symlink("busybox", path) },
	} {
		dir, _ := layOutOffice(t)
		tool := filepath.Join(dir, "usr/bin/sw_vers")
		if err := os.Remove(tool); err != nil {
			t.Fatal(err)
		}
		if err := foreign(tool); err != nil {
			t.Fatal(err)
		}
		before := opened(t, dir)
		err := Change(dir, func(m *state.Mac) error {
			_, err := m.Do(time.Time{}, &state.Break{Fault: state.Fault{Tool: "sw_vers", Kind: state.Missing}})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "is not a link of a simulated Mac") {
			t.Errorf("got %v", err)
		}
		if after := opened(t, dir); after.Revision != before.Revision {
			t.Error("what failed has happened")
		}
	}
}

// A tool that is not there, or a link of an older version, is put right by the
// next change.
func TestToolsComeBack(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	if err := os.Remove(filepath.Join(dir, "usr/bin/dscl")); err != nil {
		t.Fatal(err)
	}
	happens(t, dir, &state.Logout{})
	if _, err := os.Stat(filepath.Join(dir, "usr/bin/dscl")); err != nil {
		t.Error(err)
	}
}

// A folder that becomes another Mac keeps nothing of the first.
func TestLayoutForgets(t *testing.T) {
	t.Parallel()
	dir, m := layOutOffice(t)
	happens(t, dir, &state.EscrowKeys{}, &state.ChangeKey{User: "boss"}, &state.Edit{})
	start(t, exec.CommandContext(t.Context(), filepath.Join(dir, "usr/bin/sw_vers")))
	if err := Layout(dir, *m, filepath.Join(dir, programPath)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, sealedKey)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the recovery key of the first: %v", err)
	}
	if calls, err := Calls(dir); err != nil || len(calls) > 0 {
		t.Errorf("the calls of the first: %v, %v", calls, err)
	}
}

// A scenario's files stay in the folder, and leave the tools alone.
func TestFilesStayInside(t *testing.T) {
	t.Parallel()
	dir, m := layOutOffice(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "way-out")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/way-out/letter", "/usr/bin/profiles"} {
		m.Files = []state.File{{Path: path, Content: "x"}}
		if err := Layout(dir, *m, filepath.Join(dir, programPath)); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside lie %v, %v", entries, err)
	}
}

// No call makes a Mac that nobody can read any more.
func TestStateStaysReadable(t *testing.T) {
	t.Parallel()
	dir, _ := layOutOffice(t)
	for _, args := range [][]string{
		{sysadminctlPath, "-resetPasswordFor", "clerk", "-newPassword", "a\nb"},
		{"usr/bin/dscl", ".", "-passwd", "/Users/clerk", "a\x01b"},
		{"usr/bin/dscl", ".", "-create", "/Users/clerk", "RealName", "a\nb"},
	} {
		got := start(t, exec.CommandContext(t.Context(), filepath.Join(dir, args[0]), args[1:]...))
		if got.Exit != tool.OwnExit || !strings.Contains(got.Stderr, "control character") {
			t.Errorf("%q: %+v", args, got)
		}
		opened(t, dir)
	}
}

func TestCopyProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, []byte("program"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := copyProgram(to, from); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(to)
	if err != nil || info.Size() != 7 || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("got %+v, %v", info, err)
	}
}

func TestMainWithoutAName(t *testing.T) {
	t.Parallel()
	for _, argv := range [][]string{nil, {"notatool"}, {"/usr/bin/notatool"}} {
		var stdout, stderr bytes.Buffer
		exit := Main(argv, nil, &stdout, &stderr)
		if exit != tool.OwnExit || stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), "macsim: ") {
			t.Errorf("%q: got %d, %q, %q", argv, exit, &stdout, &stderr)
		}
	}
}

// Times are in the Mac's zone, wherever its tools run: one tool's are compared
// with another's.
func TestOneZone(t *testing.T) {
	t.Parallel()
	dir, m := layOutOffice(t)
	m.Booted = time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)
	if err := Layout(dir, *m, filepath.Join(dir, programPath)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ path, arg, want string }{
		{"usr/sbin/sysctl", "kern.boottime", "} Wed Jul  1 22:30:00 2026\n"},
		{"usr/bin/last", "-1000", " Wed Jul  1 22:30\n"},
	} {
		c := exec.CommandContext(t.Context(), filepath.Join(dir, tc.path), tc.arg)
		c.Env = []string{"TZ=Asia/Tokyo"}
		if got := start(t, c); !strings.Contains(got.Stdout, tc.want) {
			t.Errorf("%s: got %+v, want %q", tc.path, got, tc.want)
		}
		in, err := NewRunner(*m).Run(t.Context(), run.Command{Tool: toolAt(t, "/"+tc.path), Args: []string{tc.arg}})
		if err != nil || !strings.Contains(string(in.Stdout), tc.want) {
			t.Errorf("%s in process: got %s, %v, want %q", tc.path, in.Stdout, err, tc.want)
		}
	}
}

func toolAt(t *testing.T, path string) run.Tool {
	t.Helper()
	found, ok := run.ByPath(path)
	if !ok {
		t.Fatalf("there is no %s", path)
	}
	return found
}
