package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim"
)

// TestMain lets the test program stand for the real one, so that what `up` lays
// out runs main.
func TestMain(m *testing.M) {
	if macsim.IsTool(os.Args[0]) || filepath.Base(os.Args[0]) == "macsim" {
		main()
	}
	os.Exit(m.Run())
}

func TestCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.yaml")
	if err := os.WriteFile(broken, []byte("os: {}\ncolour: blue\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name           string
		args           []string
		exit           int
		stdout, stderr string // a part of it
	}{
		{"no command", nil, 2, "", "macsim: a command is missing"},
		{"unknown command", []string{"down"}, 2, "", `macsim: unknown command "down"`},
		{"unknown flag", []string{"up", "--now"}, 2, "", "macsim: unknown flag: --now"},
		{"help", []string{"--help"}, 0, "scenarios", ""},
		{"list", []string{"scenarios"}, 0, "healthy\n    Enrolled out of the box", ""},
		{"no folder", []string{"up"}, 2, "", "accepts 1 arg(s)"},
		{"no scenario", []string{"up", dir}, 2, "", "macsim: --scenario is missing"},
		{"unknown scenario", []string{"up", dir, "-s", "nonsense"}, 2, "", "macsim: no scenario \"nonsense\": `macsim scenarios` lists them all\n"},
		{"misspelt scenario", []string{"up", dir, "-s", "heathy"}, 2, "", "macsim: no scenario \"heathy\": is it healthy?"},
		{"no such file", []string{"up", dir, "-s", "./nonsense"}, 2, "", "macsim: read scenario: open ./nonsense"},
		{"broken file", []string{"up", dir, "-s", broken}, 2, "", "line 2: field colour not found"},
		{"real root", []string{"up", "/", "-s", "healthy"}, 1, "", "macsim: lay out simulated Mac: / is the real root"},
		{"up", []string{"up", filepath.Join(dir, "mac"), "-s", "healthy"}, 0, "mac: a simulated Mac15,6 with macOS 26.1 (25B78)\n", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			exit := runCommand(tc.args, &stdout, &stderr)
			if exit != tc.exit || !strings.Contains(stdout.String(), tc.stdout) || !strings.Contains(stderr.String(), tc.stderr) {
				t.Errorf("got %d\n%s\n%s\nwant %d\n%s\n%s", exit, &stdout, &stderr, tc.exit, tc.stdout, tc.stderr)
			}
			if tc.exit == 0 && stderr.Len() > 0 || tc.exit != 0 && stdout.Len() > 0 {
				t.Errorf("an answer on the wrong stream:\n%s\n%s", &stdout, &stderr)
			}
		})
	}
}

func TestUpThenAsk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if exit := runCommand([]string{"up", dir, "--scenario", "user-without-token"}, new(bytes.Buffer), os.Stderr); exit != 0 {
		t.Fatalf("up: exit %d", exit)
	}
	c := exec.CommandContext(t.Context(), filepath.Join(dir, "usr/sbin/sysadminctl"), "-secureTokenStatus", "pnovak")
	got, err := c.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(got), "] Secure token is DISABLED for user Petra Novak\n") {
		t.Errorf("got %s, %v", got, err)
	}
}
