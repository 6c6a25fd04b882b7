package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// withMacsim returns a folder that holds this program, and the example scripts.
func withMacsim(t *testing.T) (dir string, env []string) {
	t.Helper()
	dir = t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(exe, filepath.Join(dir, "macsim")); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"escrow.sh", "test-escrow.sh"} {
		from, err := filepath.Abs(filepath.Join("../../docs/examples", script))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(from, filepath.Join(dir, script)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "HOME=" + dir, "GORACE=atexit_sleep_ms=0"}
}

// newcomer does what the documentation says first, in a home of their own, and
// returns the folder and the environment that this leads to.
func newcomer(t *testing.T, text string) (dir string, env []string) {
	t.Helper()
	blocks := blocks(text, "sh")
	if len(blocks) < 3 {
		t.Fatalf("there are %d blocks of commands", len(blocks))
	}
	c := exec.CommandContext(t.Context(), "bash", "-ec", blocks[0]+"pwd >&3; echo $PATH >&3")
	c.Dir, c.Env = "../..", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GOFLAGS=-buildvcs=false"}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		c.Env = append(c.Env, name+"="+strings.TrimSpace(string(value)))
	}
	left, said, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer left.Close()
	c.ExtraFiles = []*os.File{said}
	output, failed := c.CombinedOutput()
	_ = said.Close() // the command has its own
	told, err := io.ReadAll(left)
	if err = errors.Join(failed, err); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	lines := strings.Split(string(told), "\n")
	return lines[0], append(c.Env[1:], "PATH="+lines[1])
}

// What the documentation shows at a prompt happens, word for word, to somebody
// who has done no more than what it says.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/macsim.md")
	if err != nil {
		t.Fatal(err)
	}
	dir, env := newcomer(t, string(text))
	tried := 0
	for _, session := range blocks(string(text), "console") {
		for _, step := range strings.Split("\n"+session, "\n$ ")[1:] {
			command, want, _ := strings.Cut(strings.TrimSuffix(step, "\n")+"\n", "\n")
			c := exec.CommandContext(t.Context(), "bash", "-c", command)
			c.Dir, c.Env = dir, env
			got, _ := c.CombinedOutput() // some commands are shown to fail
			if string(got) != want {
				t.Errorf("$ %s\n%s\nand the documentation says\n%s", command, got, want)
			}
			tried++
		}
	}
	if tried < 20 {
		t.Errorf("only %d commands were tried", tried)
	}
	for i, scenario := range blocks(string(text), "yaml") {
		if strings.Contains(scenario, "history:") {
			playExample(t, i+1, scenario)
		}
	}
	withServer(t, string(text), dir, env)
}

func playExample(t *testing.T, number int, scenario string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(file, []byte(scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := load(file)
	if err == nil {
		_, err = s.Play()
	}
	if err != nil {
		t.Errorf("example %d: %v", number, err)
	}
}

// withServer does what the documentation says of a real server, which is built
// from the modules at hand and listens where there is room.
func withServer(t *testing.T, text, dir string, env []string) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip(err)
	}
	var block string
	for _, b := range blocks(text, "sh") {
		if strings.Contains(b, "nanomdm -listen") {
			block = b
		}
	}
	install, rest, _ := strings.Cut(block, "\n")
	if !strings.Contains(install, "go install github.com/micromdm/nanomdm/cmd/nanomdm@") {
		t.Fatalf("the server is not installed first:\n%s", block)
	}
	tools, err := filepath.Abs("../../tools")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rest = strings.ReplaceAll(rest, "127.0.0.1:9000", listener.Addr().String())
	_ = listener.Close() // the server is to have it
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	install = "( cd " + tools + " && go build -o ~/bin/nanomdm github.com/micromdm/nanomdm/cmd/nanomdm )\n"
	c := exec.CommandContext(ctx, "bash", "-ec", install+"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"+rest)
	c.Dir, c.Env, c.WaitDelay = dir, env, time.Second
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) } // the server too
	got, err := c.Output()
	want := "enrolled: a simulated Mac15,6 with macOS 26.1 (25B78)\nBootstrap Token  volume, believed, server, valid\nBootstrap Token  volume, believed\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// Every tool is in the table of the documentation, and no other.
func TestToolsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/macsim.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## The tools\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got, want []string
	for line := range strings.Lines(section) {
		if row, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ := strings.Cut(row, "`")
			got = append(got, name)
		}
	}
	for _, one := range tool.All() {
		want = append(want, one.Name())
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the table has\n%q\nand the tools are\n%q", got, want)
	}
}

// blocks are the fenced parts of a text in one language.
func blocks(text, language string) []string {
	var found []string
	for _, part := range strings.Split(text, "\n```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(part, "\n```")
		found = append(found, block+"\n")
	}
	return found
}

// The example finds what it looks for.
func TestExample(t *testing.T) {
	t.Parallel()
	dir, env := withMacsim(t)
	c := exec.CommandContext(t.Context(), "bash", filepath.Join(dir, "test-escrow.sh"))
	c.Env = env
	got, err := c.CombinedOutput()
	if err != nil || strings.Count(string(got), "ok  ") != 8 {
		t.Errorf("%v\n%s", err, got)
	}
}
