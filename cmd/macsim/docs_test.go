package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// withMacsim returns a folder that holds macsim, and the example scripts.
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

// What the documentation shows at a prompt happens, word for word.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/macsim.md")
	if err != nil {
		t.Fatal(err)
	}
	dir, env := withMacsim(t)
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
	if tried < 15 {
		t.Errorf("only %d commands were tried", tried)
	}
	for i, scenario := range blocks(string(text), "yaml") {
		if !strings.Contains(scenario, "history:") {
			continue
		}
		file := filepath.Join(dir, "own.yaml")
		if err := os.WriteFile(file, []byte(scenario), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := load(file)
		if err == nil {
			_, err = s.Play()
		}
		if err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
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
